"""What incidents do when a lower floor announces something."""

from incidents import services
from incidents.services import promises
from itsm.people import signals
from itsm.people.models import Availability
from sla.signals import clock_moved


def connect():
    signals.availability_changed.connect(serve_who_is_free, dispatch_uid="incidents.serve_who_is_free")
    signals.appointment_changed.connect(serve_who_is_free, dispatch_uid="incidents.serve_appointed")
    signals.left.connect(dispatch_again, dispatch_uid="incidents.dispatch_again")
    clock_moved.connect(follow_clocks, dispatch_uid="incidents.follow_clocks")


def serve_who_is_free(sender, person, at, **_kwargs):
    """Somebody became available: their teams' queues are served at once."""
    if person.is_active and person.availability == Availability.AVAILABLE:
        services.serve_person(person, by=None, at=at)


def dispatch_again(sender, person, at, **_kwargs):
    """Somebody left: what they held goes to others."""
    services.free_everything_of(person, by=None, at=at)


def follow_clocks(sender, clocks, **_kwargs):
    """Due times moved without an act on the incident: it repeats the new ones."""
    promises.follow(clocks)
