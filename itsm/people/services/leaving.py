"""People leave, and may ask to be forgotten."""

import pgtrigger
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import Token

from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.sweep import each
from itsm.core.verbs import verb
from itsm.people import rules, signals
from itsm.people.models import Absence, Appointment, Availability, Person, Shift, Team
from itsm.people.services.appointments import end
from itsm.people.services.people import must_manage
from itsm.people.zones import company_day


@verb
def leave(person, *, by, on=None, reason="", at=None):
    """Record somebody's last day (default today). Up to today it takes effect at once, later when the day is over.

    Ends appointments and future shifts, closes the account and announces `left`, so that work is handed on.
    """
    must_manage(by)
    at = at or clock.now()
    person = Person.objects.locked(person.pk)
    if not person.is_active:
        raise Refused(_("%(name)s has left already.") % {"name": person})
    led = list(Team.objects.living().filter(lead=person))
    if led:
        raise Refused(_("Give %(teams)s another lead first.") % {"teams": ", ".join(map(str, led))})
    person.left_on = on or company_day(at)
    person.save(update_fields=["left_on"])
    if person.left_on <= company_day(at):
        _close(person, at)
    return person


@verb
def _finish_leave(person, *, by, at):
    person = Person.objects.locked(person.pk)
    if person.is_active and person.left_on and person.left_on < company_day(at):
        _close(person, at)


def finish_leaves(*, at=None):
    """Close the accounts of everybody whose last day is over; return how many."""
    at = at or clock.now()
    return each(Person.objects.active().filter(left_on__lt=company_day(at)), lambda person: _finish_leave(person, by=None, at=at))


def _close(person, at):
    """End everything a leaving person holds and tell the floors above."""
    for appointment in Appointment.objects.standing().select_for_update(of=("self",)).filter(person=person):
        if not appointment.last_on or appointment.last_on > person.left_on:
            end(appointment, person.left_on, at)
    Shift.objects.filter(person=person, starts_at__gte=at).delete()
    Shift.objects.filter(person=person, ends_at__gt=at).update(ends_at=at)
    Token.objects.filter(user=person).delete()
    person.is_active = False
    person.availability, person.availability_since = Availability.AWAY, at
    person.save(update_fields=["is_active", "availability", "availability_since"])
    signals.left.send(Person, person=person, at=at)


@verb
def forget(person, *, by, reason, at=None):
    """Blank somebody's personal data, in the trail too; numbers, times and decisions stay. Cannot be undone."""
    if by is not None and not rules.may_forget(by):
        raise NotAllowed(_("Only the IT service manager, top management or an administrator may do this."))
    if not reason.strip():
        raise Refused(_("Say why: the reason is kept instead of the data."))
    at = at or clock.now()
    person = Person.objects.select_related("organisation").locked(person.pk)
    if person.is_active and person.is_internal:
        raise Refused(_("%(name)s still works here. Record the last day first.") % {"name": person})
    if person.is_active:
        person.left_on = company_day(at)
        _close(person, at)
    blank = {"name": "", "email": None, "phone": "", "username": f"forgotten-{person.pk}"}
    _forget_accounts(person)
    LogEntry.objects.filter(content_type__app_label="people", content_type__model="person", object_id=str(person.pk)).update(object_repr="")
    for field, value in {**blank, "forgotten_at": at}.items():
        setattr(person, field, value)
    person.set_unusable_password()
    person.save(update_fields=[*blank, "forgotten_at", "password"])
    _blank_trail("PersonEvent", {"pgh_obj_id": person.pk}, blank)
    Absence.objects.filter(person=person).update(reason="")
    _blank_trail("AbsenceEvent", {"person_id": person.pk}, {"reason": ""})
    return person


def _forget_accounts(person):
    """Remove what the sign-in machinery keeps about a person."""
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    SocialAccount.objects.filter(user=person).delete()
    for log in (AccessAttempt, AccessFailureLog, AccessLog):
        log.objects.filter(username__in=[person.username, person.email or person.username]).delete()


def _blank_trail(event, rows, blank):
    """Overwrite fields of trail rows: the one UPDATE the trail permits, itself recorded by the row that follows it."""
    with pgtrigger.ignore(f"people.{event}:append_only"):
        apps.get_model("people", event).objects.filter(**rows).update(**blank)
