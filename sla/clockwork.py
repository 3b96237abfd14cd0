"""How a clock moves: a pure fold of events over an immutable state. No database; the services and the importer share it.

Elapsed time and targets are whole microseconds of service time. `forward` answers which events an act really
means (a breach first, when the due time has passed; none at all, when it changes nothing); `apply` folds one event.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import takewhile

from itsm.calendars.worktime import MICROSECOND, Hours

RUNNING, PAUSED, STOPPED, CANCELLED = "running", "paused", "stopped", "cancelled"
MET, BREACHED, EXCUSED = "met", "breached", "excused"
START, PAUSE, RESUME, STOP, REOPEN = "start", "pause", "resume", "stop", "reopen"
RETARGET, BREACH, CLOSE, CANCEL = "retarget", "breach", "close", "cancel"
REBIND, EXCUSE, CORRECT, ACKNOWLEDGE = "rebind_calendar", "excuse", "correct", "acknowledge"
CARRY, RESTART_CAPPED = "carry", "restart_capped"
BY_TIME, BY_RETARGET = "time", "retarget"
BREACH_STEP = 100
CLOSEST_STEPS = timedelta(seconds=20) // MICROSECOND


class ClockworkError(ValueError):
    """An event that can't follow on this state."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a clock is measured against: target in microseconds (None: nothing promised), hours, warning marks in percent.

    `rank` is the (tier, priority) that chose the target, `count_gap` whether time between solving and reopening counts,
    `after` the steps after a breach as (mark over 100, microseconds of service time since the breach), in order.
    """

    target_us: int | None
    hours: Hours
    thresholds: tuple = (75, 90)
    count_gap: bool = False
    rank: tuple = ()
    after: tuple = ()


@dataclass(frozen=True, slots=True)
class Amendment:
    """What two people found wrong in a log; lines are named by their number.

    `moved`: (line, instant) of acts that happened at another time; `waited`: (from, until) of pauses nobody noted;
    `voided`: lines of changes of the target that should not count.
    """

    moved: tuple = ()
    waited: tuple = ()
    voided: tuple = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a clock. `terms` come with start, retarget and rebind, `rule` with retarget, `cause` with breach."""

    kind: str
    at: datetime
    terms: Terms | None = None
    cause: str = ""
    rule: str = CARRY
    amend: Amendment | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A clock at one moment of its log.

    `allowed_us` is the time used at which the promise breaks (None: nothing promised): the target, or less where a
    restart was capped; then the marks count from `base_us`. `breach_us` is the time used when it broke.
    """

    state: str = ""
    terms: Terms | None = None
    elapsed_us: int = 0
    base_us: int = 0
    allowed_us: int | None = None
    breach_us: int | None = None
    seg_started_at: datetime | None = None
    due_at: datetime | None = None
    breached_at: datetime | None = None
    breach_cause: str = ""
    stopped_at: datetime | None = None
    decided_at: datetime | None = None
    final_at: datetime | None = None
    outcome: str = ""
    corrected: bool = False
    generation: int = 1
    steps_fired: int = 0
    seq: int = 0
    last_at: datetime | None = None

    @property
    def target_us(self):
        """The target in microseconds, or None."""
        return self.terms.target_us if self.terms else None

    def elapsed_at(self, at):
        """Service time used up by then, in microseconds."""
        if self.state != RUNNING or at <= self.seg_started_at:
            return self.elapsed_us
        return self.elapsed_us + self.terms.hours.between(self.seg_started_at, at) // MICROSECOND

    def steps(self):
        """The steps of this generation as (mark, microseconds of service time), in order; 100 is the breach."""
        return step_table(self.allowed_us, self.terms.thresholds, base_us=self.base_us, after=self.terms.after, breach_us=self.breach_us)

    def step_at(self, service_us):
        """When a step is or was due while this clock runs on."""
        if service_us <= self.elapsed_us:
            return self.seg_started_at
        return self.terms.hours.add(self.seg_started_at, timedelta(microseconds=service_us - self.elapsed_us))

    def pending(self):
        """The steps not yet fired that can still fire by themselves; once the promise is broken only those after the breach."""
        if self.state != RUNNING or self.target_us is None:
            return []
        return [(mark, us) for mark, us in self.steps()[self.steps_fired :] if mark > BREACH_STEP or not self.breached_at]

    def next_fire_at(self):
        """When the next step not yet fired is due, or None when nothing more will happen by itself."""
        return next((self._due(mark, us) for mark, us in self.pending()), None)

    def steps_due(self, at):
        """The steps passed by `at` and not yet fired, as (mark, when), in order."""
        timed = ((mark, self._due(mark, us)) for mark, us in self.pending())
        return list(takewhile(lambda step: step[1] < at, timed))

    def steps_with(self, at, early):
        """The steps to fire at `at` as (mark, when), where an escalation that nobody acknowledged goes up at `early` (or None).

        The next step then comes at `early` if it would come later by itself; never the breach, which comes at its time.
        """
        passed, upcoming = self.steps_due(at), self.pending()
        if early is None or early >= at or not upcoming or upcoming[0][0] == BREACH_STEP:
            return passed
        if passed and passed[0][1] <= early:
            return passed
        return [(upcoming[0][0], early), *passed[1:]]

    def goes_up(self):
        """Whether the next step may come early: there is one, and it isn't the breach."""
        return next((mark != BREACH_STEP for mark, _us in self.pending()), False)

    def marks(self):
        """Every mark of the terms, kept or left out, in order."""
        return (*self.terms.thresholds, BREACH_STEP, *(mark for mark, _us in self.terms.after))

    def heard_at(self, *steps):
        """Every mark whose people hear when these steps fire together."""
        table, known = self.steps(), self.marks()
        return tuple(sorted({mark for step in steps for mark in told_at(step, table, known)}))

    def through(self, mark):
        """How many steps of this generation have been taken when the one of this mark has; None when it has no such step."""
        return next((place for place, (step, _us) in enumerate(self.steps(), 1) if step == mark), None)

    def _due(self, mark, us):
        return self.due_at if mark == BREACH_STEP else self.step_at(us)

    def ladder_kept(self, before):
        """How many steps of a new generation count as fired: after a breach the ladder goes on where it stood."""
        if not self.breached_at or self.target_us is None:
            return 0
        return _through_breach(self.steps()) + max(0, before.steps_fired - _through_breach(before.steps()) if before.target_us else 0)


