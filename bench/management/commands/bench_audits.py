"""What script/bench audits asks of the product's own code; each answer is one line of JSON."""

import json

from django.core.management.base import BaseCommand

from bench.audits import costs


class Command(BaseCommand):
    """Only for a database that nobody else uses."""

    help = "Measure what rules over every incident and samples of them take."
    requires_system_checks = []

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("judged")
        acts.add_parser("largest")
        acts.add_parser("drawn").add_argument("rounds", type=int)

    def handle(self, *args, act, **options):
        found = costs.drawn(options["rounds"]) if act == "drawn" else getattr(costs, act)()
        self.stdout.write(json.dumps(found))
