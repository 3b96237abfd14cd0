"""Everything into one file."""

from django.core.management.base import BaseCommand, CommandError

from itsm.operations import archive
from itsm.operations.programs import OperationError


class Command(BaseCommand):
    """May run while people work: the dump is one consistent moment."""

    help = "Write the database, the attachments and the secret key into one file. Keep it as safe as a password."

    def add_arguments(self, parser):
        parser.add_argument("file")

    def handle(self, *args, file, **options):
        try:
            size = archive.write(file)
        except (OperationError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{file}: {size / 1_000_000:.1f} MB.")