def _through_breach(steps):
    return sum(mark <= BREACH_STEP for mark, _us in steps)


@lru_cache(maxsize=4096)
def step_table(allowed_us, thresholds, *, base_us=0, after=(), breach_us=None):
    """Warnings, breach and the steps after it as (mark, microseconds of service time), in order (D9).

    A warning closer than 20 s to the next kept step is left out, and so is a step after the breach that close to the one before.
    """
    kept = [(BREACH_STEP, allowed_us)]
    for percent in sorted(thresholds, reverse=True):
        at_us = base_us + (allowed_us - base_us) * percent // 100
        if kept[0][1] - at_us >= CLOSEST_STEPS:
            kept.insert(0, (percent, at_us))
    broken_us, last_us = breach_us if breach_us is not None else allowed_us, 0
    for mark, since_us in after:
        if since_us - last_us >= CLOSEST_STEPS:
            kept.append((mark, broken_us + since_us))
            last_us = since_us
    return tuple(kept)


def told_at(percent, table, thresholds):
    """Every mark whose recipients hear at this step: its own, those left out after it, and at the first step those left out before it."""
    kept = [step for step, _us in table]
    later = [p for p in thresholds if p > percent and p not in kept and not any(percent < k < p for k in kept)]
    earlier = [p for p in thresholds if p < percent == kept[0]]
    return [*sorted(earlier), percent, *sorted(later)]


def forward(state, event):
    """The state after an act, and the events it means: a breach that has passed comes first, an empty act means none."""
    written = []
    if event.at < (state.last_at or event.at):
        event = replace(event, at=state.last_at)
    if passed := overdue(state, event.at):
        state = apply(state, passed)
        written.append(passed)
    if _changes_nothing(state, event):
        return state, written
    state = apply(state, event)
    written.append(event)
    if passed := _spent(state, event):
        state = apply(state, passed)
        written.append(passed)
    return state, written


def overdue(state, at):
    """The breach that has happened by `at` and isn't recorded yet, or None. At the due time itself the promise is still kept."""
    if state.state == RUNNING and state.due_at and not state.breached_at and at > state.due_at:
        return Event(BREACH, state.due_at, cause=BY_TIME)
    return None


def apply(state, event):
    """The state after one event of the log. Raises ClockworkError when the event can't follow."""
    act = _ACTS.get(event.kind)
    if act is None:
        raise ClockworkError(f"unknown event {event.kind}")
    if (state.seq == 0) != (event.kind == START):
        raise ClockworkError(f"{event.kind} can't be event {state.seq + 1}")
    if event.kind not in (BREACH, REOPEN) and overdue(state, event.at):
        raise ClockworkError(f"{event.kind} after the due time, but no breach before it")
    moved = state if _changes_nothing(state, event) else act(state, event)
    return replace(moved, seq=state.seq + 1, last_at=max(event.at, state.last_at or event.at))


def _start(state, event):
    begun = replace(state, state=RUNNING, terms=event.terms, seg_started_at=event.at, allowed_us=event.terms.target_us)
    return _armed(begun, event.at)


def _pause(state, event):
    return replace(state, state=PAUSED, elapsed_us=state.elapsed_at(event.at), seg_started_at=None, due_at=None)


def _resume(state, event):
    return _armed(replace(state, state=RUNNING, seg_started_at=event.at), event.at)


def _stop(state, event):
    """The verdict stands, provisionally, until the record is closed."""
    ended = replace(state, state=STOPPED, elapsed_us=state.elapsed_at(event.at), seg_started_at=None, stopped_at=event.at)
    if state.target_us is None or state.breached_at:
        return ended
    return replace(ended, outcome=MET, decided_at=event.at)


