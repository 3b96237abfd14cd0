"""Working on an incident: talking to the customer, waiting for them, solving it."""

from django.utils.translation import gettext_lazy as _

from incidents import kinds, rules
from incidents.models import Incident, Message, Status
from incidents.models.conversation import Visibility
from incidents.services import closing, dispatching, promises, waiting
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.documents import services as documents
from itsm.links import services as links
from itsm.notices import services as notices


def _say(incident, *, by, body, at, uploads=(), visibility=Visibility.PUBLIC, from_customer=False):
    """Add one message with its attachments."""
    message = Message.objects.create(
        incident=incident, author=by, body=body, visibility=visibility, from_customer=from_customer, sent_at=at
    )
    if uploads:
        documents.attach(message, uploads, by=by, visibility=visibility, at=at)
    return message


@verb
def reply(incident, *, by, body, uploads=(), at=None):
    """Write to the customer; the first such message by a human of ours is the response (D4)."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    if not rules.may_work(by, incident):
        raise NotAllowed(rules.may_work.sentence)
    if incident.status == Status.CLOSED:
        raise Refused(_("This incident is closed. Log a follow-up to write to the customer about it."), code="closed")
    message = _say(incident, by=by, body=body, at=at, uploads=uploads)
    if promises.spoken(incident, by=by, at=at):
        incident.save()
    if incident.contact:
        notices.tell(incident.contact, kinds.REPLY, about=incident, key=f"message-{message.pk}", at=at, message=message.pk)
    return incident


@verb
def note(incident, *, by, body, uploads=(), at=None):
    """Write for colleagues only; it never counts as a response."""
    if not by.is_internal:
        raise NotAllowed(_("Only staff write internal notes."))
    incident = Incident.objects.locked(incident.pk)
    _say(incident, by=by, body=body, at=at or clock.now(), uploads=uploads, visibility=Visibility.INTERNAL)
    return incident


@verb
def wait(incident, *, by, reason, body, uploads=(), at=None):
    """Ask the customer something and stop the resolution clock until they answer (D5)."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    incident.wait(by=by, at=at, reason=reason)
    message = _say(incident, by=by, body=body, at=at, uploads=uploads)
    promises.spoken(incident, by=by, at=at)
    promises.paused(incident, reason=reason, by=by, at=at)
    waiting.begin(incident, at=at)
    incident.save()
    if incident.contact:
        notices.tell(incident.contact, kinds.QUESTION, about=incident, key=f"message-{message.pk}", message=message.pk)
    dispatching.serve_person(incident.assignee, by=None, at=at)
    return incident


@verb
def resume(incident, *, by, reason="", at=None):
    """Go on without, or with, the customer's answer; the clock runs again from this instant."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    _resume(incident, by=by, at=at, reason=reason)
    incident.save()
    return incident


def _resume(incident, *, by, at, reason=""):
    """Back to whoever holds it, or to the queue when nobody does."""
    step = incident.resume if incident.assignee_id else incident.resume_in_queue
    step(by=by, at=at, reason=reason)
    promises.resumed(incident, by=by, at=at)
    if not incident.assignee_id:
        dispatching.dispatch(incident, at=at)


@verb
def answer(incident, *, by, body, uploads=(), link=None, facts=None, at=None):
    """The customer writes, with or without an account; a waiting clock goes on at this instant (D5).

    Through a signed link the answer leaves a receipt with the `facts` of its request.
    """
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    if by.organisation_id != incident.customer_id:
        raise NotAllowed(_("Only the customer answers here."))
    if incident.status == Status.CLOSED:
        raise Refused(_("This incident is closed. Call us or report a new one."), code="closed")
    message = _say(incident, by=by, body=body, at=at, uploads=uploads, from_customer=True)
    if link:
        links.receive(link, "answered", words=body, facts=facts, at=at)
    if incident.status == Status.WAITING:
        _resume(incident, by=by, at=at)
    incident.save()
    if incident.assignee:
        notices.tell(incident.assignee, kinds.ANSWERED, about=incident, key=f"message-{message.pk}", message=message.pk)
    return incident


@verb
def resolve(incident, *, by, resolution, resolution_code, at=None):
    """Stop the clock and ask the customer whether it works again (requirements 48, 57)."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    incident.resolve(by=by, at=at, resolution=resolution, resolution_code=resolution_code)
    promises.solved(incident, by=by, at=at)
    closing.ask(incident, at=at)
    incident.save()
    dispatching.serve_person(incident.assignee, by=None, at=at)
    return incident
