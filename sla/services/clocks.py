"""What happens to the clocks of a record. Called within the caller's transaction, the record locked before.

Every verb returns the earliest due time of the record's running clocks, or None: the record repeats it.
"""

from datetime import UTC

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from itsm.core import clock as time
from itsm.core.errors import Refused
from sla import clockwork, log, signals
from sla.clockwork import Event, State
from sla.models import Clock, Metric
from sla.services import timers
from sla.services.promises import STARTED, promise, targets_of


def start(record, *, at=None, by, priority, promised=None):
    """Start response and resolution at the contact, under the agreement in force then (D3). Without one, they run without a target.

    `promised` is what promise() answered for this contact, where the caller asked before.
    """
    subject, recorded_at = record.sla_subject(), time.now()
    contacted_at = (getattr(record, "contacted_at", None) or at or recorded_at).astimezone(UTC)
    if promised is None:
        promised = promise(subject.customer, subject.service, priority, contacted_at)
    clocks = [_new_clock(record, subject, metric, promised, priority=priority, contacted_at=contacted_at) for metric in STARTED]
    written = []
    for clock in clocks:
        event = Event(clockwork.START, contacted_at, log.terms_of(clock))
        log.project(clock, clockwork.apply(State(), event))
        written += log.lines(clock, [event], recorded_at=recorded_at, by=by, payload=log.terms_payload(clock))
    Clock.objects.bulk_create(clocks)
    log.insert(written)
    return earliest(clocks)


def stop(record, metric, *, at=None, by):
    """Stop one metric's clock; the verdict is provisional until close (D4). Exactly at the due time it is met."""
    return _act(record, [metric], clockwork.STOP, at=at, by=by)


def pause(record, *, reason, at=None, by):
    """Let the resolution clock wait, for a reason that the agreement knows (D5); the response clock never waits. Raises Refused."""
    clocks = log.locked(record)
    for clock in _of(clocks, [Metric.RESOLUTION]):
        if clock.agreement_version and reason not in clock.agreement_version.pause_reasons:
            raise Refused(_("The agreement doesn't let the clock wait for this reason. Choose another one."), code="pause_reason")
        clock.pause_reason = reason
    return _move(clocks, [Metric.RESOLUTION], clockwork.PAUSE, at=at, by=by, reason=reason)


def resume(record, *, at=None, by):
    """Let the resolution clock run on with what is left."""
    clocks = log.locked(record)
    for clock in _of(clocks, [Metric.RESOLUTION]):
        clock.pause_reason = ""
    return _move(clocks, [Metric.RESOLUTION], clockwork.RESUME, at=at, by=by)


def reopen(record, *, at=None, by):
    """The resolution clock goes on where it stood; a provisional "met" is withdrawn (D7)."""
    return _act(record, [Metric.RESOLUTION], clockwork.REOPEN, at=at, by=by)


def close(record, *, at=None, by):
    """What was provisional becomes final; whatever still runs stops now."""
    clocks = log.locked(record)
    _move(clocks, STARTED, clockwork.STOP, at=at, by=by)
    return _move(clocks, STARTED, clockwork.CLOSE, at=at, by=by)


def cancel(record, *, at=None, by, reason=""):
    """The record was a mistake: its open clocks end without a verdict."""
    return _act(record, STARTED, clockwork.CANCEL, at=at, by=by, reason=reason)


def retarget(record, *, priority, reason, at=None, by):
    """Another priority: what is used stays used, the rest counts against the new target of the same agreement version (D6)."""
    subject, clocks = record.sla_subject(), log.locked(record)
    open_clocks = [clock for clock in clocks if clock.state in (clockwork.RUNNING, clockwork.PAUSED)]
    versions = {clock.agreement_version_id: clock.agreement_version for clock in open_clocks if clock.agreement_version}
    targets = {pk: targets_of(version, subject.tier, priority) for pk, version in versions.items()}
    at, recorded_at = _instants(clocks, at)
    written = []
    for clock in open_clocks:
        seconds, calendar = _held_for(clock, targets.get(clock.agreement_version_id, {}))
        event = Event(clockwork.RETARGET, at, log.terms(seconds, clock.agreement_version, calendar, subject.tier, priority, clock.metric))
        written += _retargeted(clock, event, (seconds, calendar), recorded_at=recorded_at, by=by, reason=reason)
    timers.fire_spent([line.clock for line in written if line.kind == clockwork.BREACH], at)
    _write(clocks, written, at)
    return earliest(clocks)


def earliest(clocks):
    """The earliest due time of the running ones, or None."""
    return min((clock.due_at for clock in clocks if clock.state == clockwork.RUNNING and clock.due_at), default=None)


def _new_clock(record, subject, metric, promised, *, priority, contacted_at):
    found = promised.targets.get(metric)
    return Clock(
        content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk, metric=metric, cycle=1,
        customer=subject.customer, service=subject.service, tier=subject.tier, priority=priority, contacted_at=contacted_at,
        agreement_version=promised.agreement_version, calendar_version=found.calendar_version if found else None,
        target_s=found.seconds if found else None,
    )  # fmt: skip


def _held_for(clock, targets):
    """Seconds and calendar version of a clock's new target; on the same calendar it keeps the version it was promised with."""
    seconds, calendar = targets.get(clock.metric, (None, None))
    held = clock.calendar_version
    return seconds, held if held and calendar and held.calendar_id == calendar.calendar_id else calendar


def _retargeted(clock, event, held, *, recorded_at, by, reason):
    """Move one open clock to other terms; the log's lines, a breach by time first."""
    before = clock.seq
    state, events = clockwork.forward(log.state_of(clock), event)
    clock.target_s, clock.calendar_version = held
    log.project(clock, state)
    return log.lines(clock, events, recorded_at=recorded_at, by=by, reason=reason[:60], payload=log.terms_payload(clock), seq=before)


def _act(record, metrics, kind, **details):
    return _move(log.locked(record), metrics, kind, **details)


def _of(clocks, metrics):
    return [clock for clock in clocks if clock.metric in metrics]


def _instants(clocks, at):
    """The act's instant, and when it is recorded: both from the database's clock, after the lock.

    Time that has passed is looked at first: a breach nobody has noticed yet is recorded and told like any other.
    """
    recorded_at = time.now()
    at = (at or recorded_at).astimezone(UTC)
    late = [clock for clock in clocks if clockwork.overdue(log.state_of(clock), at)]
    if late:
        timers.fire(late, at=at, recorded_at=recorded_at)
    return at, recorded_at


def _move(clocks, metrics, kind, *, at, by, reason=""):
    """Put one kind of event on the chosen clocks, time rolled forward first, and write log and projection."""
    at, recorded_at = _instants(clocks, at)
    written = []
    for clock in _of(clocks, metrics):
        before = clock.seq
        state, events = clockwork.forward(log.state_of(clock), Event(kind, at))
        log.project(clock, state)
        written += log.lines(clock, events, recorded_at=recorded_at, by=by, reason=reason, seq=before)
    _write(clocks, written, at)
    return earliest(clocks)


def _write(clocks, written, at):
    if not written:
        return
    log.insert(written)
    touched = {line.clock.pk for line in written}
    log.write_back([clock for clock in clocks if clock.pk in touched])
    broken = [line.clock for line in written if line.kind == clockwork.BREACH]
    if broken:
        signals.breached.send(Clock, clocks=broken, at=at)
