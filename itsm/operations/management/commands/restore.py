"""Everything from one file back."""

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from itsm.operations import archive
from itsm.operations.programs import OperationError

OTHER_KEY = (
    "The backup was made with another SECRET_KEY: set that one (secret.key in the backup), "
    "otherwise links in mails already sent stop working."
)


class Command(BaseCommand):
    """Everything or nothing: when it fails, the database is as it was."""

    help = "Replace the database and the attachments by those of a backup, then apply migrations that it does not have."

    def add_arguments(self, parser):
        parser.add_argument("file")

    def handle(self, *args, file, **options):
        try:
            same_key = archive.read(file)
        except (OperationError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"{file} is restored. Restart the product if it is running.")
        if not same_key:
            self.stderr.write(OTHER_KEY)
