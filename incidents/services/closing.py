"""Closing: confirmed by the customer, lapsed after unanswered notices, or confirmed by phone with a second person (O3)."""

from django.utils.translation import gettext_lazy as _

from incidents import kinds, rules
from incidents.models import ClosingKind, Incident, PhoneConfirmation, Status
from incidents.models.conversation import Decision
from incidents.services import dispatching, promises
from incidents.services.logging import log
from incidents.services.reminding import remind_due
from itsm.calendars import services as calendars
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.links import services as links
from itsm.notices import services as notices
from itsm.people import duty

REMINDERS = (1, 3, 5)
"""Working days after the solution: first reminder, second reminder, lapse."""


def ask(incident, *, at):
    """Owe the contact the question and its reminders; a contact without mail is to be called. The caller saves."""
    contact = incident.contact
    if contact is None or not contact.email:
        incident.call_since = at
        _tell_lead(incident, kinds.CALL_CUSTOMER, at)
        return
    notices.tell(contact, kinds.CONFIRM, about=incident, key=f"{incident.steps_taken}")
    incident.ask_stage, incident.ask_at = 0, calendars.add_working_days(at, REMINDERS[0])


def heard(incident, *, at):
    """The customer wrote instead of deciding: nobody reminds them and nothing lapses, somebody talks to them. The caller saves."""
    if incident.status == Status.RESOLVED and incident.call_since is None:
        incident.ask_at, incident.call_since = None, at
        _tell_lead(incident, kinds.CALL_CUSTOMER, at)


def ask_another(incident, *, former, at):
    """The contact is somebody else now: the former one's links end, and the open question goes to the new one. The caller saves."""
    for purpose in (kinds.CONFIRM_LINK, kinds.ANSWER_LINK):
        links.revoke(incident, purpose, person=former, at=at)
    if incident.status == Status.RESOLVED and not incident.phone_pending:
        incident.call_since = None
        ask(incident, at=at)
    asked = incident.messages.public().filter(from_customer=False).order_by("sent_at", "id").last()
    if incident.status == Status.WAITING and asked:
        notices.tell(incident.contact, kinds.QUESTION, about=incident, key=f"message-{asked.pk}", message=asked.pk)


def _tell_lead(incident, kind, at):
    for supervisor in duty.supervisors(incident.team, at)[:1]:
        notices.tell(supervisor, kind, about=incident, key=str(incident.steps_taken))


def sweep_confirmations(at):
    """Remind or lapse every resolved incident whose question is due; return how many. Safe to run twice or side by side."""
    return remind_due("ask_at", Status.RESOLVED, remind_or_lapse, at)


@verb
def remind_or_lapse(incident, *, by, at=None):
    """The next of: first reminder, second reminder, closing as lapsed; or the call list if the mail server took fewer than two notices."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    if incident.status != Status.RESOLVED or incident.ask_at is None or incident.ask_at > at:
        return incident
    if incident.ask_stage < len(REMINDERS) - 1:
        incident.ask_stage += 1
        planned = calendars.add_working_days(incident.resolved_at, REMINDERS[incident.ask_stage])
        incident.ask_at = max(planned, calendars.add_working_days(at, 1))  # late reminders leave time to answer, too
        notices.tell(incident.contact, kinds.REMINDER, about=incident, key=f"{incident.steps_taken}-{incident.ask_stage}")
    else:
        _lapse(incident, at)
    incident.save()
    return incident


def _lapse(incident, at):
    taken = notices.delivered_count(incident, (kinds.CONFIRM, kinds.REMINDER), incident.contact, since=incident.resolved_at)
    incident.ask_at = None
    if taken < 2 or incident.phone_pending:
        incident.call_since = at
        _tell_lead(incident, kinds.CALL_CUSTOMER, at)
        return
    incident.close(by=None, at=at, kind=ClosingKind.LAPSED)
    promises.closed(incident, by=None, at=at)
    notices.tell(incident.contact, kinds.LAPSED, about=incident, key=str(incident.steps_taken))


@verb
def confirm(incident, *, by, link, facts, solved, words="", rating=None, at=None):
    """What the customer decided through their link: solved closes it, not solved reopens it, or follows up a lapsed one.

    Stores the receipt first; raises Refused when the question is already answered.
    """
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    lapsed = incident.closing_kind == ClosingKind.LAPSED
    if incident.status != Status.RESOLVED and not (lapsed and not solved):
        raise Refused(_("This was already decided; thank you."), code="already_decided")
    links.receive(link, "solved" if solved else "not_solved", words=words, facts=facts, at=at, rating=rating)
    if lapsed:
        return follow_up(incident, by=by, words=words, at=at)
    _supersede_call(incident, at)
    if not solved:
        return _reopen(incident, by=by, at=at, reason=words)
    incident.close(by=by, at=at, reason=words, kind=ClosingKind.CONFIRMED, rating=rating)
    promises.closed(incident, by=by, at=at)
    incident.save()
    if incident.assignee:
        notices.tell(incident.assignee, kinds.CONFIRMED, about=incident, key=str(incident.steps_taken))
    return incident


def _supersede_call(incident, at):
    """The customer's own word overtakes a confirmation by phone that still waits."""
    if incident.phone_pending:
        call = incident.phone_confirmations.get(decision=Decision.PENDING)
        call.decision, call.decided_at = Decision.SUPERSEDED, at
        call.save()
        incident.phone_pending = False


