"""Working on an incident: talking to the customer, waiting for them, solving it."""

from django.utils.translation import gettext_lazy as _

from incidents import kinds, rules
from incidents.models import Incident, Message, SearchText, Status
from incidents.models.conversation import Visibility
from incidents.services import closing, dispatching, promises, tracing, waiting
from incidents.services.logging import must_belong
from incidents.services.reminding import remind_due
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.documents import services as documents
from itsm.links import services as links
from itsm.notices import services as notices
from itsm.people import duty

STAYS = object()
"""What is not spoken of."""


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
    manager = duty.duty_manager(incident.team, at) if incident.priority == 1 else None
    if manager and manager != by:
        notices.tell(manager, kinds.P1_WAITS, about=incident, key=str(incident.steps_taken))
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
    """Back to whoever holds it, or to the queue when nobody does; a maintenance window stops the clock no longer than it was open."""
    since = min(at, incident.window_ends_at or at)
    step = incident.resume if incident.assignee_id else incident.resume_in_queue
    step(by=by, at=since, reason=reason)
    promises.resumed(incident, by=by, at=since)
    if not incident.assignee_id:
        incident.save()  # each move by itself: the database knows the step table
        dispatching.dispatch(incident, at=at)


def sweep_windows(at):
    """Let every incident go on whose maintenance window is over; return how many. Safe to run twice or side by side."""
    return remind_due("window_ends_at", Status.WAITING, end_window, at)


@verb
def end_window(incident, *, by, at=None):
    """The maintenance window that it waited for is over: its clock runs again from the window's end, however late that is noticed (D5)."""
    incident = Incident.objects.locked(incident.pk)
    leave_window(incident, at=at or clock.now())
    return incident


def leave_window(incident, *, at):
    """Let a locked incident whose maintenance window is over by then go on, and tell whoever holds it; otherwise nothing happens."""
    if incident.status != Status.WAITING or incident.window_ends_at is None or incident.window_ends_at > at:
        return
    _resume(incident, by=None, at=at)
    incident.save()
    if incident.assignee:
        notices.tell(incident.assignee, kinds.WINDOW_OVER, about=incident, key=str(incident.steps_taken), at=at)


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
    closing.heard(incident, at=at)
    incident.save()
    notices.tell(_reader(incident, at), kinds.ANSWERED, about=incident, key=f"message-{message.pk}", message=message.pk)
    return incident


def _reader(incident, at):
    """Who reads what the customer wrote: whoever holds it, or who answers for the team while nobody does."""
    if incident.assignee and incident.assignee.is_active:
        return incident.assignee
    return duty.duty_manager(incident.team, at)


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


@verb
def edit(incident, *, by, title=None, description=None, contact=None, configuration_item=STAYS, at=None):
    """Correct what was written down; the trail keeps what stood there before. Raises NotAllowed, Refused once it is closed.

    What is left out stays; the item may be taken away (None). For another contact the former one's links end, and what the customer was
    asked last is asked again.
    """
    incident = Incident.objects.locked(incident.pk)
    if by is not None and not rules.may_work(by, incident):
        raise NotAllowed(rules.may_work.sentence)
    if incident.status == Status.CLOSED:
        raise Refused(_("This incident is closed: what was confirmed stays as it was."), code="closed")
    must_belong(contact, incident.customer)
    if configuration_item is not STAYS:
        incident = tracing.point_at(incident, by=by, item=configuration_item, at=at)
    former, contact = incident.contact, contact or incident.contact
    incident.title, incident.description, incident.contact = title or incident.title, description or incident.description, contact
    if former and former != contact:
        closing.ask_another(incident, former=former, at=at or clock.now())
    incident.save()
    SearchText.of(incident).save(force_update=True)
    return incident
