"""Availability, shifts and days away."""

from django.utils.translation import gettext_lazy as _

from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people import rules, signals
from itsm.people.models import Absence, Availability, Person, Shift
from itsm.people.services.people import complete
from itsm.people.zones import company_day


@verb
def set_availability(person, availability, *, by, at=None):
    """Say whether somebody takes new work: available, busy or away. One's own, or a keeper's act."""
    if by is not None and not rules.may_edit_person(by, person):
        raise NotAllowed(_("People set their own availability. Ask the IT service manager."))
    if availability not in Availability.values:
        raise Refused(_("Choose available, busy or away."))
    person = Person.objects.locked(person.pk)
    if person.availability == availability:
        return person
    at = at or clock.now()
    person.availability, person.availability_since = availability, at
    person.save(update_fields=["availability", "availability_since"])
    signals.availability_changed.send(Person, person=person, at=at)
    return person


@verb
def plan_shift(person, *, by, starts_at, ends_at, team=None, at=None):
    """Put somebody on duty between two instants; return the Shift. Raises Refused when it overlaps another."""
    must_plan(by, person)
    person = Person.objects.locked(person.pk)
    if not person.is_active:
        raise Refused(_("%(name)s has left and can't be planned.") % {"name": person})
    shift = Shift(person=person, team=team, starts_at=starts_at, ends_at=ends_at)
    complete(shift)
    shift.save()
    _announce_if_now(person, starts_at <= (at or clock.now()) < ends_at, at)
    return shift


@verb
def drop_shift(shift, *, by, at=None):
    """Take a planned shift out again. A shift that has begun stays on record."""
    must_plan(by, shift.person)
    shift = Shift.objects.select_for_update(of=("self",)).get(pk=shift.pk)
    if shift.starts_at <= (at or clock.now()):
        raise Refused(_("This shift has begun; it stays on record."))
    shift.delete()


@verb
def take_leave(person, *, by, first_on, last_on, reason="", at=None):
    """Record that somebody is away on whole days, both included; return the Absence."""
    if by is None or by.pk != person.pk:
        must_plan(by, person)
    absence = Absence(person=person, first_on=first_on, last_on=last_on, reason=reason)
    complete(absence)
    absence.save()
    _announce_if_now(person, first_on <= company_day(at or clock.now()) <= last_on, at)
    return absence


@verb
def withdraw_leave(absence, *, by, at=None):
    """Take an absence back."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("person").get(pk=absence.pk)
    if by is None or by.pk != absence.person_id:
        must_plan(by, absence.person)
    if absence.withdrawn_at:
        raise Refused(_("This absence was taken back already."))
    absence.withdrawn_at = at or clock.now()
    absence.save(update_fields=["withdrawn_at"])
    _announce_if_now(absence.person, True, at)
    return absence


def must_plan(by, person):
    """Raise NotAllowed unless `by` may plan this person's duty: keepers, and the lead of one of their teams."""
    if by is None or rules.may_manage_people(by):
        return
    if not any(by.leads(team_id) for team_id in person.team_ids):
        raise NotAllowed(_("Only the lead of the team or the IT service manager may plan this."))


def _announce_if_now(person, happens_now, at):
    if happens_now:
        signals.availability_changed.send(Person, person=person, at=at or clock.now())
