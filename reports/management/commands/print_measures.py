"""Print every measure with its definition, as Markdown for docs/measures.md."""

from django.core.management.base import BaseCommand
from django.utils import translation

from itsm.core import measures
from reports.wording import GROUPS, goal_words


def tables():
    """Every measure by the part of a page that it stands on, as Markdown in English."""
    with translation.override("en"):
        groups = {key: [] for key in GROUPS}
        for measure in measures.every().values():
            groups.setdefault(measure.group, []).append(measure)
        return "\n".join(_table(GROUPS.get(key, key), found) for key, found in groups.items() if found)


def _table(title, found):
    lines = [f"### {title}", "", "| key | name | question | definition | population | unit | clause | goal |", "| --- " * 8 + "|"]
    return "\n".join([*lines, *map(_line, found), ""])


def _line(measure):
    told = (measure.name, measure.question, measure.definition, measure.population, measure.unit.value, measure.clause)
    return f"| `{measure.key}` | {' | '.join(map(str, told))} | {goal_words(measure) or '–'} |"


class Command(BaseCommand):
    help = "Print every measure with its definition, as Markdown."

    def handle(self, *args, **options):
        self.stdout.write(tables())
