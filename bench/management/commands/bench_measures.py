"""What script/bench measures asks of the product's own code; each answer is one line of JSON."""

import json

from django.core.management.base import BaseCommand

from bench.measures import costs


class Command(BaseCommand):
    """Only for a database that nobody else uses."""

    help = "Bring the facts of all incidents in step, measure what tiles, a day's facts and downloads take."
    requires_system_checks = []

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("facts")
        acts.add_parser("held")
        acts.add_parser("tiles").add_argument("rounds", type=int)
        acts.add_parser("day").add_argument("incidents", type=int)
        exporting = acts.add_parser("export")
        exporting.add_argument("kind", choices=["csv", "xlsx"])
        exporting.add_argument("rows", type=int)

    def handle(self, *args, act, **options):
        self.stdout.write(json.dumps(ACTS[act](options, lambda sentence: self.stderr.write(f"  {sentence}"))))


ACTS = {
    "facts": lambda _told, say: costs.facts(say),
    "held": lambda _told, _say: costs.held(),
    "tiles": lambda told, _say: costs.tiles(told["rounds"]),
    "day": lambda told, _say: costs.day(told["incidents"]),
    "export": lambda told, _say: costs.export(told["kind"], told["rows"]),
}
