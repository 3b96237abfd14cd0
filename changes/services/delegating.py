"""Letting somebody else decide in one's place: for some days, some changes, one level only (O8)."""

from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from changes import kinds, rules
from changes.models import Delegation, Risk
from changes.services.asking import look_again
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.notices import services as notices
from itsm.people.models import Appointment, Person, Role
from itsm.people.zones import company_day

A_DAY = timedelta(days=1)
LONGEST = timedelta(days=366)
NEVER_DELEGATED = (Role.CUSTOMER_REPRESENTATIVE, Role.EXTERNAL_AUDITOR)


@verb
def delegate(*, by, receiver, role, first_on, last_on, reason, category="", highest_risk=Risk.HIGH, at=None):
    """Let somebody decide in one's own place on some days, both included; return the Delegation.

    Only a role that one holds oneself on all these days: whom something was delegated to can't pass it on. Raises NotAllowed, Refused.
    """
    by = Person.objects.select_related("organisation").locked(by.pk)
    at = at or clock.now()
    _must_be_sane(by, receiver, first_on, last_on, reason, company_day(at))
    valid = DateRange(first_on, last_on + A_DAY)
    _must_hold(by, role, valid)
    if same := _overlapping(by, role, category, valid):
        raise Refused(
            _("On some of these days you let %(person)s decide already. Withdraw that first.") % {"person": same.receiver}, code="overlaps"
        )
    given = Delegation.objects.create(
        giver=by,
        receiver=receiver,
        role=role,
        category=category,
        highest_risk=highest_risk,
        valid=valid,
        reason=reason.strip(),
        given_at=at,
    )
    notices.tell(receiver, kinds.DELEGATED, key=f"delegation-{given.pk}", at=at, delegation=given.pk)
    look_again([role], at)
    return given


def _must_be_sane(by, receiver, first_on, last_on, reason, today):
    if not by.is_internal or not receiver.is_internal or not receiver.is_active:
        raise NotAllowed(_("Only our own people decide in each other's place."))
    if receiver.pk == by.pk:
        raise Refused(_("You can't delegate to yourself."), code="to_oneself")
    if first_on < today:
        raise Refused(_("The first day lies in the past."), code="past")
    if last_on < first_on:
        raise Refused(_("The last day comes before the first."), code="days")
    if last_on - first_on >= LONGEST:
        raise Refused(_("A delegation lasts a year at most."), code="too_long")
    if not reason.strip():
        raise Refused(_("Say why: whoever sees the decision later wants to know."), code="no_reason")


def _must_hold(by, role, valid):
    """A role is delegated only by who holds it on all these days: not by who decides in somebody's place."""
    if role in NEVER_DELEGATED or role not in delegable_roles(by, valid):
        raise NotAllowed(_("You delegate only a role that you hold yourself on all these days; what was delegated to you stays with you."))


def delegable_roles(person, valid):
    """The roles somebody holds on all days of a date range and may delegate."""
    held = Appointment.objects.standing().filter(person=person, valid__contains=valid).order_by()
    return set(held.values_list("role", flat=True)) - set(NEVER_DELEGATED)


def _overlapping(by, role, category, valid):
    same = Delegation.objects.standing().filter(giver=by, role=role, valid__overlap=valid).select_related("receiver")
    return (same.filter(Q(category="") | Q(category=category)) if category else same).first()


@verb
def withdraw_delegation(delegation, *, by, at=None):
    """Take a delegation back, from this instant on; the giver's or the change manager's act. What was decided stays."""
    at = at or clock.now()
    delegation = Delegation.objects.select_for_update(of=("self",)).select_related("receiver__organisation").get(pk=delegation.pk)
    if by.pk != delegation.giver_id and not rules.manages(by):
        raise NotAllowed(_("Only who gave it or the change manager may withdraw a delegation."))
    if delegation.withdrawn_at or delegation.valid.upper <= company_day(at):
        raise Refused(_("This delegation is over already."), code="over")
    delegation.withdrawn_at = at
    delegation.save(update_fields=["withdrawn_at"])
    notices.tell(delegation.receiver, kinds.DELEGATION_ENDED, key=f"delegation-{delegation.pk}", at=at, delegation=delegation.pk)
    look_again([delegation.role], at)
    return delegation
