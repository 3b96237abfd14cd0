"""Who can be reached at one instant: the people behind many roles at once, absent ones replaced by their deputies."""

from collections import defaultdict
from functools import cached_property

from django.db.models import Q

from itsm.people import duty
from itsm.people.models import Appointment, Availability, Role

ASKED_FOR = (Role.SERVICE_DESK, Role.SUPERVISOR, Role.SERVICE_MANAGER, Role.TOP_MANAGEMENT)


class RollCall:
    """Everybody with one of these roles, and `people`, as they are at one instant.

    At most six queries, however much is asked; those for roles and shifts only when somebody asks for them.
    """

    def __init__(self, at, people=()):
        self._at, self._people, self._absent = at, {}, set()
        self._meet(people)

    def _meet(self, people):
        """Know these people too, and which of them are absent."""
        met = {person.pk: person for person in people if person is not None and person.pk not in self._people}
        self._people |= met
        self._absent |= duty.absent(met, self._at)

    @cached_property
    def _held(self):
        """The appointments of these roles and people, the oldest first; then their holders and deputies are known as well."""
        held = Appointment.objects.current(self._at).filter(Q(role__in=ASKED_FOR) | Q(person__in=self._people.values()))
        held = list(held.select_related("person__organisation", "deputy__organisation").order_by("valid", "id"))
        self._meet(who for appointment in held for who in (appointment.person, appointment.deputy))
        return held

    @cached_property
    def _by_role(self):
        return _grouped(self._held, "role")

    @cached_property
    def _by_person(self):
        return _grouped(self._held, "person_id")

    @cached_property
    def _on_shift(self):
        """The ids of everybody known who is within a shift or their working hours."""
        return {member.person.pk for member in duty.members(self._people.values(), self._at) if member.on_shift}

    def is_here(self, person):
        """Whether somebody has an account and is neither absent nor away."""
        return person.is_active and person.pk not in self._absent and self.counts_as_here(person)

    def counts_as_here(self, person):
        """Whether what somebody says of themselves lets them be told now."""
        return person.availability != Availability.AWAY

    def on_shift(self, person):
        """Whether somebody is here and within a shift or their working hours."""
        return self.is_here(person) and person.pk in self._on_shift

    def standing_in(self, person, team=None):
        """The person, or while they are not here the deputy of one of their appointments, the team's first; None when neither is here."""
        if self.is_here(person):
            return person
        held = sorted(self._by_person[person.pk], key=lambda appointment: appointment.team_id != getattr(team, "pk", None))
        return next((a.deputy for a in held if a.deputy and self.is_here(a.deputy)), None)

    def holders(self, role, team=None):
        """The active holders of a role (in a team) as (holder, who is here for them or None), those on shift first."""
        held = [a for a in self._by_role[role] if a.person.is_active and (team is None or a.team_id == team.pk)]
        found = [(a.person, self._here_for(a)) for a in held]
        return sorted(found, key=lambda pair: pair[1] is None or not self.on_shift(pair[1])) if len(found) > 1 else found

    def supervisors(self, team):
        """Who answers for a team: its supervisors, else its lead; pairs as in `holders`."""
        if team is None:
            return []
        return self.holders(Role.SUPERVISOR, team) or self.lead(team)

    def lead(self, team):
        """The lead of a team as a list of at most one pair as in `holders`."""
        lead = team.lead if team is not None else None
        return [(lead, self.standing_in(lead, team))] if lead and lead.is_active else []

    def _here_for(self, appointment):
        for who in (appointment.person, appointment.deputy):
            if who and self.is_here(who):
                return who
        return None


class PlannedRollCall(RollCall):
    """The same for an instant to come: shifts and absences as planned; what people say of themselves today counts for nothing."""

    def counts_as_here(self, person):
        return True


def _grouped(held, name):
    found = defaultdict(list)
    for appointment in held:
        found[getattr(appointment, name)].append(appointment)
    return found
