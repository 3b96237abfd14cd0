"""Bring the database up to this code: migrations, cache table, and what a new database needs."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from itsm.fingerprint import KEEP, fingerprint

LOCK = 4_904_277_001  # one at a time, however many replicas start


class Command(BaseCommand):
    """Safe to run at every start, by several replicas at once."""

    help = "Apply migrations, and load the demo company into a new database (with DEMO)."
    requires_system_checks = []

    def handle(self, *args, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                self.migrate()
                self.fill_new_database()
                cursor.execute(KEEP, [fingerprint()])
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def migrate(self):
        """Run migrate only when something is missing: the check alone is quick."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)

    def fill_new_database(self):
        """The demo company, once, where nobody is registered yet."""
        if settings.DEMO and "load_demo" in get_commands() and not get_user_model().objects.exists():
            call_command("load_demo", stdout=self.stderr)
