"""Dates and owners of corrective actions: moved with a reason, and the history kept (requirement 92)."""

from django.utils.translation import gettext_lazy as _

from audits import kinds
from audits.models import CorrectiveAction, DueMove
from audits.models.action import DUE_FIELDS
from audits.services.telling import auditors, tell
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.people.zones import company_day


@verb
def move_due(action, *, by, becomes, reason, at=None):
    """Move the date that counts now (of the plan, the action or the verdict), with a reason. Raises NotAllowed, Refused."""
    action = CorrectiveAction.objects.locked(action.pk)
    at = at or clock.now()
    which = action.due_kind
    was = getattr(action, DUE_FIELDS[which])
    if becomes < company_day(at):
        raise Refused(_("A date can’t be moved into the past."), code="past")
    if becomes == was:
        raise Refused(_("It is due on that day already."), code="same")
    action.move_due(by=by, at=at, reason=reason.strip(), which=which, was=was, becomes=becomes)
    setattr(action, DUE_FIELDS[which], becomes)
    keep_move(action, which, was, becomes, reason, by=by, at=at)
    action.set_next_due()
    action.save()
    tell([action.owner, action.finding.auditee, *auditors(action.finding, at)], kinds.MOVED, action, but=by, at=at)
    return action


def keep_move(action, which, was, becomes, reason, *, by, at):
    """Write down that a date moved; the caller saves the action. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused(_("Say why the date moves."), code="no_reason")
    action.due_moves += 1
    DueMove.objects.create(
        action=action, no=action.due_moves, which=which, was=was, becomes=becomes, reason=reason.strip(), by=by, at=at
    )  # fmt: skip


@verb
def hand_over(action, *, by, owner, reason, at=None):
    """Give an action that is not done yet to another owner, with a reason; a plan that waits for approval is proposed anew then."""
    action = CorrectiveAction.objects.locked(action.pk)
    at = at or clock.now()
    if not reason.strip():
        raise Refused(_("Say why somebody else takes it over."), code="no_reason")
    if owner.pk == action.owner_id:
        raise Refused(_("This person owns it already."), code="same")
    if not (owner.is_internal and owner.is_active):
        raise Refused(_("Only our own people own a corrective action."), code="owner")
    if action.status == "proposed":
        raise Refused(_("The plan waits for approval with its owner named in it. Send it back first."), code="proposed")
    if owner.pk in {approval.by_id for approval in action.approvals.filter(proposal=action.proposal)}:
        raise Refused(_("This person approved the plan, and nobody approves a plan that they own. Choose somebody else."), code="approved")
    action.hand_over(by=by, at=at, reason=reason.strip(), owner=owner)
    action.save()
    tell([owner], kinds.OWNED, action, but=by, at=at)
    return action
