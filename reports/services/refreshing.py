"""What is owed after something happened to a record: its facts, and the sums of them, a moment later."""

import contextlib

import structlog
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from changes.models import Change
from incidents.models import Incident
from itsm.core import clock
from itsm.core.models import StepTaken
from reports.deriving import derived
from reports.models import ChangeFact, TicketFact, Touched
from reports.services.changes import change_rows
from reports.services.counting import Sums
from reports.services.keeping import CHANGE, TICKET, ChangeRow, Keeper, TicketRow, ticket_rows
from reports.services.loading import histories
from sla.models import Clock

log = structlog.get_logger(__name__)
BATCH = SWEPT = 500
"""How many incidents are loaded together, and how many touched rows a transaction takes."""
LOCK = 7_105_001
"""The database's lock of all facts: one at a time writes them, or closes a month."""


@contextlib.contextmanager
def only_writer():
    """A transaction in which nobody else writes facts or closes a month; waits for whoever does."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


def sweep_touched(limit=20_000):
    """Bring the facts of all records that were touched in step; return how many rows were done. Safe to run twice, late, or side by side.

    One transaction a batch. A record whose facts can't be derived is logged, stays owed, and stops no other.
    """
    done = last = 0
    while done < limit:
        with only_writer():
            found = list(Touched.objects.filter(pk__gt=last).order_by("id")[:SWEPT])
            if not found:
                return done
            last = found[-1].pk
            failed = _refresh_all({(touched.record_type_id, touched.record_id) for touched in found})
            kept = [touched.pk for touched in found if (touched.record_type_id, touched.record_id) not in failed]
            Touched.objects.filter(pk__in=kept).delete()
        done += len(kept)
    return done


def sweep_when_calm():
    """The same as long as no clock waits for its step: promises come first, figures are for later. Return how many rows were done."""
    done = 0
    while not Clock.objects.due(clock.now()).exists() and (swept := sweep_touched(limit=1)):
        done += swept
    return done


def _refresh_all(keys):
    """Refresh records together, or where that fails each alone; the keys of those that failed."""
    try:
        with transaction.atomic():
            refresh(keys)
    except Exception:
        log.exception("facts of a batch could not be derived")
        return {key for key in keys if not _refresh_one(key)}
    return set()


def _refresh_one(key):
    try:
        with transaction.atomic():
            refresh({key})
    except Exception:
        log.exception("facts of a record could not be derived", record_type=key[0], record=key[1])
        return False
    return True


def refresh(keys, at=None):
    """Bring the facts of records, `(content type id, id)`, in step; return how many facts differed. The caller is the only writer."""
    at = at or clock.now()
    types = {model: ContentType.objects.get_for_model(model).pk for model in (Incident, Change)}
    incidents = sorted(pk for kind, pk in keys if kind == types[Incident])
    changes = {pk for kind, pk in keys if kind == types[Change]}
    changes |= _blamed(types[Incident], incidents)
    differed = sum(refresh_incidents(incidents[first : first + BATCH], at) for first in range(0, len(incidents), BATCH))
    return differed + (refresh_changes(changes, at) if changes else 0)


def _blamed(kind, incidents):
    """Ids of the changes that were ever said to have caused these incidents, taken back or not."""
    taken = StepTaken.objects.filter(content_type=kind, object_id__in=incidents, step__in=["confirm_cause", "withdraw_cause"])
    return {details["change"] for details in taken.values_list("details", flat=True) if details.get("change")}


def refresh_incidents(ids, at):
    """The facts of some hundred incidents and their sums, in a fixed number of statements."""
    sums = Sums()
    found = [row for history in histories(ids) for row in ticket_rows(history, derived(history))]
    stored = TicketFact.objects.filter(record_type=ContentType.objects.get_for_model(Incident), record_id__in=ids)
    differed = Keeper(TicketFact, TicketRow, TICKET, at=at, sums=sums).keep(stored, found)
    sums.write()
    return differed


def refresh_changes(ids, at):
    """The facts of changes; there are few, so that they need no sums."""
    stored = ChangeFact.objects.filter(change__in=ids)
    return Keeper(ChangeFact, ChangeRow, CHANGE, at=at).keep(stored, change_rows(ids, at))
