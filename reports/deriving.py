"""The facts about one incident, from its own record, its steps and its clocks. Pure: the same history gives the same facts, always.

How things stood at an instant is read backwards: from how they are now, through the steps since then, each of which says what was before.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from incidents.measures import CLOSED as CLOSED_KIND
from incidents.measures import FIRST_CONTACT, LOGGED_LATE, RATED, REOPENED, STAGES, UNPROMISED
from incidents.measures import LOGGED as LOGGED_KIND
from incidents.measures import RESOLVED as RESOLVED_KIND
from incidents.models.incident import RECORDING_RULE
from sla.clockwork import BY_RETARGET
from sla.measures import CORRECTED, FIRED, LAG, LATE, PROVISIONAL, PUNCTUAL, RESPONDED, RETARGETED
from sla.models import ClockState, Metric

WITHIN = timedelta(days=7)
"""What is reopened within this time was not solved at first contact."""
HANDED = ("reassign", "transfer", "release", "hand_over")
SECOND = timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)
MICROS = 1_000_000
BEFORE = {"reprioritise": "priority", "reclassify": "service", "transfer": "team"}
"""Steps whose details say what was before, and of what."""
GIVEN, TAKEN = ("assign", "reassign", "hand_over", "accept"), ("release", "transfer", "resume_in_queue")
"""Steps after which somebody has it, whom their details name, and after which nobody has."""


class Step(NamedTuple):
    """A step taken."""

    name: str
    target: str
    at: datetime
    details: dict


class Promise(NamedTuple):
    """A clock, as far as facts need it. held_us: service time paused; fires: `[(id, planned, fired)]`."""

    id: int
    metric: str
    state: str
    target_s: int | None
    tier: str
    contacted_at: datetime
    elapsed_us: int
    stopped_at: datetime | None
    decided_at: datetime | None
    final_at: datetime | None
    outcome: str
    breach_cause: str
    corrected: bool
    held_us: int = 0
    fires: tuple = ()


@dataclass
class History:
    """An incident with all that happened to it. `messages`: when the customer wrote, after it was logged."""

    id: int
    customer: int
    service: int
    team: int | None
    handler: int | None
    priority: int
    tier: str
    contacted_at: datetime
    logged_at: datetime
    resolved_at: datetime | None
    resolved_by: int | None
    reassigned: int
    reopened: int
    closing: str
    closed_at: datetime | None
    rating: int | None
    steps: list = field(default_factory=list)
    promises: list = field(default_factory=list)
    messages: list = field(default_factory=list)


class Derived(NamedTuple):
    """A fact before it is kept."""

    kind: str
    source_id: int
    at: datetime
    outcome: str
    marks: int
    lengths: tuple
    customer: int
    service: int
    team: int | None
    handler: int | None
    tier: str
    priority: int

    def day(self, zone: ZoneInfo):
        """The company's day it counts on."""
        return self.at.astimezone(zone).date()


def derived(history: History):
    """`[Derived]`: every fact about an incident."""
    standing = _standing(history)
    found = [_logged(history)]
    found += [_resolved(history)] if history.resolved_at else []
    found += [_closed(history)] if history.closed_at else []
    for promise in history.promises:
        found += _of_promise(promise)
    return [_placed(fact, standing(fact[2]), history) for fact in found]


def _placed(fact, stood, history):
    kind, source_id, at, outcome, marks, lengths, tier, *handler = fact
    held = handler[0] if handler else stood["handler"]
    return Derived(
        kind, source_id, at, outcome, marks, lengths, history.customer, stood["service"], stood["team"], held, tier or history.tier,
        stood["priority"],
    )  # fmt: skip


def _standing(history):
    """A function that gives priority, service, team and handler at an instant."""
    moves = [(step.at, BEFORE[step.name], step.details.get("before")) for step in history.steps if step.name in BEFORE]
    now = {"priority": history.priority, "service": history.service, "team": history.team}

    def at(instant):
        stood = dict(now)
        for moved_at, what, before in reversed(moves):
            if moved_at <= instant:
                break
            stood[what] = before
        return stood | {"handler": _handler(history, instant)}

    return at


