"""The clock's ledger: every stretch of time from the contact to now, how it counted, and a sum that is the clock's own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from itsm.calendars.worktime import HOLIDAY, MAKE_UP, MICROSECOND
from sla import clockwork
from sla.clockwork import PAUSED, RUNNING, State

RUN, OFF, HOLD, SOLVED, EARLIER, NEXT = "run", "off", "hold", "solved", "earlier", "next"
MOST_ROWS = 24
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Row:
    """One stretch: how it counted, and the running total of service time (timedeltas)."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    counted: timedelta = NOTHING
    total: timedelta = NOTHING
    holiday: bool = False
    make_up: bool = False
    reason: str = ""
    stretches: int = 1


def rows(events, at, *, reasons=()):
    """The rows of a log up to `at`, oldest first; `reasons` are those of its pauses, in order. The last total is the time used."""
    state, found, reasons = State(), [], iter(reasons)
    reason = ""
    for event in events:
        if state.seq:
            found += _between(state, state.last_at, max(event.at, state.last_at), reason, event.kind)
        if event.kind == clockwork.PAUSE:
            reason = next(reasons, "")
        state = clockwork.apply(state, event)
    if state.state in (RUNNING, PAUSED):
        found += _between(state, state.last_at, at, reason)
    return _shortened(_summed(_merged(found)))


def remaining(state, at, total):
    """The row of what is left until a running clock is due, or None."""
    if state.state != RUNNING or not state.due_at or state.due_at <= at:
        return None
    left = timedelta(microseconds=state.target_us) - total
    return Row(NEXT, at, state.due_at, left, total + left)


def _between(state, start, end, reason, following=""):
    """The stretches between two lines of the log, by what the clock did then."""
    if end <= start:
        return []
    if state.state == PAUSED:
        return [Row(HOLD, start, end, reason=reason)]
    if state.state != RUNNING:
        counts = state.terms.count_gap and following == clockwork.REOPEN
        return [Row(SOLVED, start, end, state.terms.hours.between(start, end) if counts else NOTHING)]
    return [
        Row(RUN, p.starts_at, p.ends_at, state.terms.hours.between(p.starts_at, p.ends_at), make_up=p.kind == MAKE_UP)
        if p.counted
        else Row(OFF, p.starts_at, p.ends_at, holiday=p.kind == HOLIDAY)
        for p in state.terms.hours.stretches(start, end)
    ]


def _merged(found):
    """Neighbours that counted alike become one row; a holiday and the nights around it are one."""
    merged = []
    for row in found:
        last = merged[-1] if merged else None
        if last and last.kind == row.kind and last.make_up == row.make_up and last.reason == row.reason and row.kind != HOLD:
            merged[-1] = _joined(last, row)
        else:
            merged.append(row)
    return merged


def _joined(first, last, kind=None, stretches=1):
    return Row(
        kind or first.kind, first.starts_at, last.ends_at, first.counted + last.counted, last.total,
        first.holiday or last.holiday, first.make_up, first.reason, stretches,
    )  # fmt: skip


def _summed(found):
    total, summed = NOTHING, []
    for row in found:
        total += row.counted
        summed.append(Row(row.kind, row.starts_at, row.ends_at, row.counted, total, row.holiday, row.make_up, row.reason))
    return summed


def _shortened(found):
    """A long ledger keeps its newest rows; what came before is one row with its sum."""
    if len(found) <= MOST_ROWS:
        return found
    old, new = found[: 1 - MOST_ROWS], found[1 - MOST_ROWS :]
    counted = old[-1].total
    return [Row(EARLIER, old[0].starts_at, old[-1].ends_at, counted, counted, stretches=len(old)), *new]


def paused_time(found):
    """How many pauses a ledger has, and how long they were together on the wall."""
    pauses = [row for row in found if row.kind == HOLD]
    return len(pauses), sum((row.ends_at - row.starts_at for row in pauses), NOTHING)


def shares(found, target_us):
    """`(from, width)` in percent of the target for every counted stretch, for the strip."""
    drawn, left = [], 0.0
    for row in found:
        if row.counted:
            width = 100 * (row.counted // MICROSECOND) / target_us
            drawn.append((round(left, 2), round(max(0.0, min(width, 100 - left) - 0.3), 2)))
            left += width
    return [(x, width) for x, width in drawn if x < 100]
