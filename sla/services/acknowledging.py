"""Somebody says that they have seen an escalation: until then a P1 goes up the ladder early (D9)."""

from datetime import UTC

from django.utils.translation import gettext_lazy as _

from itsm.core import clock as time
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.notices.models import Notice
from itsm.people.models import Role
from itsm.people.rollcall import RollCall
from sla import clockwork, kinds, log
from sla.clockwork import Event
from sla.models import ClockFire
from sla.services import timers


@verb
def acknowledge(record, *, by, at=None):
    """Write down on every clock of the record that waits for it that its escalation was seen; the record.

    The ladder goes on at its own times. Raises NotAllowed for whom it does not concern, Refused when nothing waits.
    """
    clocks = log.locked(record)
    recorded_at = time.now()
    at = (at or recorded_at).astimezone(UTC)
    if late := [clock for clock in clocks if clockwork.overdue(log.state_of(clock), at)]:
        timers.fire(late, at=at, recorded_at=recorded_at)
    waiting = [clock for clock in clocks if clock.ack_due_at]
    if not waiting:
        raise Refused(_("No escalation waits here: somebody has seen it already, or its clock stands still."), code="nothing_waits")
    if not may_acknowledge(by, record, waiting, at):
        raise NotAllowed(_("Only those who were told, the owner, the team's lead, the supervisor or the service manager may say so."))
    written = []
    for clock in waiting:
        written += _seen(clock, at, recorded_at=recorded_at, by=by)
    log.insert(written)
    log.write_back(waiting)
    return record


def may_acknowledge(person, record, waiting, at):
    """Whether it concerns somebody: they stand behind the record, or were told by the last step of one of these clocks."""
    if not (person.is_active and person.is_internal):
        return False
    subject = record.sla_subject()
    if person.is_superuser or person == subject.assignee or person.has_role(Role.SERVICE_MANAGER):
        return True
    if subject.team and (person.leads(subject.team.pk) or person in _supervisors(subject.team, at)):
        return True
    return Notice.objects.about(record).filter(person=person, kind__in=kinds.STEPS, key__in=_last_keys(waiting)).exists()


def _supervisors(team, at):
    return [here or holder for holder, here in RollCall(at, [team.lead]).supervisors(team)]


def _last_keys(clocks):
    """The keys of the notices of each clock's last step that told somebody."""
    fires = ClockFire.objects.filter(clock__in=clocks, collapsed=False).order_by("clock_id", "-fired_at", "-id").distinct("clock_id")
    held = {clock.pk: clock for clock in clocks}
    return [timers.step_key(held[fire.clock_id], fire.step) for fire in fires]


def _seen(clock, at, *, recorded_at, by):
    """One clock's line; it waits no longer."""
    before = clock.seq
    state, events = clockwork.forward(log.state_of(clock), Event(clockwork.ACKNOWLEDGE, at))
    clock.ack_due_at = None
    log.project(clock, state)
    return log.lines(clock, events, recorded_at=recorded_at, by=by, seq=before)
