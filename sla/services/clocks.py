"""What happens to the clocks of a record. Called within the caller's transaction, the record locked before.

Every verb returns the earliest due time of the record's running promises to its customer, or None: the record repeats it.
"""

from datetime import UTC

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from itsm.core import clock as time
from itsm.core import wording
from itsm.core.errors import Refused
from sla import clockwork, log
from sla.clockwork import Event, State
from sla.models import CUSTOMER_SIDE, Clock, Metric, pause_reasons
from sla.services import support, updating
from sla.services.promises import STARTED, newest_calendars, promise
from sla.services.turn import Turn, earliest

MAINTENANCE = "agreed_maintenance_window"


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
    turn = Turn(record, at=at, by=by)
    turn.move(turn.open(metric), clockwork.STOP)
    return turn.write()


def solve(record, *, at=None, by, first=False):
    """A solution is proposed: the resolution stops, and with it the next update and what others owe us; `first`: it is the response too."""
    turn = Turn(record, at=at, by=by)
    metrics = [Metric.RESOLUTION, Metric.NEXT_UPDATE, Metric.SUPPORT, *([Metric.RESPONSE] if first else [])]
    turn.move(turn.open(*metrics), clockwork.STOP)
    return turn.write()


def pause(record, *, reason, at=None, by):
    """Let the resolution wait for a reason that the frozen agreement knows, and the next update while the customer owes us something (D5).

    The response never waits, nor what others owe us. Raises Refused.
    """
    turn = Turn(record, at=at, by=by)
    for clock in turn.open(Metric.RESOLUTION):
        _check_pause(clock, reason, turn.at)
    waiting = turn.open(Metric.RESOLUTION, *([Metric.NEXT_UPDATE] if reason in CUSTOMER_SIDE else []))
    for clock in waiting:
        clock.pause_reason = reason
    turn.move(waiting, clockwork.PAUSE, reason=reason)
    return turn.write()


def resume(record, *, at=None, by):
    """Let what waits run on with what is left."""
    turn = Turn(record, at=at, by=by)
    for clock in turn.of(Metric.RESOLUTION, Metric.NEXT_UPDATE):
        clock.pause_reason = ""
    turn.move(turn.of(Metric.RESOLUTION, Metric.NEXT_UPDATE), clockwork.RESUME)
    return turn.write()


def reopen(record, *, at=None, by):
    """The resolution goes on where it stood, a provisional "met" is withdrawn (D7); so does the team's promise; a new update is owed."""
    turn = Turn(record, at=at, by=by)
    support.reopen(turn)
    turn.move(turn.of(Metric.RESOLUTION), clockwork.REOPEN)
    updating.begin_cycle(turn)
    return turn.write()


def close(record, *, at=None, by):
    """What was provisional becomes final; whatever still runs stops now, but for an update that nobody is owed any more."""
    turn = Turn(record, at=at, by=by)
    turn.move(turn.open(Metric.NEXT_UPDATE), clockwork.CANCEL)
    turn.move(turn.open(*STARTED, Metric.SUPPORT), clockwork.STOP)
    turn.move(turn.clocks, clockwork.CLOSE)
    return turn.write()


def cancel(record, *, at=None, by, reason=""):
    """The record was a mistake: its open clocks end without a verdict."""
    turn = Turn(record, at=at, by=by)
    turn.move(turn.clocks, clockwork.CANCEL, reason=reason)
    return turn.write()


def allowed_reasons(record):
    """The reasons for which the record's resolution may wait: those of its frozen agreement; all of them without one. One query."""
    version = _frozen(record)
    return list(version.pause_reasons) if version else pause_reasons()


def window_ends_at(record, at):
    """When the maintenance window that is open at an instant closes, by the record's frozen agreement; None where it names no windows."""
    windows = _windows(_frozen(record))
    return windows.next_change(at) if windows and windows.is_open(at) else None


def _frozen(record):
    """The agreement version of the record's resolution, or None."""
    clock = Clock.objects.about(record).filter(metric=Metric.RESOLUTION).select_related("agreement_version").first()
    return clock.agreement_version if clock else None


def _windows(version):
    """The Hours of the maintenance windows that a version names, or None."""
    if version is None or version.maintenance_calendar_id is None:
        return None
    return newest_calendars({version.maintenance_calendar_id})[version.maintenance_calendar_id].hours()


def _check_pause(clock, reason, at):
    """Refuse a reason that the agreement doesn't know, and maintenance outside of its windows."""
    version = clock.agreement_version
    if version is None:
        return
    if reason not in version.pause_reasons:
        raise Refused(_("The agreement doesn't let the clock wait for this reason. Choose another one."), code="pause_reason")
    windows = _windows(version) if reason == MAINTENANCE else None
    if windows and not windows.is_open(at):
        opens = windows.next_change(at)
        words = {"when": wording.exact(opens) if opens else "–"}
        raise Refused(_("No agreed maintenance window is open now; the next one begins %(when)s.") % words, code="no_window")


def _new_clock(record, subject, metric, promised, *, priority, contacted_at):
    found = promised.targets.get(metric)
    return Clock(
        content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk, metric=metric, cycle=1,
        customer=subject.customer, service=subject.service, tier=subject.tier, priority=priority, contacted_at=contacted_at,
        agreement_version=promised.agreement_version, calendar_version=found.calendar_version if found else None,
        target_s=found.seconds if found else None,
    )  # fmt: skip
