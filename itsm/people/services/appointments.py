"""Appointing people to roles, and ending appointments."""

from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.people import signals
from itsm.people.models import Appointment, Person, Role
from itsm.people.services.people import complete, must_manage
from itsm.people.zones import company_day

A_DAY = timedelta(days=1)


@verb
def appoint(person, role, *, by, team=None, organisation=None, process="", first_on=None, last_on=None, deputy=None, at=None):
    """Appoint somebody to a role from a day (default today) until a day, both included; return the Appointment.

    Raises NotAllowed, and Refused when the days collide with another appointment.
    """
    must_manage(by)
    person = Person.objects.locked(person.pk)
    at = at or clock.now()
    if not person.is_active:
        raise Refused(_("%(name)s has left and can't be appointed.") % {"name": person})
    first_on = first_on or company_day(at)
    if last_on and last_on < first_on:
        raise Refused(_("The last day comes before the first."))
    valid = DateRange(first_on, _end_after(last_on))
    appointment = Appointment(
        person=person, role=role, team=team, organisation=organisation, process=process, valid=valid, deputy=deputy, appointed_by=by
    )
    if sentence := misplaced(appointment):
        raise Refused(sentence)
    complete(appointment)
    appointment.save()
    signals.appointment_changed.send(Appointment, person=person, at=at)
    return appointment


@verb
def end_appointment(appointment, *, by, last_on=None, reason="", at=None):
    """End an appointment after a day (default today); one that has not begun by then is withdrawn."""
    must_manage(by)
    at = at or clock.now()
    appointment = Appointment.objects.select_for_update(of=("self",)).select_related("person").get(pk=appointment.pk)
    last_on = last_on or company_day(at)
    if appointment.withdrawn_at or (appointment.last_on and appointment.last_on < company_day(at)):
        raise Refused(_("This appointment is over already."))
    end(appointment, last_on, at)
    signals.appointment_changed.send(Appointment, person=appointment.person, at=at)
    return appointment


def _end_after(last_on):
    """The end of days whose last one is given; None where no day is given, or no calendar has one after it."""
    return last_on + A_DAY if last_on and last_on < date.max else None


def end(appointment, last_on, at):
    """Shorten a locked appointment to its new last day, or withdraw it if that lies before its first."""
    if appointment.first_on and last_on < appointment.first_on:
        appointment.withdrawn_at = at
    else:
        appointment.valid = DateRange(appointment.first_on, _end_after(last_on))
    complete(appointment)
    appointment.save(update_fields=["valid", "withdrawn_at"])


def misplaced(appointment):
    """Return why role, team and organisation of an appointment do not fit, or None."""
    person, role = appointment.person, appointment.role
    if role == Role.CUSTOMER_REPRESENTATIVE:
        if not appointment.organisation or appointment.organisation_id != person.organisation_id:
            return _("A customer representative represents the organisation they belong to.")
        return None
    if role == Role.EXTERNAL_AUDITOR and (person.is_internal or person.is_contact):
        return _("An external auditor belongs to another organisation, neither to us nor to a customer.")
    if not person.is_internal and role != Role.EXTERNAL_AUDITOR:
        return _("Only people of our company can hold this role.")
    if role in (Role.SUPERVISOR, Role.ENGINEER) and not appointment.team:
        return _("Choose the team this role is for.")
    return None
