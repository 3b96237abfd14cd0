"""Between the pure clockwork and the tables: read a state from a clock, write it back, put events into the log."""

from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

from itsm.calendars.models import CalendarVersion
from itsm.calendars.worktime import Hours
from itsm.core import rows
from sla import ladder
from sla.clockwork import BREACH, CARRY, RUNNING, Amendment, Event, State, Terms
from sla.models import AgreementVersion, Clock, ClockEvent, ClockFire, ReopenRule, sealed

ROUND_THE_CLOCK = Hours.round_the_clock()
MICROS = 1_000_000
WRITTEN = {
    "state": "text", "priority": "smallint", "tier": "text", "agreement_version_id": "bigint", "calendar_version_id": "bigint",
    "target_s": "integer", "elapsed_us": "bigint", "base_us": "bigint", "allowed_us": "bigint", "breach_us": "bigint",
    "seg_started_at": "timestamptz", "due_at": "timestamptz",
    "due_provisional": "boolean", "next_fire_at": "timestamptz", "generation": "integer", "steps_fired": "smallint",
    "breached_at": "timestamptz", "breach_cause": "text", "stopped_at": "timestamptz", "decided_at": "timestamptz",
    "final_at": "timestamptz", "outcome": "text", "pause_reason": "text", "seq": "integer", "last_at": "timestamptz",
    "last_hash": "text", "corrected": "boolean", "ack_due_at": "timestamptz",
}  # fmt: skip
FIRED = (
    "next_fire_at", "steps_fired", "ack_due_at", "breached_at", "breach_cause", "breach_us", "decided_at", "outcome",
    "seq", "last_at", "last_hash",
)  # fmt: skip
"""What steps and a breach that passed move of a clock; all else stays as it is."""
EVENT_COLUMNS = {
    "clock_id": "bigint", "seq": "integer", "kind": "text", "effective_at": "timestamptz", "recorded_at": "timestamptz",
    "actor_id": "bigint", "reason_code": "text", "payload": "jsonb", "prev_hash": "text", "hash": "text",
}  # fmt: skip
FIRE_COLUMNS = {
    "clock_id": "bigint", "generation": "integer", "step": "text", "scheduled_for": "timestamptz", "fired_at": "timestamptz",
    "collapsed": "boolean",
}  # fmt: skip
FOLDED = (
    "state", "elapsed_us", "base_us", "allowed_us", "breach_us", "seg_started_at", "due_at", "breached_at", "breach_cause",
    "stopped_at", "decided_at", "final_at", "outcome", "corrected", "generation", "steps_fired", "seq", "last_at",
)  # fmt: skip

_folded = attrgetter(*FOLDED)


@dataclass(slots=True)
class Line:
    """A line of a clock's log before it is written; sealed as the model's."""

    clock: Clock
    seq: int
    kind: str
    effective_at: datetime
    recorded_at: datetime
    actor_id: int | None
    reason_code: str
    payload: dict
    prev_hash: str
    hash: str = ""


def terms(seconds, agreement_version, calendar_version, tier, priority, metric):
    """Terms for the clockwork; seconds None means that nothing was promised."""
    rank = (str(tier), priority)
    if agreement_version is None or seconds is None:
        return Terms(None, ROUND_THE_CLOCK, rank=rank)
    if agreement_version.published_at is None:
        return _terms(seconds, agreement_version, calendar_version, rank, metric)
    known, key = agreement_version.__dict__.setdefault("_terms", {}), (seconds, calendar_version.pk, rank, metric)
    if key not in known:  # what is published never changes, and a sweep asks for the same terms thousands of times
        known[key] = _terms(seconds, agreement_version, calendar_version, rank, metric)
    return known[key]


def _terms(seconds, agreement_version, calendar_version, rank, metric):
    priority = rank[1]
    counts_gap, target_us = agreement_version.reopen_rule == ReopenRule.COUNT_GAP, seconds * MICROS
    marks, after = marks_of(agreement_version, priority, metric, target_us)
    return Terms(target_us, calendar_version.hours(), marks, counts_gap, rank, after)


def marks_of(agreement_version, priority, metric, target_us):
    """The warning marks of a clock under a version, and its steps after a breach."""
    if not agreement_version.ladder:
        return tuple(agreement_version.thresholds), ()
    rungs = agreement_version.rungs
    return ladder.warnings(rungs, priority, metric), ladder.after_breach(rungs, priority, metric, target_us)


def terms_of(clock):
    """The terms in a clock's columns."""
    return terms(clock.target_s, clock.agreement_version, clock.calendar_version, clock.tier, clock.priority, clock.metric)


def state_of(clock):
    """The clockwork's state of a clock whose versions are loaded."""
    return State(terms=terms_of(clock), **dict(zip(FOLDED, _folded(clock), strict=True)))


def project(clock, state):
    """Set a clock's columns to a state; the caller writes them. What stands still, or begins anew, waits for no acknowledgement."""
    if state.state != RUNNING or state.generation != clock.generation:
        clock.ack_due_at = None
    for name in FOLDED:
        setattr(clock, name, getattr(state, name))
    clock.tier, clock.priority = state.terms.rank
    clock.next_fire_at = next_fire_at(clock, state)
    version = clock.calendar_version
    clock.due_provisional = bool(state.due_at and version and version.is_provisional(state.due_at))


