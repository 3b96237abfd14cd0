"""Why a closed month would be counted otherwise now: the last thing that happened to the record after it was closed."""

from django.contrib.contenttypes.models import ContentType

from changes.models import Change
from itsm.core.models import StepTaken
from reports.models import Restatement
from sla.clockwork import CANCEL, CORRECT, EXCUSE, REBIND, REOPEN, RETARGET
from sla.models import ClockEvent, Metric

TOLD = (CORRECT, EXCUSE, REOPEN, RETARGET, REBIND, CANCEL)
"""What may change a verdict."""
LATE = "late"
"""Nothing happened to it: it became known, or was written down, only after the month was closed."""


def explained(found, closed, at):
    """`[Restatement]`, not saved yet, of `(month, row, before, after)`; at most two statements. `closed`: when each month was."""
    if not found:
        return []
    happened = _of_clocks(found) | _of_records(found)
    made = []
    for month, row, before, after in found:
        kind, record = record_of(row)
        told = [event for key in ((row.kind in Metric.values and row.source_id), (kind, record)) for event in happened.get(key, ())]
        since = sorted((event for event in told if event[0] > closed[month]), key=lambda event: event[1:3])
        _at, _own, _seq, cause, words, by = since[-1] if since else (at, 0, 0, LATE, "", None)
        words = words or next((event[4] for event in reversed(since) if event[4]), "")  # a clock's own line says what, its step says why
        made.append(Restatement(
            month=month, kind=row.kind, source_id=row.source_id, record_type_id=kind, record_id=record, before=before, after=after,
            cause=cause, words=words, by_id=by, noted_at=at,
        ))  # fmt: skip
    return made


def record_of(row):
    """`(content type id, id)` of the record that a fact is about."""
    if hasattr(row, "record_id"):
        return row.record_type_id, row.record_id
    return ContentType.objects.get_for_model(Change).pk, row.change_id


def _of_clocks(found):
    """`{clock id: [(when, 1, line, what, why, by)]}`: what befell the clock itself says more than a step."""
    clocks = [row.source_id for _month, row, _before, _after in found if row.kind in Metric.values]
    happened = {}
    lines = ClockEvent.objects.filter(clock__in=clocks, kind__in=TOLD) if clocks else ClockEvent.objects.none()
    names = ("clock_id", "recorded_at", "seq", "kind", "reason_code", "payload", "actor_id")
    for clock, when, seq, kind, code, payload, by in lines.values_list(*names):
        happened.setdefault(clock, []).append((when, 1, seq, kind, payload.get("words") or code, by))
    return happened


def _of_records(found):
    """`{(content type, id): [(when, 0, number, step, why, by)]}` of the records' steps."""
    keys = {record_of(row) for _month, row, _before, _after in found}
    happened = {}
    taken = StepTaken.objects.filter(content_type__in={kind for kind, _pk in keys}, object_id__in={pk for _kind, pk in keys})
    names = ("content_type_id", "object_id", "recorded_at", "seq", "step", "reason", "by_id")
    for kind, pk, when, seq, step, why, by in taken.values_list(*names):
        happened.setdefault((kind, pk), []).append((when, 0, seq, step, why, by))
    return happened
