"""What script/bench sla and script/chaos ask of the product's own code; each answer is one line of JSON."""

import json
from datetime import timedelta

from django.core.management.base import BaseCommand

from bench import armed, costs, race


class Command(BaseCommand):
    """Only for a database that nobody else uses."""

    help = "Arm clocks, measure what a sweep and a transition cost, stop clocks in a race, compare clocks with their logs."
    requires_system_checks = []

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("company")
        acts.add_parser("arm").add_argument("clocks", type=int)
        wave = acts.add_parser("wave")
        for name, kind in (("clocks", int), ("due-in", float), ("spread", float), ("steps", int)):
            wave.add_argument(f"--{name}", type=kind, required=True)
        acts.add_parser("idle")
        acts.add_parser("transitions").add_argument("rounds", type=int)
        acts.add_parser("due").add_argument("clocks", type=int)
        acts.add_parser("check")
        stops = acts.add_parser("stop")
        for name in ("part", "parts"):
            stops.add_argument(name, type=int)
        drift = acts.add_parser("drift")
        for name in ("first", "last"):
            drift.add_argument(name, type=int)

    def handle(self, *args, act, **options):
        self.stdout.write(json.dumps(ACTS[act](options)))


def _wave(told):
    due_in, spread = timedelta(seconds=told["due_in"]), timedelta(seconds=told["spread"])
    return armed.wave(told["clocks"], due_in=due_in, spread=spread, steps=told["steps"])


ACTS = {
    "company": lambda told: armed.ensure_customer(),
    "arm": lambda told: armed.arm(told["clocks"]),
    "wave": _wave,
    "idle": lambda told: costs.idle(),
    "due": lambda told: costs.due(told["clocks"]),
    "transitions": lambda told: costs.transitions(told["rounds"]),
    "check": lambda told: costs.promise_check(),
    "stop": lambda told: race.stop_all(told["part"], told["parts"]),
    "drift": lambda told: race.drifted(told["first"], told["last"]),
}
