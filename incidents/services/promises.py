"""What acts on an incident do to its clocks, and the earliest due time the incident repeats."""

from incidents.models import Incident
from sla import services as sla
from sla.models import Metric


def respond(incident, *, by, at):
    """A human of ours answered the customer by name: the response clock stops, once (D4). Whether it did; the caller saves."""
    if incident.responded_at or by is None or by.pk == incident.contact_id:
        return False
    incident.responded_at = at
    incident.next_due_at = sla.stop(incident, Metric.RESPONSE, at=at, by=by)
    return True


def solved(incident, *, by, at):
    """The resolution clock stops, provisionally (D4)."""
    incident.next_due_at = sla.stop(incident, Metric.RESOLUTION, at=at, by=by)


def paused(incident, *, reason, by, at):
    """Only the resolution clock waits, and only for a reason the agreement knows (D5)."""
    incident.next_due_at = sla.pause(incident, reason=reason, at=at, by=by)


def resumed(incident, *, by, at):
    incident.next_due_at = sla.resume(incident, at=at, by=by)


def reopened(incident, *, by, at):
    """The provisional verdict is withdrawn and the clock goes on where it stood (D7)."""
    incident.next_due_at = sla.reopen(incident, at=at, by=by)


def retargeted(incident, *, reason, by, at):
    """The other priority's target counts from the same start; elapsed time is kept (D6, carry)."""
    incident.next_due_at = sla.retarget(incident, priority=incident.priority, reason=reason, at=at, by=by)


def closed(incident, *, by, at):
    """The provisional verdict becomes final."""
    incident.next_due_at = sla.close(incident, at=at, by=by)


def repeat_due_times(ids):
    """The incidents repeat the earliest due time of their running clocks; the caller holds their locks. One statement."""
    if ids:
        Incident.objects.filter(pk__in=ids).update(next_due_at=sla.first_due_of(Incident))
