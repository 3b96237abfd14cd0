"""Fill an empty database for the bench."""

from django.core.management.base import BaseCommand, CommandError

from bench.company import found
from bench.load import load
from itsm.people.models import Person


class Command(BaseCommand):
    """Only for a database that nobody else uses."""

    help = "Found the bench's company and load that many incidents (0: none) into an empty database."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("size", type=int)
        parser.add_argument("--days", type=int, default=730, help="over how many days, the newest contact 15 days ago")

    def handle(self, *args, size, days, **options):
        if Person.objects.exists():
            raise CommandError("This database is not empty.")
        found()
        if size:
            load(size, days, lambda sentence: self.stderr.write(f"  {sentence}"))
