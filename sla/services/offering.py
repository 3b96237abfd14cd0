"""How a draft becomes a promise: offered through a link, negotiated, accepted by the customer, or agreed outside and published (D10)."""

from datetime import timedelta

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.links import services as links
from itsm.notices import services as notices
from itsm.people import duty
from itsm.people.models import Appointment, Person, Role
from sla import kinds
from sla.models import AgreementKind, AgreementVersion, Negotiation, VersionStatus, WayOut
from sla.services.agreements import PARTIES, must_keep, open_version, take_back
from sla.services.checks import day_refusals, offer_refusals, publish_refusals

ACCEPTED, OTHERWISE = "accepted", "asked_otherwise"
LONGEST_OFFER = timedelta(days=60)
A_DAY = timedelta(days=1)


@verb
def offer_version(version, *, by, risks_accepted="", at=None):
    """Freeze a draft's text and send each representative of the customer a link to it. Raises NotAllowed, Refused.

    `risks_accepted`: why it is offered in spite of the warnings, unless the draft says so already.
    """
    must_keep(by)
    version = open_version(version)
    at = at or clock.now()
    if version.agreement.kind != AgreementKind.CUSTOMER:
        raise Refused(_("Only a customer is sent an offer. Publish this one with a note how it was agreed."), code="kind")
    version.risks_accepted = risks_accepted.strip() or version.risks_accepted
    version.offer(by=by, at=at)
    if found := offer_refusals(version, at):
        raise Refused(found[0], code="not_offerable")
    readers = [person for person in representatives(version.agreement.customer, at) if person.email]
    if not readers:
        raise Refused(_("This customer has no representative with an e-mail address. Appoint one first."), code="no_representative")
    version.save()
    links.revoke(version, kinds.ACCEPT_LINK, at=at)
    lifetime = min(version.effective_from + A_DAY - at, LONGEST_OFFER)
    for reader in readers:
        links.issue(kinds.ACCEPT_LINK, version, reader, at=at, lifetime=lifetime)
        notices.tell(reader, kinds.OFFERED, about=version, key=str(version.steps_taken), at=at)
    return version


@verb
def withdraw_version(version, *, by, at=None):
    """Take an offer back: it is a draft again, and its links open nothing any more. Raises NotAllowed, Refused."""
    must_keep(by)
    version = open_version(version)
    take_back(version, by=by, at=at or clock.now())
    return version


@verb
def negotiate_version(version, *, by, about, wanted, able="", way_out=WayOut.OPEN, words="", at=None):
    """Write down what the customer wants, what we can do, and the way out. Returns the line. Raises NotAllowed, Refused."""
    must_keep(by)
    version = open_version(version)
    at = at or clock.now()
    if version.status == VersionStatus.OFFERED:
        version.negotiate(by=by, at=at, reason=wanted)
        version.save()
    return _line(version, by, at, about=about, wanted=wanted, able=able, way_out=way_out, words=words)


@verb
def accept_version(version, *, by, link, facts, at=None):
    """The customer's representative accepts exactly the text that `facts` carries. Raises Refused when somebody was faster."""
    version, at = _asked(version, by, at)
    if day_refusals(version, at):
        raise Refused(_("The day from which this offer counts has passed. Please ask us for a new one."), code="lapsed")
    links.receive(link, ACCEPTED, facts=facts, at=at)
    version.approved_note = ""
    version.accept(by=by, at=at)
    version.save()
    _tell(version, kinds.ACCEPTED, at)
    return version


@verb
def ask_otherwise(version, *, by, link, facts, wanted, at=None):
    """The customer's representative asks for something else, in their own words. Raises Refused when somebody was faster."""
    version, at = _asked(version, by, at)
    links.receive(link, OTHERWISE, words=wanted, facts=facts, at=at)
    version.negotiate(by=by, at=at, reason=wanted)
    version.save()
    _line(version, by, at, about=str(_("The offer")), wanted=wanted)
    _tell(version, kinds.ASKED, at, words=wanted)
    return version


@verb
def publish_version(version, *, by, approved_note="", risks_accepted="", at=None):
    """Put what was agreed outside of the product in force from its day on, with a note how. Raises NotAllowed, Refused.

    From then it never changes. The first thing that is wrong is said.
    """
    must_keep(by)
    version = open_version(version)
    at = at or clock.now()
    version.approved_note = approved_note.strip() or version.approved_note
    version.risks_accepted = risks_accepted.strip() or version.risks_accepted
    if found := publish_refusals(version, at):
        raise Refused(found[0], code="not_publishable")
    version.publish(by=by, at=at)
    version.save()
    links.revoke(version, kinds.ACCEPT_LINK, at=at)
    return version


def representatives(customer, at):
    """Everybody who represents a customer at that instant, by name."""
    held = Appointment.objects.current(at).filter(role=Role.CUSTOMER_REPRESENTATIVE)
    held = held.filter(Q(organisation=customer) | Q(organisation=None, person__organisation=customer))
    return Person.objects.active().filter(pk__in=held.values("person")).select_related("organisation").order_by("name", "id")


def _asked(version, by, at):
    """The version a representative decides about, locked, and the instant. Raises Refused when there is nothing to decide."""
    version = AgreementVersion.objects.select_for_update(of=("self",)).select_related("published_by", *PARTIES).get(pk=version.pk)
    at = at or clock.now()
    if version.status == VersionStatus.ACCEPTED and version.published_by:
        words = {"name": version.published_by.display}
        raise Refused(_("%(name)s has accepted this already. There is nothing more to do; thank you.") % words, code="already_accepted")
    if version.status != VersionStatus.OFFERED or version.agreement.ended_at:
        raise Refused(_("This offer is being talked about or was taken back. We will send you a new one."), code="not_offered")
    if by not in representatives(version.agreement.customer, at):
        raise Refused(_("Only a representative of the customer decides about an agreement."), code="not_a_representative")
    return version, at


def _line(version, by, at, **said):
    """The next line of a version's negotiation; the version is locked."""
    last = version.negotiations.aggregate(last=Max("seq"))["last"] or 0
    return Negotiation.objects.create(version=version, seq=last + 1, said_by=by, said_at=at, **said)


def _tell(version, kind, at, **params):
    """Tell who offered it, the service manager, and who answers for the customer; each once."""
    people = [version.offered_by, version.agreement.customer.account_owner, *duty.holders(Role.SERVICE_MANAGER, at)]
    for person in dict.fromkeys(filter(None, people)):
        notices.tell(person, kind, about=version, key=str(version.steps_taken), at=at, **params)
