"""The way into an empty product."""

from django.conf import settings
from django.core.management.base import BaseCommand

from itsm.people import services


class Command(BaseCommand):
    """Prints a link that works once, or nothing where there is an administrator already."""

    help = "Print the one-time link that makes the first administrator, if there is none yet."
    requires_system_checks = []

    def handle(self, *args, **options):
        path = services.invite_first_administrator()
        if path:
            self.stdout.write(f"{settings.SITE_URL}{path}")
