"""Who may decide about a seat: asked at the instant of the decision, never remembered (O8, requirement 66)."""

import dataclasses
from collections import defaultdict

from django.utils.translation import gettext_lazy as _

from changes.models import Choice, Decision, Delegation, Risk
from changes.policy import CUSTOMER
from itsm.core.errors import NotAllowed
from itsm.people import duty
from itsm.people.models import Appointment, Availability, Person, Role

RISKS = [Risk.LOW, Risk.MEDIUM, Risk.HIGH]


@dataclasses.dataclass(frozen=True)
class Decider:
    """Somebody who may decide about a seat now. on_behalf_of: whom they stand for; next_level: the role's own holders can't decide."""

    person: Person
    on_behalf_of: Person | None = None
    next_level: bool = False


class Deciders:
    """Everybody who might decide about some seats at one instant; four queries, however many seats and changes are asked about.

    `change` is that of all the seats; with None every seat brings its own (`seat.stage.round.change`, loaded before).
    `said`: `(stage id, person id)` of who has decided or abstained, where the caller knows it already.
    """

    def __init__(self, change, seats, at, said=None):
        self.change, self.at = change, at
        seats = list(seats)
        roles = {seat.role for seat in seats} | {Role.TOP_MANAGEMENT}
        held = _appointments(roles, at)
        self._held = defaultdict(list)
        for appointment in held:
            self._held[appointment.role].append(appointment)
        self._delegations = defaultdict(list)
        for delegation in _delegations(roles, at):
            self._delegations[delegation.giver_id, delegation.role].append(delegation)
        people = {p for a in held for p in (a.person_id, a.deputy_id)} | {d.receiver_id for ds in self._delegations.values() for d in ds}
        self._absent = duty.absent(people - {None}, at)
        self._said = set(_said(seats) if said is None else said)

    def of(self, seat, *, late=False):
        """The Deciders of one seat, each person once; `late`: the deadline has passed, so deputies may decide beside the holders."""
        found = self._among(seat, self.holders(seat), late)
        if not found and seat.role not in (CUSTOMER, Role.TOP_MANAGEMENT):
            found = [dataclasses.replace(d, next_level=True) for d in self._among(seat, self._held[Role.TOP_MANAGEMENT], late)]
        return found

    def is_held(self, seat):
        """Whether anybody is appointed to a seat's role at all, of a representative's for that customer."""
        return bool(self.holders(seat))

    def find(self, seat, person):
        """The Decider that somebody is for a seat now, or None."""
        return next((d for d in self.of(seat, late=seat.stage.escalated_at is not None) if d.person.pk == person.pk), None)

    def holders(self, seat):
        """The appointments that a seat asks, whoever of them may decide."""
        return [a for a in self._held[seat.role] if seat.organisation_id is None or a.organisation_id == seat.organisation_id]

    def why_not(self, seat, person):
        """The sentence that says why somebody may not decide about a seat now."""
        change = self._change(seat)
        if person.pk in (change.requester_id, change.implementer_id):
            return _("Nobody decides about their own work: you asked for this change or carry it out.")
        if person.pk == change.edited_by_id:
            return _("Nobody decides about their own work: you edited this change last.")
        if (seat.stage_id, person.pk) in self._said:
            return _("You have decided in this stage already.")
        if person.pk in self._absent:
            return _("You are entered as absent today; your deputy decides.")
        return _("This decision is asked of somebody else: %(role)s.") % {"role": Role(seat.role).label}

    def _change(self, seat):
        return self.change or seat.stage.round.change

    def _among(self, seat, appointments, late):
        found = {}
        for appointment in appointments:
            for decider in self._standing_for(appointment, seat, late):
                if self._is_free(decider, seat):
                    found.setdefault(decider.person.pk, decider)
        return list(found.values())

    def _standing_for(self, appointment, seat, late):
        """The holder, the deputy where needed, and whom the holder delegated to."""
        person, deputy = appointment.person, appointment.deputy
        yield Decider(person)
        gone = person.pk in self._absent or person.availability == Availability.AWAY
        if deputy is not None and deputy.is_active and (gone or late):
            yield Decider(deputy, person)
        for delegation in self._delegations[person.pk, appointment.role]:
            if _reaches(delegation, self._change(seat)):
                yield Decider(delegation.receiver, person)

    def _is_free(self, decider, seat):
        """Here, not about their own work, and not heard in this stage yet; a stand-in inherits what keeps the other from deciding."""
        if decider.person.pk in self._absent or (seat.stage_id, decider.person.pk) in self._said:
            return False
        involved = {decider.person.pk, decider.on_behalf_of.pk if decider.on_behalf_of else decider.person.pk}
        return involved.isdisjoint(_own_work(self._change(seat)))


def _appointments(roles, at):
    held = Appointment.objects.current(at).filter(role__in=roles, person__is_active=True)
    return list(held.select_related("person__organisation", "deputy__organisation").order_by("valid", "id"))


def _delegations(roles, at):
    found = Delegation.objects.current(at).filter(role__in=roles, receiver__is_active=True)
    return found.select_related("receiver__organisation").order_by("id")


def _said(seats):
    said = Decision.objects.filter(stage__in={seat.stage_id for seat in seats}).exclude(choice=Choice.ASK)
    return said.values_list("stage_id", "person_id")


def _reaches(delegation, change):
    """Whether a delegation covers a change of this category and risk."""
    fits = delegation.category in ("", change.category)
    return fits and (change.risk not in RISKS or RISKS.index(change.risk) <= RISKS.index(delegation.highest_risk))


def _own_work(change):
    return {change.requester_id, change.implementer_id, change.edited_by_id}


def decider(change, seat, person, at, said=None):
    """The Decider that `person` is for a seat now. Raises NotAllowed with the sentence that says why they are none."""
    everybody = Deciders(change, [seat], at, said)
    found = everybody.find(seat, person)
    if found is None:
        raise NotAllowed(everybody.why_not(seat, person), code="not_a_decider")
    return found
