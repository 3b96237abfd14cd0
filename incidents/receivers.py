"""What incidents do when a lower floor announces something."""

from django.contrib.contenttypes.models import ContentType

from incidents import services
from incidents.models import Incident
from itsm.people import signals
from itsm.people.models import Availability
from sla import signals as sla


def connect():
    signals.availability_changed.connect(serve_who_is_free, dispatch_uid="incidents.serve_who_is_free")
    signals.appointment_changed.connect(serve_who_is_free, dispatch_uid="incidents.serve_appointed")
    signals.left.connect(dispatch_again, dispatch_uid="incidents.dispatch_again")
    sla.clock_moved.connect(repeat_due_times, dispatch_uid="incidents.repeat_due_times")


def serve_who_is_free(sender, person, at, **_kwargs):
    """Somebody became available: their teams' queues are served at once."""
    if person.is_active and person.availability == Availability.AVAILABLE:
        services.serve_person(person, by=None, at=at)


def dispatch_again(sender, person, at, **_kwargs):
    """Somebody left: what they held goes to others."""
    services.free_everything_of(person, by=None, at=at)


def repeat_due_times(sender, clocks, **_kwargs):
    """Clocks moved by themselves: their incidents repeat the new due times."""
    kind = ContentType.objects.get_for_model(Incident).pk
    services.repeat_due_times({clock.object_id for clock in clocks if clock.content_type_id == kind})