def _handler(history, instant):
    """Who had it at an instant, or None."""
    had = None
    for step in history.steps:
        if step.at > instant:
            break
        if step.name in GIVEN:
            had = step.details.get("assignee", history.handler)
        elif step.name in TAKEN:
            had = None
    return had


def _logged(history):
    late = history.logged_at - history.contacted_at > RECORDING_RULE
    promised = any(p.metric == Metric.RESOLUTION and p.target_s is not None for p in history.promises)
    marks = (LOGGED_LATE if late else 0) | (0 if promised else UNPROMISED)
    delay = max(0, (history.logged_at - history.contacted_at) // SECOND)
    return (LOGGED_KIND, history.id, history.contacted_at, "", marks, (delay,), "")


def _resolved(history):
    clock = next((p for p in reversed(history.promises) if p.metric == Metric.RESOLUTION), None)
    worked, held = (clock.elapsed_us // MICROS, clock.held_us // MICROS) if clock else (0, 0)
    wall = max(0, (history.resolved_at - history.contacted_at) // SECOND)
    marks = (REOPENED if history.reopened else 0) | (FIRST_CONTACT if _is_first_contact(history) else 0)
    tier = clock.tier if clock else ""
    return (RESOLVED_KIND, history.id, history.resolved_at, "", marks, (worked, wall, held), tier, history.resolved_by)


def _is_first_contact(history):
    solved = [step.at for step in history.steps if step.name == "resolve"]
    first = solved[0] if solved else history.resolved_at
    again = [step.at for step in history.steps if step.name == "reopen" and step.at <= first + WITHIN]
    return not (history.reassigned or again or any(sent <= first for sent in history.messages))


def _closed(history):
    spent = dwell(history)
    stars = history.rating or 0
    lengths = (*(spent[name] // SECOND for name in STAGES), stars)
    return (CLOSED_KIND, history.id, history.closed_at, history.closing, RATED if stars else 0, lengths, "")


def dwell(history: History):
    """`{stage: timedelta}` on the wall, adding up from the contact to the closing (or the last step)."""
    spent = dict.fromkeys(STAGES, timedelta(0))
    spent["logging"] = max(timedelta(0), history.logged_at - history.contacted_at)
    since, status, handed, asked = max(history.logged_at, history.contacted_at), "new", False, False
    for step in history.steps:
        until = max(since, step.at)
        spent[_stage(status, handed, asked)] += until - since
        since, status = until, step.target or status
        handed = handed or step.name in HANDED
        asked = step.name == "ask_supplier" or (asked and step.name not in ("supplier_answered", "resolve"))
    if history.closed_at and history.closed_at > since:
        spent[_stage(status, handed, asked)] += history.closed_at - since
    return spent


def _stage(status, handed, asked):
    if status in ("resolved", "closed"):
        return "confirming"
    if status == "waiting":
        return "customer"
    if asked:
        return "supplier"
    if status == "in_progress":
        return "handed_work" if handed else "first_work"
    return "handed_wait" if handed else "first_wait"


def _of_promise(promise):
    found = [_verdict(promise)] if promise.decided_at and promise.outcome else []
    if promise.metric == Metric.RESPONSE and promise.stopped_at and promise.state == ClockState.STOPPED:
        found.append((RESPONDED, promise.id, promise.stopped_at, "", 0, (promise.elapsed_us // MICROS,), promise.tier))
    return found + [_fire(promise, *fire) for fire in promise.fires]


def _verdict(promise):
    marks = (0 if promise.final_at else PROVISIONAL) | (RETARGETED if promise.breach_cause == BY_RETARGET else 0)
    marks |= CORRECTED if promise.corrected else 0
    return (promise.metric, promise.id, promise.decided_at, promise.outcome, marks, (), promise.tier)


def _fire(promise, key, planned, fired):
    lag = max(timedelta(0), fired - planned)
    return (FIRED, key, fired, PUNCTUAL if lag <= LAG else LATE, 0, (lag // MILLISECOND,), promise.tier)
