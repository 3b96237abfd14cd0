"""What pages show of clocks: the one that runs out first for a list, all of them for a record."""

from collections import defaultdict
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType

from itsm.calendars.worktime import MICROSECOND
from itsm.core import clock as time
from itsm.core import clockface
from itsm.core.clockface import Face
from sla import log
from sla.clockwork import BREACHED, CANCELLED, MET, PAUSED, RUNNING
from sla.models import Clock, Metric

SHOWN_ORDER = {Metric.RESPONSE: 0, Metric.RESOLUTION: 1, Metric.NEXT_UPDATE: 2, Metric.SUPPORT: 3}


def row_clocks(records, *, at=None):
    """`{record pk: Face of the clock that runs out first}` for a page of records of one kind; one query."""
    records = list(records)
    if not records:
        return {}
    at = at or time.now()
    kind = ContentType.objects.get_for_model(type(records[0]))
    found = defaultdict(list)
    for clock in log.attached(Clock.objects.filter(content_type=kind, object_id__in=[record.pk for record in records])):
        found[clock.object_id].append(clock)
    return {pk: face(min(clocks, key=_urgency), at) for pk, clocks in found.items()}


def record_faces(record, *, at=None):
    """`[(clock, Face)]` of a record, response first; one query."""
    return faces_of(log.attached(Clock.objects.about(record)), at or time.now())


def faces_of(clocks, at):
    """`[(clock, Face)]` of clocks that have their versions at hand, response first."""
    return [(clock, face(clock, at)) for clock in sorted(clocks, key=lambda clock: (SHOWN_ORDER[clock.metric], clock.cycle))]


def face(clock, at):
    """One clock as a reader sees it at that instant."""
    state = log.state_of(clock)
    shown = _shown(clock)
    if clock.target_s is None:
        return Face(Metric(clock.metric).label, shown)
    allowed = clock.allowed_us if clock.allowed_us is not None else clock.target_s * log.MICROS
    left_s = (allowed - state.elapsed_at(at)) * MICROSECOND / timedelta(seconds=1)
    hours = state.terms.hours
    running = clock.state == RUNNING
    return Face(
        Metric(clock.metric).label, shown, target_s=clock.target_s, left_s=left_s, due_at=clock.due_at,
        closes_at=hours.next_change(at) if running else None, is_open=not running or hours.is_open(at),
        marks=state.terms.thresholds,
    )  # fmt: skip


def _shown(clock):
    """The face's state: how it ended, or how it goes."""
    if clock.state == CANCELLED:
        return clockface.OFF
    if clock.state in (RUNNING, PAUSED):
        spent = clock.breached_at and clock.elapsed_us < (clock.target_s or 0) * log.MICROS and clock.breach_cause == "retarget"
        return clockface.MISSED if spent else {RUNNING: clockface.RUNNING, PAUSED: clockface.PAUSED}[clock.state]
    return {MET: clockface.MET, BREACHED: clockface.MISSED}.get(clock.outcome, clockface.OFF)


def _urgency(clock):
    """What comes first in a row: running by due time, then paused, then what is without a target, then what has ended."""
    if clock.state == RUNNING and clock.due_at:
        return (0, clock.due_at.timestamp(), 0)
    order = 1 if clock.state == PAUSED else 2 if clock.state == RUNNING else 3
    return (order, 0, -SHOWN_ORDER[clock.metric])
