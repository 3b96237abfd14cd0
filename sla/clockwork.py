"""How a clock moves: a pure fold of events over an immutable state. No database; the services and the importer share it.

Elapsed time and targets are whole microseconds of service time. `forward` answers which events an act really
means (a breach first, when the due time has passed; none at all, when it changes nothing); `apply` folds one event.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from itsm.calendars.worktime import MICROSECOND, Hours

RUNNING, PAUSED, STOPPED, CANCELLED = "running", "paused", "stopped", "cancelled"
MET, BREACHED, EXCUSED = "met", "breached", "excused"
START, PAUSE, RESUME, STOP, REOPEN = "start", "pause", "resume", "stop", "reopen"
RETARGET, BREACH, CLOSE, CANCEL = "retarget", "breach", "close", "cancel"
BY_TIME, BY_RETARGET = "time", "retarget"
BREACH_STEP = 100
CLOSEST_STEPS = timedelta(seconds=20) // MICROSECOND


class ClockworkError(ValueError):
    """An event that can't follow on this state."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a clock is measured against: target in microseconds (None: nothing promised), hours, warning marks in percent.

    `rank` is the (tier, priority) that chose the target, `count_gap` whether time between solving and reopening counts.
    """

    target_us: int | None
    hours: Hours
    thresholds: tuple = (75, 90)
    count_gap: bool = False
    rank: tuple = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a clock. `terms` come with start and retarget, `cause` with breach."""

    kind: str
    at: datetime
    terms: Terms | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A clock at one moment of its log."""

    state: str = ""
    terms: Terms | None = None
    elapsed_us: int = 0
    seg_started_at: datetime | None = None
    due_at: datetime | None = None
    breached_at: datetime | None = None
    breach_cause: str = ""
    stopped_at: datetime | None = None
    decided_at: datetime | None = None
    final_at: datetime | None = None
    outcome: str = ""
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
        """The steps of this generation as (percent, microseconds of service time), in order; the last is the breach."""
        return step_table(self.target_us, self.terms.thresholds)

    def step_at(self, service_us):
        """When a step is or was due while this clock runs on."""
        if service_us <= self.elapsed_us:
            return self.seg_started_at
        return self.terms.hours.add(self.seg_started_at, timedelta(microseconds=service_us - self.elapsed_us))

    def next_fire_at(self):
        """When the next step not yet fired is due, or None when nothing more will happen by itself."""
        if self.state != RUNNING or self.target_us is None or self.breached_at:
            return None
        pending = self.steps()[self.steps_fired :]
        if not pending:
            return None
        return self.due_at if pending[0][0] == BREACH_STEP else self.step_at(pending[0][1])

    def steps_due(self, at):
        """The steps passed by `at` and not yet fired, as (percent, when), in order."""
        if self.state != RUNNING or self.target_us is None or self.breached_at:
            return []
        timed = [(p, self.due_at if p == BREACH_STEP else self.step_at(us)) for p, us in self.steps()[self.steps_fired :]]
        return [(percent, when) for percent, when in timed if when < at]


def step_table(target_us, thresholds):
    """Warning marks and breach as (percent, microseconds); a mark closer than 20 s to the next kept step is left out (D9)."""
    kept = [(BREACH_STEP, target_us)]
    for percent in sorted(thresholds, reverse=True):
        at_us = target_us * percent // 100
        if kept[0][1] - at_us >= CLOSEST_STEPS:
            kept.insert(0, (percent, at_us))
    return kept


def told_at(percent, table, thresholds):
    """Every mark whose recipients hear at this step: the step's own and the ones left out after it."""
    kept = [step for step, _us in table]
    later = [p for p in thresholds if p > percent and p not in kept and not any(percent < k < p for k in kept)]
    return [percent, *sorted(later)]


def fold(events, state=State()):
    """The state after a whole log."""
    for event in events:
        state = apply(state, event)
    return state


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
    begun = replace(state, state=RUNNING, terms=event.terms, seg_started_at=event.at)
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
    again = replace(state, state=RUNNING, seg_started_at=begun, stopped_at=None, generation=state.generation + 1, steps_fired=0)
    if not state.breached_at:
        again = replace(again, outcome="", decided_at=None)
    return _armed(again, begun)


def _retarget(state, event):
    """Carry: what is used stays used, the rest is measured against the new target (D6)."""
    elapsed = state.elapsed_at(event.at)
    moved = replace(state, terms=event.terms, elapsed_us=elapsed, generation=state.generation + 1, steps_fired=0)
    if state.state != RUNNING:
        return moved
    return _armed(replace(moved, seg_started_at=event.at), event.at)


def _breach(state, event):
    return replace(state, breached_at=event.at, breach_cause=event.cause, decided_at=event.at, outcome=BREACHED)


def _close(state, event):
    return replace(state, final_at=event.at)


def _cancel(state, event):
    ended = replace(state, state=CANCELLED, elapsed_us=state.elapsed_at(event.at), seg_started_at=None, due_at=None)
    return replace(ended, final_at=event.at)


_ACTS = {
    START: _start, PAUSE: _pause, RESUME: _resume, STOP: _stop, REOPEN: _reopen,
    RETARGET: _retarget, BREACH: _breach, CLOSE: _close, CANCEL: _cancel,
}  # fmt: skip


def _armed(state, since):
    """The state with its due time, counted from `since`."""
    if state.target_us is None:
        return replace(state, due_at=None)
    left = state.target_us - state.elapsed_us
    if left <= 0:
        return replace(state, due_at=state.breached_at or since)
    return replace(state, due_at=state.terms.hours.add(since, timedelta(microseconds=left)))


def _spent(state, event):
    """The breach of a clock that a smaller target has used up at once, or None."""
    if event.kind != RETARGET or state.breached_at or state.target_us is None or state.state not in (RUNNING, PAUSED):
        return None
    return Event(BREACH, event.at, cause=BY_RETARGET) if state.elapsed_us >= state.target_us else None


def _changes_nothing(state, event):
    """Whether an event finds the clock as it would leave it."""
    if event.kind in (START, BREACH):
        return event.kind == BREACH and state.breached_at is not None
    if event.kind == RETARGET:
        return state.state not in (RUNNING, PAUSED) or event.terms == state.terms
    if event.kind == CLOSE:
        return state.final_at is not None or state.state != STOPPED
    wanted = {PAUSE: (RUNNING,), RESUME: (PAUSED,), STOP: (RUNNING, PAUSED), REOPEN: (STOPPED,), CANCEL: (RUNNING, PAUSED, STOPPED)}
    return state.state not in wanted[event.kind] or (event.kind in (REOPEN, CANCEL) and state.final_at is not None)