@verb
def reopen(incident, *, by, reason, at=None):
    """It is not solved after all: the same clock goes on, with whoever had it."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    _supersede_call(incident, at)
    return _reopen(incident, by=by, at=at, reason=reason)


def _reopen(incident, *, by, at, reason):
    incident.reopen(by=by, at=at, reason=reason)
    promises.reopened(incident, by=by, at=at)
    links.revoke(incident, kinds.CONFIRM_LINK, at=at)
    if not incident.assignee.is_active:
        incident.save()  # each move by itself: the database knows the step table
        incident.release(by=None, at=at)
        dispatching.dispatch(incident, at=at)
    incident.save()
    if incident.status == Status.IN_PROGRESS:
        notices.tell(incident.assignee, kinds.REOPENED, about=incident, key=str(incident.steps_taken), words=reason)
    return incident


def follow_up(incident, *, by, words, at=None):
    """A new incident, linked to a closed one that the customer says is not solved."""
    return log(
        by=by, customer=incident.customer, contact=incident.contact, service=incident.service, title=incident.title, description=words,
        impact=incident.impact, urgency=incident.urgency, channel="portal", follows=incident, at=at,
    )  # fmt: skip


@verb
def confirm_by_phone(incident, *, by, note, at=None):
    """The customer said on the phone that it is solved; it waits, visibly, for a second person to check."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    if not rules.may_work(by, incident):
        raise NotAllowed(rules.may_work.sentence)
    if incident.status != Status.RESOLVED:
        raise Refused(_("Propose a solution first; then the customer can confirm it."), code="not_resolved")
    if incident.phone_pending:
        raise Refused(rules.NEEDS_NO_PENDING_CALL[1], code="call_pending")
    call = PhoneConfirmation.objects.create(incident=incident, called_by=by, called_at=at, note=note)
    incident.phone_pending = True
    incident.save()
    for supervisor in [p for p in duty.supervisors(incident.team, at) if p.pk != by.pk][:1]:
        notices.tell(supervisor, kinds.CHECK_CALL, about=incident, key=f"call-{call.pk}")
    return incident


@verb
def check_call(incident, *, by, accepted, remark="", at=None):
    """The second person's verdict on a confirmation by phone: accepted closes, otherwise the question stays open."""
    incident = Incident.objects.locked(incident.pk)
    at = at or clock.now()
    call = incident.phone_confirmations.filter(decision=Decision.PENDING).first()
    if call is None:
        raise Refused(_("No confirmation by phone waits for a second person."), code="no_call")
    if not rules.may_log(by):
        raise NotAllowed(rules.may_log.sentence)
    if call.called_by_id == by.pk:
        raise NotAllowed(_("You made this call yourself. Somebody else has to check it."), code="own_call")
    call.second_by, call.decided_at, call.remark = by, at, remark
    call.decision = Decision.CONFIRMED if accepted else Decision.REFUSED
    call.save()
    incident.phone_pending = False
    if accepted:
        incident.closing_by_second_person = by.pk
        incident.close(by=by, at=at, reason=remark, kind=ClosingKind.PHONE)
        promises.closed(incident, by=by, at=at)
        links.revoke(incident, kinds.CONFIRM_LINK, at=at)
    incident.save()
    return incident
