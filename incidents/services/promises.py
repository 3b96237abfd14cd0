"""What acts on an incident do to its clocks, and the earliest due time the incident repeats."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce

from incidents.models import Incident
from sla import services as sla
from sla.models import Clock, ClockState, Metric


def spoken(incident, *, by, at):
    """A human of ours wrote to the customer: the update owed is given, and the first such message is the response (D4). The caller saves.

    Whether anything of the incident changed.
    """
    if by is None or by.pk == incident.contact_id:
        return False
    due_at, first = incident.next_due_at, incident.responded_at is None
    incident.responded_at = incident.responded_at or at
    incident.next_due_at = sla.spoke(incident, at=at, by=by, first=first)
    return first or incident.next_due_at != due_at


def solved(incident, *, by, at):
    """The resolution stops, provisionally, and the next update with it; without an earlier message it is the response too (D4)."""
    first = incident.responded_at is None and by is not None and by.pk != incident.contact_id
    if first:
        incident.responded_at = at
    incident.next_due_at = sla.solve(incident, at=at, by=by, first=first)


def paused(incident, *, reason, by, at):
    """Only for a reason the frozen agreement knows, and never the response (D5)."""
    incident.next_due_at = sla.pause(incident, reason=reason, at=at, by=by)


def resumed(incident, *, by, at):
    incident.next_due_at = sla.resume(incident, at=at, by=by)


def reopened(incident, *, by, at):
    """The provisional verdict is withdrawn and the clock goes on where it stood (D7)."""
    incident.next_due_at = sla.reopen(incident, at=at, by=by)


def retargeted(incident, *, reason, by, at):
    """The other priority's targets, by the rule that the reason chooses (D6)."""
    incident.next_due_at = sla.retarget(incident, priority=incident.priority, reason=reason, at=at, by=by)


def reclassified(incident, *, by, at):
    """The agreement about the other service that was in force at the contact; elapsed time is kept (D6)."""
    incident.next_due_at = sla.reclassify(incident, at=at, by=by)


def handed(incident, *, by, at):
    """Another team has it: what that team promises us begins (8.3.4)."""
    incident.next_due_at = sla.handed(incident, at=at, by=by, priority=incident.priority)


def supplier_asked(incident, *, by, at):
    incident.next_due_at = sla.asked(incident, incident.supplier, at=at, by=by, priority=incident.priority)


def supplier_answered(incident, supplier, *, by, at):
    incident.next_due_at = sla.answered(incident, supplier, at=at, by=by)


def closed(incident, *, by, at):
    """The provisional verdict becomes final."""
    incident.next_due_at = sla.close(incident, at=at, by=by)


def follow(clocks):
    """Repeat the due times and the time of contact of clocks that moved without their incidents' doing; one statement however many."""
    kind = ContentType.objects.get_for_model(Incident)
    about = Clock.objects.ours().filter(content_type=kind, object_id=OuterRef("pk")).order_by()
    running = about.filter(state=ClockState.RUNNING).values("object_id").annotate(first=Min("due_at")).values("first")
    contact = about.filter(metric=Metric.RESOLUTION).values("contacted_at")[:1]
    moved = Incident.objects.filter(pk__in={clock.object_id for clock in clocks if clock.content_type_id == kind.pk})
    moved.update(next_due_at=Subquery(running), contacted_at=Coalesce(Subquery(contact), F("contacted_at")))
