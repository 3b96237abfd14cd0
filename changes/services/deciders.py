"""Who may decide about a seat: asked at the instant of the decision, never remembered (O8, requirement 66)."""

import dataclasses
from collections import defaultdict

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from changes.models import Choice, Decision, Delegation, Risk
from changes.policy import CUSTOMER
from itsm.core.errors import NotAllowed
from itsm.people import duty
from itsm.people.models import Appointment, Availability, Person, Role
from itsm.people.zones import company_day

RISKS = [Risk.LOW, Risk.MEDIUM, Risk.HIGH]


@dataclasses.dataclass(frozen=True)
class Decider:
    """Somebody who may decide about a seat now. on_behalf_of: whom they stand for; next_level: the role's own holders can't decide."""

    person: Person
    on_behalf_of: Person | None = None
    next_level: bool = False


class Deciders:
    """Everybody who might decide about a change at one instant; a fixed number of queries, however many seats are asked about."""

    def __init__(self, change, seats, at):
        self.change, self.at = change, at
        self.own_work = {change.requester_id, change.implementer_id, change.edited_by_id} - {None}
        seats = list(seats)
        roles = {seat.role for seat in seats} | {Role.TOP_MANAGEMENT}
        held = Appointment.objects.current(at).filter(role__in=roles, person__is_active=True)
        held = held.select_related("person__organisation", "deputy__organisation").order_by("valid", "id")
        self._held = defaultdict(list)
        for appointment in held:
            self._held[appointment.role].append(appointment)
        people = {p.pk: p for a in held for p in (a.person, a.deputy) if p is not None}
        self._delegations = defaultdict(list)
        for delegation in self._standing(roles):
            self._delegations[delegation.giver_id, delegation.role].append(delegation.receiver)
            people[delegation.receiver_id] = delegation.receiver
        self._absent = {member.person.pk for member in duty.members(people.values(), at) if member.absent}
        self._said = defaultdict(set)
        for stage, person in _said(seats):
            self._said[stage].add(person)

    def _standing(self, roles):
        allowed = RISKS[RISKS.index(self.change.risk) :] if self.change.risk in RISKS else RISKS
        found = Delegation.objects.standing().filter(role__in=roles, valid__contains=company_day(self.at), receiver__is_active=True)
        found = found.filter(Q(category="") | Q(category=self.change.category), highest_risk__in=allowed)
        return found.select_related("receiver__organisation")

    def of(self, seat, *, late=False):
        """The Deciders of one seat, each person once; `late`: the deadline has passed, so deputies may decide beside the holders."""
        found = self._among(seat, self._holders(seat), late)
        if not found and seat.role not in (CUSTOMER, Role.TOP_MANAGEMENT):
            found = [dataclasses.replace(d, next_level=True) for d in self._among(seat, self._held[Role.TOP_MANAGEMENT], late)]
        return found

    def is_held(self, seat):
        """Whether anybody is appointed to a seat's role at all, of a representative's for that customer."""
        return bool(self._holders(seat))

    def _holders(self, seat):
        return [a for a in self._held[seat.role] if seat.organisation_id is None or a.organisation_id == seat.organisation_id]

    def _among(self, seat, appointments, late):
        found = {}
        for appointment in appointments:
            for decider in self._standing_for(appointment, seat.role, late):
                if self._is_free(decider, seat):
                    found.setdefault(decider.person.pk, decider)
        return list(found.values())

    def _standing_for(self, appointment, role, late):
        """The holder, the deputy where needed, and whom the holder delegated to."""
        person, deputy = appointment.person, appointment.deputy
        yield Decider(person)
        gone = person.pk in self._absent or person.availability == Availability.AWAY
        if deputy is not None and deputy.is_active and (gone or late):
            yield Decider(deputy, person)
        for receiver in self._delegations[person.pk, role] or self._delegations[person.pk, appointment.role]:
            yield Decider(receiver, person)

    def _is_free(self, decider, seat):
        """Here, not about their own work, and not heard in this stage yet; a stand-in inherits what keeps the other from deciding."""
        if decider.person.pk in self._absent or decider.person.pk in self._said[seat.stage_id]:
            return False
        return not self.own_work.intersection({decider.person.pk, decider.on_behalf_of.pk if decider.on_behalf_of else None})


def _said(seats):
    """(stage, person) of everybody who has decided or abstained in the stages of these seats."""
    said = Decision.objects.filter(stage__in={seat.stage_id for seat in seats}).exclude(choice=Choice.ASK)
    return said.values_list("stage_id", "person_id")


def decider(change, seat, person, at):
    """The Decider that `person` is for a seat now. Raises NotAllowed with the sentence that says why they are none."""
    everybody = Deciders(change, [seat], at)
    for found in everybody.of(seat, late=seat.stage.escalated_at is not None):
        if found.person.pk == person.pk:
            return found
    raise NotAllowed(_why_not(change, seat, person, everybody), code="not_a_decider")


def _why_not(change, seat, person, everybody):
    if person.pk in (change.requester_id, change.implementer_id):
        return _("Nobody decides about their own work: you asked for this change or carry it out.")
    if person.pk == change.edited_by_id:
        return _("Nobody decides about their own work: you edited this change last.")
    if person.pk in everybody._said[seat.stage_id]:
        return _("You have decided in this stage already.")
    if person.pk in everybody._absent:
        return _("You are entered as absent today; your deputy decides.")
    return _("This decision is asked of somebody else: %(role)s.") % {"role": Role(seat.role).label}
