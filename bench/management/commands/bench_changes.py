"""What script/bench changes asks of the product's own code; each answer is one line of JSON."""

import json

from django.core.management.base import BaseCommand

from bench.changes import company, costs, deciding, load, subjects


class Command(BaseCommand):
    """Only for a database that nobody else uses."""

    help = "Load items and changes, measure what a draft and a decision ask of the database, let many decide at once."
    requires_system_checks = []

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        loading = acts.add_parser("load")
        for name in ("items", "changes"):
            loading.add_argument(name, type=int)
        for name in ("draft", "decide"):
            acts.add_parser(name).add_argument("rounds", type=int)
        race = acts.add_parser("race")
        for name in ("changes", "decisions", "together"):
            race.add_argument(name, type=int)
        acts.add_parser("pages")

    def handle(self, *args, act, **options):
        self.stdout.write(json.dumps(ACTS[act](self, options)))


def _load(command, told):
    company.found(max(12, told["items"] // 50))
    load.load(told["items"], told["changes"], lambda sentence: command.stderr.write(f"  {sentence}"))


ACTS = {
    "load": _load,
    "draft": lambda command, told: costs.drafts(told["rounds"]),
    "decide": lambda command, told: costs.decisions(told["rounds"]),
    "race": lambda command, told: deciding.race(told["changes"], told["decisions"], told["together"]),
    "pages": lambda command, told: subjects.pages(),
}
