"""Logging an incident: from the first words of the caller to somebody who works on it (requirements 45 to 53)."""

from datetime import UTC, timedelta

from django.utils.translation import gettext_lazy as _

from catalog.models import Entitlement
from incidents import kinds
from incidents.models import Channel, Incident, SearchText, matrix_priority
from incidents.rules import may_log
from incidents.services import dispatching
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.documents import services as documents
from itsm.notices import services as notices
from itsm.people.zones import company_day
from sla import services as sla

TOLERANCE = timedelta(minutes=1)
LATE = timedelta(minutes=15)
OLDEST = timedelta(days=7)


def contact_time_refusal(contacted_at, reason, at):
    """`(field, sentence)` of why a contact time is not accepted (D3), or None."""
    if contacted_at > at + TOLERANCE:
        return "contacted_at", _("The contact time lies in the future. Correct it.")
    if contacted_at < at - OLDEST:
        return "contacted_at", _("The contact was more than seven days ago. Enter a later contact time.")
    if contacted_at < at - LATE and not reason.strip():
        return "contacted_reason", _("The contact was more than 15 minutes ago. Say why it is logged only now.")
    return None


def must_belong(contact, customer):
    """Raise Refused when a contact is another customer's: they would read in a mail what is not theirs."""
    if contact is not None and contact.organisation_id != customer.pk:
        raise Refused(_("%(contact)s does not belong to this customer.") % {"contact": contact}, code="contact")


def final_priority(impact, urgency, priority, reason):
    """The priority to keep: the matrix's, or another one with a reason. Raises Refused without one."""
    by_matrix = matrix_priority(impact, urgency)
    if priority in (None, by_matrix):
        return by_matrix
    if not reason.strip():
        raise Refused(
            _("The matrix gives P%(priority)s. Give a reason for another priority.") % {"priority": by_matrix}, code="needs_reason"
        )
    return priority


@verb
def log(*, by, customer, contact, service, title, description, impact, urgency, **details):
    """Record an incident, start its clocks at the contact, and give it to an idle engineer.

    Optional `details`: priority and priority_reason (an override), channel, contacted_at and contacted_reason,
    uploads (files), follows (the incident it comes back to), at. Raises Refused or NotAllowed; nothing is kept then.
    """
    at, uploads = details.pop("at", None) or clock.now(), details.pop("uploads", ())
    by_themselves = by is not None and by.organisation_id == customer.pk and details.get("channel") == Channel.PORTAL
    if by is not None and not by_themselves and not may_log(by):
        raise NotAllowed(may_log.sentence)
    must_belong(contact, customer)
    incident = _taken_down(by, at, customer, contact, service, title, description, impact, urgency, **details)
    promised = sla.promise(customer, service, incident.priority, incident.contacted_at)
    incident.next_due_at = promised.first_due_at
    told = dispatching.placed(incident, at=at)  # before the row is written: one INSERT, no UPDATE after it
    incident.save()
    SearchText.of(incident).save(force_insert=True)
    sla.start(incident, at=at, by=by, priority=incident.priority, promised=promised)
    if uploads:
        documents.attach(incident, uploads, by=by, at=at)
    if contact:
        told.append(notices.Told(contact, kinds.LOGGED, incident))
    notices.tell_many(told, at=at)
    return incident


def _taken_down(by, at, customer, contact, service, title, description, impact, urgency, **details):
    """The new incident, not yet saved, promised or dispatched."""
    contacted_at = details.pop("contacted_at", None) or at
    if refusal := contact_time_refusal(contacted_at, details.get("contacted_reason", ""), at):
        raise Refused(refusal[1], code="contact_time")
    contacted_at = min(contacted_at, at).astimezone(UTC)
    priority = final_priority(impact, urgency, details.pop("priority", None), details.get("priority_reason", ""))
    if priority == matrix_priority(impact, urgency):
        details["priority_reason"] = ""
    bought = Entitlement.objects.held(customer, service, company_day(at)).exists()
    incident = Incident(
        customer=customer, contact=contact, service=service, team=service.team, title=title, description=description,
        impact=impact, urgency=urgency, priority=priority, contacted_at=contacted_at, logged_at=at, logged_by=by,
        entitled=bought, **details,
    )  # fmt: skip
    incident.queue_step("log", "", by=by, at=at)
    return incident
