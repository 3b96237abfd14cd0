"""The clock's ledger: every stretch of time from the contact to now, how it counted, and a sum that is the clock's own. Pure.

`live` lives through a log as it counts (put right where it was corrected), `rows` cuts that life into stretches without gaps:
their lengths add up to the wall time, their counted parts to the clock's own time, both to the microsecond.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from itsm.calendars.worktime import HOLIDAY, MAKE_UP, MICROSECOND, Hours
from sla import clockwork, folding
from sla.clockwork import PAUSED, RUNNING, State, Terms

RUN, OFF, HOLD, SOLVED, EARLIER, NEXT, MARK = "run", "off", "hold", "solved", "earlier", "next", "mark"
MARKED = (clockwork.RETARGET, clockwork.REBIND, clockwork.BREACH, clockwork.EXCUSE, clockwork.CORRECT, clockwork.REOPEN)
MOST_ROWS = 24
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that took no time: its kind, the log's line, and the terms before and after it."""

    kind: str
    at: datetime
    line: float | None = None
    before: Terms | None = None
    after: Terms | None = None
    rule: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A time during which the clock did one thing on one set of hours; `line` of the log says why it waited."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    hours: Hours
    counts: bool
    line: float | None = None

    def service_time(self, since=None, until=None):
        """The service time in it, or in the part between two instants; whether it counted or not."""
        return self.hours.between(max(since or self.starts_at, self.starts_at), min(until or self.ends_at, self.ends_at))


@dataclass(frozen=True, slots=True)
class Life:
    """A clock's life until an instant: its spans without gaps, what marked it, and the state it is in."""

    spans: tuple
    marks: tuple
    state: State
    began: Terms
    began_at: datetime
    until: datetime
    acts: tuple = ()

    def counted(self, since=None, until=None):
        """The time used up, or what was used between two instants."""
        return sum((span.service_time(since, until) for span in self.spans if span.counts), NOTHING)


@dataclass(frozen=True, slots=True)
class Row:
    """One stretch: how it counted, and the running total of service time (timedeltas). A mark takes no time."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    counted: timedelta = NOTHING
    total: timedelta = NOTHING
    holiday: bool = False
    make_up: bool = False
    line: float | None = None
    stretches: int = 1
    mark: Mark | None = None


def live(events, at):
    """The Life of a log up to `at`, or up to its end where it was closed or cancelled."""
    acts, state = folding.lived(events), State()
    began, spans, marks, paused = acts[0][1], [], [], None
    for line, event in acts:
        before = state
        state = state if event.kind == clockwork.CORRECT else clockwork.apply(state, event)
        paused = line if event.kind == clockwork.PAUSE else paused
        if before.seq and (before.state, before.terms.hours) != (state.state, state.terms.hours):
            spans += _span(spans, before, began.at, event.at, paused, event.kind == clockwork.REOPEN)
        if event.kind in MARKED:
            marks.append(Mark(event.kind, event.at, line, before.terms, state.terms, event.rule, event.cause))
    until = state.final_at or max(at, spans[-1].ends_at if spans else began.at)
    spans += _span(spans, state, began.at, until, paused)
    marks.sort(key=lambda mark: mark.at)
    return Life(tuple(spans), tuple(marks), state, began.terms, began.at, until, tuple(acts))


def _span(spans, state, began_at, end, paused, reopened=False):
    """What the clock did from the last span's end on, as a list of one span; empty when that took no time."""
    start = spans[-1].ends_at if spans else began_at
    if end <= start or state.state == clockwork.CANCELLED:
        return []
    hours = state.terms.hours
    if state.state == PAUSED:
        return [Span(HOLD, start, end, hours, False, paused)]
    if state.state == RUNNING:
        return [Span(RUN, start, end, hours, True)]
    return [Span(SOLVED, start, end, hours, reopened and state.terms.count_gap)]


def rows(life):
    """Every stretch and mark of a life, oldest first, without gaps; the last total is the time used."""
    marks, found = list(life.marks), []
    for span in life.spans:
        cuts = sorted({span.starts_at, span.ends_at, *(m.at for m in marks if span.starts_at < m.at < span.ends_at)})
        for start, end in pairwise(cuts):
            while marks and marks[0].at <= start:
                found.append(_marked(marks.pop(0), start))
            found += _stretches(replace(span, starts_at=start, ends_at=end))
    return _summed(found + [_marked(mark, life.spans[-1].ends_at if life.spans else life.began_at) for mark in marks])


def _marked(mark, at):
    return Row(MARK, at, at, mark=mark, line=mark.line)


def _stretches(span):
    """The rows of one span: counted where the hours were open; a wait or a gap that doesn't count stays whole."""
    if not span.counts:
        return [Row(span.kind, span.starts_at, span.ends_at, line=span.line)]
    return [
        Row(span.kind, p.starts_at, p.ends_at, span.hours.between(p.starts_at, p.ends_at), make_up=p.kind == MAKE_UP)
        if p.counted
        else Row(OFF, p.starts_at, p.ends_at, holiday=p.kind == HOLIDAY)
        for p in span.hours.stretches(span.starts_at, span.ends_at)
    ]


def _summed(found):
    total, summed = NOTHING, []
    for row in found:
        total += row.counted
        summed.append(replace(row, total=total))
    return summed


def remaining(life):
    """The row of what is left until a running clock is due, or None; its total is what the clock is allowed."""
    state = life.state
    if state.state != RUNNING or state.breached_at or not state.due_at or state.due_at <= life.until:
        return None
    allowed = timedelta(microseconds=state.allowed_us)
    return Row(NEXT, life.until, state.due_at, allowed - life.counted(), allowed)


def readable(found):
    """Rows for a page: a holiday and the nights around it are one, and of a long ledger only the newest stay single."""
    merged = []
    for row in found:
        last = merged[-1] if merged else None
        if last and row.kind in (RUN, OFF) and (last.kind, last.make_up) == (row.kind, row.make_up):
            merged[-1] = replace(
                last, ends_at=row.ends_at, counted=last.counted + row.counted, total=row.total, holiday=last.holiday or row.holiday
            )
        else:
            merged.append(row)
    return _shortened(merged)


def _shortened(found):
    """What came before the newest rows is one row with its sum."""
    if len(found) <= MOST_ROWS:
        return found
    old, new = found[: 1 - MOST_ROWS], found[1 - MOST_ROWS :]
    counted = old[-1].total
    return [Row(EARLIER, old[0].starts_at, old[-1].ends_at, counted, counted, stretches=sum(row.kind != MARK for row in old)), *new]


def pauses(life):
    """How many pauses a life has, and how long they were together on the wall."""
    held = [span for span in life.spans if span.kind == HOLD]
    return len({span.line for span in held}), sum((span.ends_at - span.starts_at for span in held), NOTHING)


def shares(found, allowed_us):
    """`(from, width)` in percent of what is allowed for every counted stretch, for the strip."""
    drawn, left = [], 0.0
    for row in found:
        if row.counted and allowed_us:
            width = 100 * (row.counted // MICROSECOND) / allowed_us
            drawn.append((round(left, 2), round(max(0.0, min(width, 100 - left) - 0.3), 2)))
            left += width
    return [(x, width) for x, width in drawn if x < 100]