def next_fire_at(clock, state):
    """When the next step comes: at its time, or earlier when nobody has acknowledged the one before; None when none will."""
    early = clock.ack_due_at if clock.ack_due_at and state.goes_up() else None
    return min((at for at in (state.next_fire_at(), early) if at), default=None)


def lines(clock, events, *, recorded_at, by=None, reason="", payload=None, seq=0):
    """The log's lines for events that follow line `seq`, sealed; the clock's `last_hash` moves along.

    `payload` and `reason` belong to the act itself, not to a breach found on the way.
    """
    written = []
    for number, event in enumerate(events, seq + 1):
        act = (None, "", {"cause": event.cause}) if event.kind == BREACH else (by and by.pk, reason, payload or {})
        line = Line(clock, number, event.kind, event.at.astimezone(UTC), recorded_at, *act, clock.last_hash)
        clock.last_hash = line.hash = sealed(clock, line)
        written.append(line)
    return written


def insert(written):
    """Insert log lines whose clocks have been saved."""
    events = [
        (n.clock.pk, n.seq, n.kind, n.effective_at, n.recorded_at, n.actor_id, n.reason_code, n.payload, n.prev_hash, n.hash)
        for n in written
    ]
    rows.insert(ClockEvent, events, EVENT_COLUMNS)


def insert_fires(fires):
    """Insert fires, each a tuple as FIRE_COLUMNS has it."""
    rows.insert(ClockFire, fires, FIRE_COLUMNS)


def write_back(clocks, names=tuple(WRITTEN)):
    """Write the projection of many clocks in one statement, or only these columns of it."""
    columns = {"id": "bigint", **{name: WRITTEN[name] for name in names}}
    rows.update(Clock, list(map(attrgetter(*columns), clocks)), columns)


def terms_payload(clock):
    """What a start or retarget line keeps of a clock's terms, enough to replay it."""
    return {
        "target_s": clock.target_s, "priority": clock.priority, "tier": str(clock.tier),
        "agreement_version": clock.agreement_version_id, "calendar_version": clock.calendar_version_id,
    }  # fmt: skip


def events_of(clock):
    """A clock's log as events of the clockwork, in order; one query."""
    kept = list(clock.events.all())
    agreements = agreement_versions({line.payload.get("agreement_version") for line in kept} - {None})
    calendars = calendar_versions({line.payload.get("calendar_version") for line in kept} - {None})
    return [event_of(line, clock.metric, agreements, calendars) for line in kept]


def event_of(line, metric, agreements, calendars):
    """One line of a clock of that metric as an event of the clockwork, given the versions it may name."""
    told = line.payload
    held = None
    if "target_s" in told:
        agreement, calendar = agreements.get(told["agreement_version"]), calendars.get(told["calendar_version"])
        held = terms(told["target_s"], agreement, calendar, told["tier"], told["priority"], metric)
    return Event(line.kind, line.effective_at, held, told.get("cause", ""), told.get("rule", CARRY), amendment_of(told))


def amendment_of(told):
    """The amendment that a correction's payload holds, or None."""
    if "amend" not in told:
        return None
    held, when = told["amend"], datetime.fromisoformat
    return Amendment(
        moved=tuple((seq, when(at)) for seq, at in held.get("moved", ())),
        waited=tuple((when(since), when(until)) for since, until, *_reason in held.get("waited", ())),
        voided=tuple(held.get("voided", ())),
    )


def locked(record):
    """All clocks of a record with their versions, locked in one order until the transaction ends."""
    return attached(Clock.objects.about(record).select_for_update().order_by("id"))


def attached(clocks):
    """The clocks as a list, with their versions from the process's memory: what is published never changes."""
    clocks = list(clocks)
    calendars = calendar_versions({clock.calendar_version_id for clock in clocks} - {None})
    agreements = agreement_versions({clock.agreement_version_id for clock in clocks} - {None})
    for clock in clocks:
        _CALENDAR.set_cached_value(clock, calendars.get(clock.calendar_version_id))
        _AGREEMENT.set_cached_value(clock, agreements.get(clock.agreement_version_id))
    return clocks


def calendar_versions(ids):
    """`{id: published CalendarVersion}`; shared objects, so ask them about hours, not about their calendar's name."""
    return _remembered(_calendars, CalendarVersion, ids)


def agreement_versions(ids):
    """`{id: published AgreementVersion}`; shared objects, so ask them about terms, not about their agreement's name."""
    return _remembered(_agreements, AgreementVersion, ids)


def _remembered(memory, model, ids):
    missing = ids - memory.keys()
    if missing:
        memory.update(model.objects.filter(published_at__isnull=False).in_bulk(missing))
    return {pk: memory[pk] for pk in ids if pk in memory}


_calendars, _agreements = {}, {}
_CALENDAR, _AGREEMENT = (Clock._meta.get_field(name) for name in ("calendar_version", "agreement_version"))
