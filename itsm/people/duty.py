"""Who is on duty: questions about shifts, calendars, absences and appointments at one instant."""

import dataclasses
from collections.abc import Iterable

from django.db.models import Q

from itsm.calendars.models import CalendarVersion
from itsm.core import clock
from itsm.people.models import Absence, Appointment, Availability, Person, Role, Shift
from itsm.people.models.appointment import TEAM_ROLES
from itsm.people.zones import company_day


@dataclasses.dataclass(frozen=True)
class Member:
    """Somebody of a team with the facts that decide whether new work may go to them."""

    person: Person
    on_shift: bool
    absent: bool

    @property
    def availability(self):
        """What the person said themselves: available, busy or away."""
        return self.person.availability

    @property
    def ready(self):
        """Whether new work may go to this person now, load aside."""
        return self.on_shift and self.availability == Availability.AVAILABLE


def on_shift(person, at=None, team=None):
    """Tell whether somebody is on duty at an instant: within a shift or their working calendar, and not absent."""
    return members([person], at, team)[0].on_shift


def engineers(team, at=None):
    """Return the team's engineers at an instant as Members, by name; four queries however many they are."""
    return of_team(team, [Role.ENGINEER], at)


def of_team(team, roles=TEAM_ROLES, at=None):
    """Return everybody with one of the roles in the team at an instant as Members, by name."""
    at = at or clock.now()
    held = Appointment.objects.current(at).filter(team=team, role__in=roles).order_by()
    people = Person.objects.active().select_related("organisation").filter(pk__in=held.values("person_id"))
    return members(people.order_by("name", "id"), at, team)


def members(people: Iterable[Person], at=None, team=None):
    """Return a Member for each person, in their order; three queries however many they are."""
    at = at or clock.now()
    people = list(people)
    ids = [person.pk for person in people]
    planned = Shift.objects.filter(person__in=ids, starts_at__lte=at, ends_at__gt=at)
    if team is not None:
        planned = planned.filter(Q(team=None) | Q(team=team))
    planned = set(planned.values_list("person_id", flat=True))
    absent = set(_absences(ids, at))
    working = _open_calendars({person.works_on_id for person in people if person.works_on_id}, at)
    return [
        Member(person, person.pk not in absent and (person.pk in planned or person.works_on_id in working), person.pk in absent)
        for person in people
    ]


def absent(ids, at=None):
    """Return those of these people's ids who are absent on the company's day at an instant, as a set; one query, and none for nobody."""
    ids = list(ids)
    return set(_absences(ids, at or clock.now())) if ids else set()


def came_on_shift(since, at):
    """Return the ids of the active people whose shift began after `since` and not after `at`."""
    begun = Shift.objects.filter(starts_at__gt=since, starts_at__lte=at, person__is_active=True)
    return set(begun.values_list("person_id", flat=True))


def supervisors(team, at=None):
    """Return who answers for a team now, the one on shift first: its supervisors, else its lead; deputies stand in.

    A team that has neither is the IT service manager's.
    """
    at = at or clock.now()
    found = holders(Role.SUPERVISOR, at, team=team) or (_led_by(team, at) if team.lead_id else []) or holders(Role.SERVICE_MANAGER, at)
    return [member.person for member in sorted(members(found, at), key=lambda member: not member.ready)]


def duty_manager(team, at=None):
    """Return the supervisor to turn to at an instant, or None if the team has nobody."""
    return next(iter(supervisors(team, at)), None)


def holders(role, at=None, organisation=None, team=None):
    """Return the people who hold a role at an instant, each absent or away one replaced by the deputy, if there is one."""
    at = at or clock.now()
    held = Appointment.objects.current(at).filter(role=role, person__is_active=True)
    if organisation is not None:
        held = held.filter(organisation=organisation)
    if team is not None:
        held = held.filter(team=team)
    held = list(held.select_related("person__organisation", "deputy__organisation").order_by("valid", "id"))
    absent = set(_absences([appointment.person_id for appointment in held], at))
    return list(dict.fromkeys(_standing_in(appointment, absent) for appointment in held))


def _standing_in(appointment, absent):
    """Return the holder, or the deputy of one who is not here."""
    gone = appointment.person_id in absent or appointment.person.availability == Availability.AWAY
    deputy = appointment.deputy
    return deputy if gone and deputy and deputy.is_active else appointment.person


def _led_by(team, at):
    """Return the lead of a team as a list, replaced by the deputy of one of the lead's appointments when not here."""
    lead = Person.objects.active().select_related("organisation").filter(pk=team.lead_id).first()
    if lead is None:
        return []
    gone = lead.availability == Availability.AWAY or set(_absences([lead.pk], at))
    if not gone:
        return [lead]
    held = Appointment.objects.current(at).filter(person=lead, deputy__is_active=True).select_related("deputy__organisation")
    return [appointment.deputy for appointment in held.order_by("id")[:1]] or [lead]


def _absences(ids, at):
    day = company_day(at)
    away = Absence.objects.filter(person__in=ids, first_on__lte=day, last_on__gte=day, withdrawn_at=None)
    return away.values_list("person_id", flat=True)


def _open_calendars(ids, at):
    """Return those calendars' ids that are open at an instant, by their newest version published by then."""
    versions = CalendarVersion.objects.filter(calendar__in=ids, published_at__lte=at)
    newest = versions.order_by("calendar_id", "-no").distinct("calendar_id")
    return {version.calendar_id for version in newest if version.hours().is_open(at)}
