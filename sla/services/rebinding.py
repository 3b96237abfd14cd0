"""Rebinding: clocks that run under an older version of a calendar follow its newest official list, from now on (D10).

Nobody is waited for: record and clocks are taken in one statement, the record's lock with them, and what somebody else
holds is left to the next look. So the sweep can't be part of a deadlock, and the receiver of `clock_moved` may write the record.
"""

from datetime import UTC

from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, Subquery

from itsm.calendars.models import CalendarVersion
from itsm.core import clock as time
from itsm.core import sweep as core_sweep
from sla import clockwork, log, signals
from sla.clockwork import Event
from sla.models import Clock
from sla.services import timers

BATCH = 200
REASON = "official_list"
CLAIM = """
    SELECT c.* FROM sla_clock c JOIN {records} r ON r.id = c.object_id
    WHERE c.content_type_id = %s AND c.calendar_version_id = ANY(%s) AND c.state IN ('running', 'paused')
    LIMIT %s FOR NO KEY UPDATE OF r SKIP LOCKED FOR UPDATE OF c SKIP LOCKED
"""


def rebind_clocks(at=None):
    """Let every clock follow that doesn't yet; how many were moved. Safe to run twice, side by side, or half-way dead.

    Costs one query about versions, and then only what is owed: the clocks are found by their version's number.
    """
    lists = newer_lists()
    owed = Clock.objects.rebindable(lists).order_by()
    kinds = ContentType.objects.filter(pk__in=owed.values_list("content_type")) if lists else []
    return sum(_sweep(kind, lists, at) for kind in kinds)


def newer_lists():
    """`{version id: id of the newest official list of its calendar}` for every version that is older than such a list; one query."""
    official = CalendarVersion.objects.filter(official=True, calendar=OuterRef("calendar"), no__gt=OuterRef("no")).order_by("-no")
    older = CalendarVersion.objects.annotate(newest=Subquery(official.values("pk")[:1])).filter(newest__isnull=False).order_by()
    return dict(older.values_list("pk", "newest"))


def rebind(clocks, lists, *, at=None):
    """Put these locked clocks under their calendars' newest lists; a fixed number of statements.

    What has passed by then is recorded first, as it was measured. Past segments keep their measure.
    """
    at = (at or time.now()).astimezone(UTC)
    if late := [clock for clock in clocks if clock.next_fire_at and clock.next_fire_at < at]:
        timers.fire(late, at=at)
    versions = log.calendar_versions(set(lists.values()))
    written = []
    for clock in clocks:
        written += _rebound(clock, versions[lists[clock.calendar_version_id]], at)
    log.insert(written)
    log.write_back(clocks)
    signals.clock_moved.send(Clock, clocks=clocks, at=at)


def _sweep(kind, lists, at):
    """Sweep the clocks of one kind of record."""
    record_class = kind.model_class()
    if record_class is None:
        return 0
    sql = CLAIM.format(records=record_class._meta.db_table)
    return core_sweep.sweep(
        lambda batch: log.attached(Clock.objects.raw(sql, [kind.pk, list(lists), batch])),
        lambda clocks: rebind(clocks, lists, at=at),
        batch=BATCH,
    )


def _rebound(clock, version, at):
    """Move one clock to another version of its calendar; the log's lines."""
    before, state = clock.seq, log.state_of(clock)
    clock.calendar_version = version
    event = Event(clockwork.REBIND, max(at, state.last_at), log.terms_of(clock))
    # Always a line, also where the new list changes no hours: the log then names the list that the clock now stands on.
    log.project(clock, clockwork.apply(state, event))
    return log.lines(clock, [event], recorded_at=at, reason=REASON, payload=log.terms_payload(clock), seq=before)
