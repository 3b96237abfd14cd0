"""Takes over the history of a ServiceNow desk: people, teams, incidents, every change of state with its own time."""

import gzip
import io
import time
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from incidents.imports import settling, writing
from incidents.imports.servicenow import NotThisLog, histories
from incidents.imports.tally import Tally
from incidents.models import Incident
from itsm.core import clock, trail
from itsm.people.models import Appointment, Person, Role
from sla.services import default_agreement

BATCH = 250
BAR = 30


class Command(BaseCommand):
    help = "Import the audit log of a ServiceNow desk. Safe to run again: what is here already stays as it is."

    def add_arguments(self, parser):
        parser.add_argument("file", help="the log, .csv or .csv.gz, ordered by incident")
        parser.add_argument("--timezone", required=True, help="zone of the log's local times, such as Europe/Lisbon")
        parser.add_argument("--customer", required=True, help="code or name of the customer; made when absent")

    def handle(self, *, file, customer, **options):
        zone, started = _zone(options["timezone"]), time.monotonic()
        tally = Tally()
        try:
            with _opened(file) as (lines, share):
                told = histories(lines, zone, tally.flaws.append)
                first = next(told, None)
                if first is None:
                    raise CommandError(f"{file} holds no incident that can be read. " + _first_reason(tally))
                self._take_over(_settled(customer, first), chain([first], told), tally, share)
        except (NotThisLog, OSError, UnicodeDecodeError) as problem:
            raise CommandError(str(problem)) from problem
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was imported stays; the same command goes on from there.") from None
        self.stdout.write("\n".join(tally.report(time.monotonic() - started)))

    def _take_over(self, settled, told, tally, share):
        while batch := list(islice(told, BATCH)):
            known = _known(settled.source, batch)
            new = [history for history in batch if history.ref not in known]
            for history in batch:
                if history.ref in known:
                    tally.skip(history)
            if new:
                _write(settled, new, tally)
            self._progress(share(), tally)
        if self.stderr.isatty():
            self.stderr.write("")

    def _progress(self, share, tally):
        if self.stderr.isatty():
            bar = "█" * round(share * BAR)
            self.stderr.write(f"\r{bar:░<{BAR}} {share:4.0%}  {tally.rows:,} events", ending="")
            self.stderr.flush()


def _write(settled, histories_new, tally):
    at = clock.now()
    with trail.acting(by=None, step="import", reason=settled.source), transaction.atomic():
        settled.meet(histories_new)
        replays = [settled.replayed(history) for history in histories_new]
        for replay in replays:
            for timer in replay.timers:
                timer.settle(at)
        writing.write(replays, at=at, by=None, source=settled.source)
    for replay in replays:
        tally.add(replay)


def _known(source, batch):
    refs = [history.ref for history in batch]
    return set(Incident.objects.filter(source=source, source_ref__in=refs).values_list("source_ref", flat=True))


def _settled(name, first):
    """Customer, promise and service for this import, made when absent."""
    with trail.acting(by=None, step="import", reason="servicenow"), transaction.atomic():
        customer = settling.customer_named(name)
        default_agreement(customer, effective_from=first.contacted_at, imported=True)
        return settling.Settled(customer, settling.imported_service(customer, _owner(), first.contacted_at))


def _owner():
    """Who answers for the imported service: the IT service manager, else an administrator."""
    managing = Appointment.objects.current().filter(role=Role.SERVICE_MANAGER)
    people = Person.objects.active().order_by("id")
    owner = people.filter(appointments__in=managing).first() or people.filter(is_superuser=True).first()
    if owner is None:
        raise CommandError("Nobody can own the imported service. Make the first administrator, or appoint the IT service manager.")
    return owner


def _zone(name):
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise CommandError(f"There is no time zone '{name}'. Use a name such as Europe/Lisbon.") from problem


def _first_reason(tally):
    return f"Line {tally.flaws[0].line}: {tally.flaws[0].reason}." if tally.flaws else "It is empty."


@contextmanager
def _opened(path):
    """The text lines of a plain or compressed file, and how much of it was read (0 to 1)."""
    size = Path(path).stat().st_size or 1
    with open(path, "rb") as raw:
        plain = gzip.GzipFile(fileobj=raw) if str(path).endswith(".gz") else raw
        with io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as lines:
            yield lines, lambda: min(raw.tell() / size, 1.0)
