"""What a management review decided, on its way: done, shown, accepted; dates and owners move with a reason (clause 9.3)."""

from django.utils.translation import gettext_lazy as _

from audits import kinds
from audits.models import ReviewAction, ReviewDueMove
from audits.services.telling import tell
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.documents import services as documents
from itsm.people import duty
from itsm.people.models import Role
from itsm.people.zones import company_day


def accepters(action, at):
    """Who is asked whether an action is done: the chair, or else the IT service manager or top management; never the owner."""
    chair = [action.review.chair] if action.review.chair.is_active else []
    for people in (chair, duty.holders(Role.SERVICE_MANAGER, at), duty.holders(Role.TOP_MANAGEMENT, at)):
        if found := [person for person in people if person.pk not in (action.owner_id, action.done_by_id)]:
            return found
    return []


@verb
def report_decision(action, *, by, shown, uploads=(), at=None):
    """Report it done, with what shows it in words or files."""
    action = ReviewAction.objects.locked(action.pk)
    at = at or clock.now()
    if not shown.strip():
        raise Refused(_("Say what was done, and what shows it."), code="not_shown")
    action.report(by=by, at=at, shown=shown.strip())
    action.save()
    documents.attach(action, uploads, by=by, visibility="internal", at=at)
    tell(accepters(action, at), kinds.REVIEW_DONE, action, but=by, at=at)
    return action


@verb
def accept_decision(action, *, by, words="", at=None):
    """Accept what was done; neither the owner nor who reported it."""
    action = ReviewAction.objects.locked(action.pk)
    at = at or clock.now()
    action.accept(by=by, at=at, reason=words.strip())
    action.save()
    tell([action.owner], kinds.REVIEW_ACCEPTED, action, but=by, at=at)
    return action


@verb
def return_decision(action, *, by, reason, at=None):
    """It is not done yet, with a reason; what was shown stays readable in its history."""
    action = ReviewAction.objects.locked(action.pk)
    at = at or clock.now()
    _must_say_why(reason)
    action.send_back(by=by, at=at, reason=reason.strip())
    action.save()
    tell([action.owner], kinds.REVIEW_RETURNED, action, but=by, at=at)
    return action


@verb
def move_decision(action, *, by, becomes, reason, at=None):
    """Move its date, with a reason; the former one is kept. Raises NotAllowed, Refused."""
    action = ReviewAction.objects.locked(action.pk)
    at = at or clock.now()
    _must_say_why(reason)
    if becomes < company_day(at):
        raise Refused(_("A date can’t be moved into the past."), code="past")
    if becomes == action.due_on:
        raise Refused(_("It is due on that day already."), code="same")
    was, reason = action.due_on, reason.strip()
    action.move_due(by=by, at=at, reason=reason, was=was, becomes=becomes)
    action.due_moves, action.due_on = action.due_moves + 1, becomes
    ReviewDueMove.objects.create(action=action, no=action.due_moves, was=was, becomes=becomes, reason=reason, by=by, at=at)
    action.save()
    tell([action.owner, action.review.chair], kinds.REVIEW_MOVED, action, but=by, at=at)
    return action


@verb
def hand_decision_over(action, *, by, owner, reason, at=None):
    """Give it to another owner, with a reason."""
    action = ReviewAction.objects.locked(action.pk)
    at = at or clock.now()
    _must_say_why(reason)
    if owner.pk == action.owner_id:
        raise Refused(_("This person owns it already."), code="same")
    if not (owner.is_internal and owner.is_active):
        raise Refused(_("Only our own people own what a review decides."), code="owner")
    action.hand_over(by=by, at=at, reason=reason.strip(), owner=owner)
    action.save()
    tell([owner], kinds.REVIEW_ACTION, action, but=by, at=at)
    return action


@verb
def drop_decision(action, *, by, reason, at=None):
    """Drop what was decided, with a reason."""
    action = ReviewAction.objects.locked(action.pk)
    at = at or clock.now()
    _must_say_why(reason)
    action.drop(by=by, at=at, reason=reason.strip())
    action.save()
    tell([action.owner], kinds.REVIEW_DROPPED, action, but=by, at=at)
    return action


def _must_say_why(reason):
    if not reason.strip():
        raise Refused(_("Say why."), code="no_reason")