def _reopen(state, event):
    """The same clock goes on; a provisional "met" is withdrawn, a breach stays (D7)."""
    begun = state.stopped_at if state.terms.count_gap else event.at
    again = replace(state, state=RUNNING, seg_started_at=begun, stopped_at=None, generation=state.generation + 1)
    if not state.breached_at:
        again = replace(again, outcome="", decided_at=None)
    return _armed(replace(again, steps_fired=again.ladder_kept(state)), begun)


def _retarget(state, event):
    """What is used stays used; the rest is measured against the new target (D6).

    Carry: the whole new target from the same start. Restart capped: the new target from now, but never later than what was due.
    """
    elapsed = state.elapsed_at(event.at)
    moved = replace(state, terms=event.terms, elapsed_us=elapsed, generation=state.generation + 1, base_us=0)
    target = event.terms.target_us
    if target is None or event.rule == CARRY:
        moved = replace(moved, allowed_us=target)
    else:
        moved = replace(moved, base_us=elapsed, allowed_us=elapsed + min(target, _left(state, event, elapsed)))
    moved = replace(moved, steps_fired=moved.ladder_kept(state))
    if state.state != RUNNING:
        return moved
    return _armed(replace(moved, seg_started_at=event.at), event.at)


def _left(state, event, elapsed):
    """Service time until the due time that was, on the new hours; without a due time all that the new target gives."""
    if state.allowed_us is None:
        return event.terms.target_us
    if state.state != RUNNING or state.due_at is None:
        return max(0, state.allowed_us - elapsed)
    return event.terms.hours.between(event.at, state.due_at) // MICROSECOND


def _rebind(state, event):
    """Another version of the calendar counts from now on; what was measured stays (D10)."""
    moved = replace(state, terms=replace(state.terms, hours=event.terms.hours), elapsed_us=state.elapsed_at(event.at))
    if state.state != RUNNING:
        return moved
    return _armed(replace(moved, seg_started_at=event.at), event.at)


def _breach(state, event):
    """At the due time, or where a smaller target was used up at once; no step up to the breach can come any more."""
    used = state.allowed_us if event.cause == BY_TIME else state.elapsed_at(event.at)
    fired = max(state.steps_fired, _through_breach(state.steps()))
    return replace(
        state, breached_at=event.at, breach_cause=event.cause, breach_us=used, decided_at=event.at, outcome=BREACHED, steps_fired=fired
    )  # fmt: skip


def _excuse(state, _event):
    """The breach stays recorded; its verdict is counted apart (D8)."""
    return replace(state, outcome=EXCUSED)


def _acknowledge(state, _event):
    """Somebody has seen the escalation; time goes on."""
    return state


def _close(state, event):
    return replace(state, final_at=event.at)


def _cancel(state, event):
    ended = replace(state, state=CANCELLED, elapsed_us=state.elapsed_at(event.at), seg_started_at=None, due_at=None)
    return replace(ended, final_at=event.at)


_ACTS = {
    START: _start, PAUSE: _pause, RESUME: _resume, STOP: _stop, REOPEN: _reopen,
    RETARGET: _retarget, BREACH: _breach, CLOSE: _close, CANCEL: _cancel,
    REBIND: _rebind, EXCUSE: _excuse, ACKNOWLEDGE: _acknowledge,
}  # fmt: skip


def _armed(state, since):
    """The state with its due time, counted from `since`."""
    if state.allowed_us is None:
        return replace(state, due_at=None)
    left = state.allowed_us - state.elapsed_us
    if left <= 0:
        return replace(state, due_at=state.breached_at or since)
    return replace(state, due_at=state.terms.hours.add(since, timedelta(microseconds=left)))


def _spent(state, event):
    """The breach of a clock that a smaller target has used up at once, or None."""
    if event.kind != RETARGET or state.breached_at or state.target_us is None or state.state not in (RUNNING, PAUSED):
        return None
    return Event(BREACH, event.at, cause=BY_RETARGET) if state.elapsed_us >= state.allowed_us else None


def _changes_nothing(state, event):
    """Whether an event finds the clock as it would leave it."""
    if event.kind in _IDLE:
        return _IDLE[event.kind](state, event)
    return state.state not in _FROM[event.kind] or (event.kind in (REOPEN, CANCEL) and state.final_at is not None)


_FROM = {PAUSE: (RUNNING,), RESUME: (PAUSED,), STOP: (RUNNING, PAUSED), REOPEN: (STOPPED,), CANCEL: (RUNNING, PAUSED, STOPPED)}
_IDLE = {
    START: lambda state, event: False,
    ACKNOWLEDGE: lambda state, event: False,
    BREACH: lambda state, event: state.breached_at is not None,
    EXCUSE: lambda state, event: state.outcome != BREACHED,
    CLOSE: lambda state, event: state.final_at is not None or state.state != STOPPED,
    RETARGET: lambda state, event: state.state not in (RUNNING, PAUSED) or event.terms == state.terms,
    REBIND: lambda state, event: state.state not in (RUNNING, PAUSED) or event.terms.hours == state.terms.hours,
}
