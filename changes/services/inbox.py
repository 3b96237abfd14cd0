"""What waits for somebody's decision: as holder, deputy, delegate or next level, judged at this instant."""

import dataclasses

from django.utils.translation import gettext_lazy as _

from changes.models import Delegation, Seat
from changes.services.asking import waiting_seats
from changes.services.deciders import Decider, Deciders
from itsm.core.errors import NotAllowed
from itsm.people.models import Appointment, Role
from itsm.people.zones import company_day


@dataclasses.dataclass(frozen=True)
class Waiting:
    """One seat that somebody may decide about now, and as what."""

    seat: Seat
    decider: Decider

    @property
    def change(self):
        return self.seat.stage.round.change

    @property
    def role(self):
        return Role(self.seat.role).label


def waiting_for(person, at):
    """Everything that waits for somebody's decision, the most urgent deadline first. At most six queries, one where nothing can wait.

    Reads only stages that are open, however many changes there are.
    """
    roles = roles_stood_for(person, at)
    if not person.is_internal or not roles:
        return []
    seats = waiting_seats()
    seats = list(seats if Role.TOP_MANAGEMENT in roles else seats.filter(role__in=roles))
    if not seats:
        return []
    everybody = Deciders(None, seats, at)
    return [Waiting(seat, found) for seat in seats if (found := everybody.find(seat, person))]


def roles_stood_for(person, at):
    """The roles somebody may have to decide for: their own, those they are deputy of, and those delegated to them. One query."""
    stands_in = Appointment.objects.current(at).filter(deputy=person).order_by().values_list("role")
    held = Appointment.objects.current(at).filter(person=person).order_by().values_list("role")
    received = Delegation.objects.standing().filter(receiver=person, valid__contains=company_day(at)).order_by().values_list("role")
    return {role for (role,) in held.union(stands_in, received)}


def waiting_on(change, person, at):
    """What waits for somebody's decision about one change: `[Waiting]`. Five queries, three where nothing waits at all."""
    seats = list(waiting_seats().filter(stage__round__change=change))
    if not seats:
        return []
    everybody = Deciders(None, seats, at)
    return [Waiting(seat, found) for seat in seats if (found := everybody.find(seat, person))]


def look_at(seat, person, at):
    """`(Waiting or None, sentence)`: whether somebody may decide about a seat now, and if not, why."""
    found = waiting_seats().filter(pk=seat.pk).first()
    if found is None:
        return None, _("Nothing is to be decided here any more.")
    everybody = Deciders(None, [found], at)
    decider = everybody.find(found, person)
    return (Waiting(found, decider), "") if decider else (None, everybody.why_not(found, person))


def representatives_seat(change, person):
    """The seat that waits for a customer's representative: that of their own organisation. Raises NotAllowed where there is none."""
    of_customer = waiting_seats().filter(stage__round__change=change, role=Role.CUSTOMER_REPRESENTATIVE)
    found = of_customer.filter(organisation=person.organisation_id).first()
    if found is None:
        raise NotAllowed(_("Nothing is to be decided here any more."), code="not_open")
    return found
