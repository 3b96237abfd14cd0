"""Guests of an audit: auditors from outside who read one audit until a day, and nothing else (requirement 82)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits import kinds
from audits.models import Audit, AuditMember, MemberRole
from audits.services.telling import tell
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.notices import services as notices
from itsm.people import services as people
from itsm.people.models import Appointment, Organisation, Person, Role
from itsm.people.zones import company_day

INVITATION = "accounts.invitation"
"""The mail that lets somebody choose a password; the portal, above us, words it."""


@verb
def invite(audit, *, by, valid_until, guest=None, name="", email="", organisation="", at=None):
    """Let an auditor from outside read this audit until a day: one who is known already, or somebody new. Raises NotAllowed, Refused."""
    audit, at = Audit.objects.locked(audit.pk), at or clock.now()
    if refusal := Audit.invite.step.refusal(audit, by):
        raise refusal
    if valid_until < company_day(at):
        raise Refused(gettext_lazy("The last day lies in the past."), code="past")
    guest = guest or _newcomer(name.strip(), email.strip(), organisation.strip(), at)
    if guest.is_internal or guest.is_contact or not guest.is_active:
        raise Refused(_("%(name)s is no auditor from outside.") % {"name": guest.display}, code="not_a_guest")
    member = audit.members.standing().filter(person=guest).first() or AuditMember(audit=audit, person=guest, role=MemberRole.GUEST)
    member.valid_until = valid_until
    member.save()
    _appoint(guest, valid_until, at)
    audit.invite(by=by, at=at, person=guest.pk, valid_until=valid_until)
    audit.save()
    tell([guest], kinds.INVITED, audit, but=by, at=at)
    if not guest.has_usable_password():
        notices.tell(guest, INVITATION, at=at)
    return audit


def _newcomer(name, email, organisation, at):
    """A new person of an organisation that is neither ours nor a customer's."""
    for said, sentence in (
        (name, gettext_lazy("Say who is invited.")), (email, gettext_lazy("A guest needs an e-mail address to sign in.")),
        (organisation, gettext_lazy("Say which organisation the guest belongs to.")),
    ):  # fmt: skip
        if not said:
            raise Refused(sentence, code="guest")
    if Person.objects.filter(email__iexact=email).exists():
        raise Refused(gettext_lazy("Somebody with this e-mail address is known already. Choose them from the list."), code="known")
    house = Organisation.objects.living().filter(name__iexact=organisation).first()
    house = house or people.add_organisation(by=None, kind=Organisation.Kind.SUPPLIER, name=organisation, code=_code(at))
    if house.kind != Organisation.Kind.SUPPLIER:
        raise Refused(gettext_lazy("A guest belongs neither to us nor to a customer."), code="house")
    return people.add_person(by=None, name=name, email=email, organisation=house, at=at)


def _code(at):
    """A code that no organisation has."""
    return f"audit-{at:%y%m%d%H%M%S}"


def _appoint(guest, valid_until, at):
    """External auditor until that day; a longer appointment stays."""
    held = Appointment.objects.standing().filter(person=guest, role=Role.EXTERNAL_AUDITOR, valid__contains=company_day(at)).first()
    if held is None:
        people.appoint(guest, Role.EXTERNAL_AUDITOR, by=None, last_on=valid_until, at=at)
    elif held.last_on is not None and held.last_on < valid_until:
        people.end_appointment(held, by=None, last_on=valid_until, at=at)


@verb
def see_off(member, *, by, at=None):
    """A guest may not read the audit any more."""
    audit, at = Audit.objects.locked(member.audit_id), at or clock.now()
    if refusal := Audit.invite.step.refusal(audit, by):
        raise refusal
    member = AuditMember.objects.select_for_update(of=("self",)).get(pk=member.pk, role=MemberRole.GUEST)
    member.dropped_at = at
    member.save()
    return audit
