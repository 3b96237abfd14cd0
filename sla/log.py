"""Between the pure clockwork and the tables: read a state from a clock, write it back, put events into the log."""

from datetime import UTC, datetime

from django.db import connection

from itsm.calendars.models import CalendarVersion
from itsm.calendars.worktime import Hours
from itsm.core.rows import insert as add
from sla import ladder
from sla.clockwork import CARRY, RUNNING, Amendment, Event, State, Terms
from sla.models import AgreementVersion, Clock, ClockEvent, ReopenRule

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
    return State(terms=terms_of(clock), **{name: getattr(clock, name) for name in FOLDED})


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
    for event in events:
        found = event.kind == "breach"
        line = ClockEvent(
            clock=clock, seq=seq + 1, kind=event.kind, effective_at=event.at.astimezone(UTC), recorded_at=recorded_at,
            actor=None if found else by, reason_code="" if found else reason,
            payload={"cause": event.cause} if found else payload or {}, prev_hash=clock.last_hash,
        )  # fmt: skip
        clock.last_hash = line.hash = line.seal()
        seq = line.seq
        written.append(line)
    return written


def insert(written):
    """Insert log lines whose clocks have been saved since."""
    for line in written:
        line.clock_id = line.clock.pk
    add(written, EVENT_COLUMNS)


def write_back(clocks):
    """Write the projection of many clocks in one statement."""
    if not clocks:
        return
    columns = {"id": "bigint", **WRITTEN}
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    sets = ", ".join(f"{name} = v.{name}" for name in WRITTEN)
    values = [[getattr(clock, name) for clock in clocks] for name in columns]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE sla_clock c SET {sets} FROM unnest({arrays}) AS v({', '.join(columns)}) WHERE c.id = v.id", values)


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
        clock.calendar_version = calendars.get(clock.calendar_version_id)
        clock.agreement_version = agreements.get(clock.agreement_version_id)
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
