"""Print the step table of every record with a status, as Markdown for docs/states.md."""

from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils import translation

from itsm.core.flow import Stepped, steps_of


def tables():
    """The step tables of all stepped models, as Markdown in English."""
    with translation.override("en"):
        models = [model for model in apps.get_models() if issubclass(model, Stepped)]
        return "\n".join(_table(model) for model in models)


def _table(model):
    lines = [
        f"## {model._meta.verbose_name.capitalize()}",
        "",
        "| step | from | to | who may | what must hold |",
        "| --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*lines, *[_line(step) for step in steps_of(model)], ""])


def _line(step):
    sources = ", ".join(str(source) for source in step.sources)
    target = step.target or "stays"
    who = " ".join(str(may.sentence) for may in step.may) or "Anybody who sees it."
    needs = " ".join(str(sentence) for _guard, sentence in step.needs) or "–"
    return f"| {step.name} | {sources} | {target} | {who} | {needs} |"


class Command(BaseCommand):
    help = "Print the step table of every record with a status, as Markdown."

    def handle(self, *args, **options):
        self.stdout.write(tables())
