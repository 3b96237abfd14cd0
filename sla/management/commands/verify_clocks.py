"""`script/manage verify_clocks`: fold the clocks' logs anew now, and print which clocks differ."""

from django.core.management.base import BaseCommand, CommandError

from sla import services
from sla.models import Clock


class Command(BaseCommand):
    help = "Compares clocks with their logs, writes the run down, and prints what differs. Repairs nothing."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="every clock, not only the open ones and tonight's share of the closed ones")

    def handle(self, *, all, **_options):
        run = services.run_verification(Clock.objects.all() if all else None)
        seconds = (run.ended_at - run.ran_at).total_seconds()
        self.stdout.write(f"{run.clocks} clocks folded anew in {seconds:.1f} s, {len(run.drifts)} differ from their log.")
        for drift in run.drifts:
            self.stdout.write(f"  {drift['record']} {drift['metric']} (clock {drift['clock']}): {', '.join(drift['what'])}")
        if run.drifts:
            raise CommandError("Find out why before these clocks are believed; nothing was repaired.")
