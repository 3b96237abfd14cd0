"""A corrective action on its way: correction, cause, extent, plan, approval, done (clause 10.1, requirements 92 to 94)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from audits import cause_check, kinds, populations
from audits import finding_rules as rules
from audits.models import CauseMethod, CorrectiveAction, Due, Finding, PlanApproval, Seat
from audits.models.finding import FindingStatus
from audits.services.arranging import keep_move
from audits.services.telling import auditors, tell
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.documents import services as documents
from itsm.people import duty
from itsm.people.zones import company_day

FEWEST_WHYS, MOST_WHYS = 3, 5
DAYS_TO_JUDGE = 14
"""Days that a verdict may take once its records are there."""
PLANNED = ("plan", "owner", "due_on", "criterion", "sampled_from", "after_days", "after_records", "needed_percent")


@verb
def correct(action, *, by, correction, at=None):
    """Note what was done about the case itself and its consequences; the finding is in correction from then on."""
    action = CorrectiveAction.objects.locked(action.pk)
    at = at or clock.now()
    if not correction.strip():
        raise Refused(_("Say what was done about the case itself."), code="no_correction")
    action.correct(by=by, at=at, correction=correction.strip())
    action.save()
    finding = Finding.objects.locked(action.finding_id)
    if finding.status == FindingStatus.OPEN:
        finding.begin(by=by, at=at, action=action.pk)
        finding.save()
    return action


@verb
def explain(action, *, by, method, cause="", whys=(), at=None):
    """Name the cause: by three to five whys, the last of which is it, or in own words. A cause named before may be named better.

    Refused where it says the finding again, or stops at "human error".
    """
    action = CorrectiveAction.objects.locked(action.pk)
    at = at or clock.now()
    whys = [why.strip() for why in whys if why.strip()] if method == CauseMethod.WHYS else []
    if method == CauseMethod.WHYS:
        if not FEWEST_WHYS <= len(whys) <= MOST_WHYS:
            raise Refused(_("Ask why at least three times, at most five: the last answer is the cause."), code="whys")
        cause = whys[-1]
    if not cause.strip():
        raise Refused(_("Say why it could happen."), code="no_cause")
    finding = action.finding
    if sentence := cause_check.refusal(cause, [finding.gap, finding.evidence, finding.requirement]):
        raise Refused(sentence, code="no_cause")
    action.explain(by=by, at=at, cause_method=method, cause=cause.strip(), whys=whys)
    action.save()
    return action


@verb
def look_around(action, *, by, extent, at=None):
    """Say where else the same happens, or how one looked and found nothing."""
    action = CorrectiveAction.objects.locked(action.pk)
    if not extent.strip():
        raise Refused(_("Say where you looked for the same, and what you found."), code="no_extent")
    action.look_around(by=by, at=at or clock.now(), extent=extent.strip())
    action.save()
    return action


@verb
def propose(action, *, by, due_reason="", at=None, **fields):
    """Propose a plan: what, by whom (`owner`), until when, and how one will see that it works, before anything is done.

    `fields`: those of PLANNED. A date other than that of a plan that was sent back needs `due_reason`. Raises NotAllowed, Refused.
    """
    action = CorrectiveAction.objects.locked(action.pk)
    at = at or clock.now()
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items() if name in PLANNED}
    _check_plan(action, fields, at)
    before = action.due_on
    action.propose(by=by, at=at, fields=fields)
    if before not in (None, action.due_on):
        keep_move(action, Due.ACTION, before, action.due_on, due_reason, by=by, at=at)
    action.set_next_due()
    action.save()
    tell(_may_approve(action, at), kinds.APPROVE, action, but=by, at=at)
    return action


def _check_plan(action, fields, at):
    finding = action.finding
    if finding.suggestion_open:
        raise Refused(_("Another grade is suggested. An auditor has to say yes or no to it first."), code="suggestion")
    if not fields.get("plan"):
        raise Refused(_("Say what will be done so that it does not happen again."), code="no_plan")
    if not fields.get("criterion"):
        raise Refused(_("Say how one will see that it works, before anything is done."), code="no_criterion")
    if fields.get("sampled_from") not in populations.KINDS:
        raise Refused(_("Choose the records that its effect will be judged on."), code="sampled_from")
    if fields["due_on"] < company_day(at):
        raise Refused(_("An action can’t be due in the past."), code="past")
    if not (fields["owner"].is_internal and fields["owner"].is_active):
        raise Refused(_("Only our own people own a corrective action."), code="owner")
    if not (1 <= fields.get("needed_percent", 100) <= 100 and 1 <= fields.get("after_days", 30) <= 365):
        raise Refused(_("Between 1 and 100 percent must pass, judged after 1 to 365 days."), code="numbers")


def seats_needed(action, holds=None):
    """Whose approval the plan needs: the process owner's; of a major nonconformity the IT service manager's and top management's.

    Nobody approves a plan that they own: then the others suffice. `holds(seat)`: whether the owner holds a role.
    """
    if action.finding.grade != "major":
        return [Seat.PROCESS_OWNER]
    holds = holds or action.owner.has_role
    return [seat for seat in (Seat.SERVICE_MANAGER, Seat.TOP_MANAGEMENT) if not holds(seat)] or [Seat.PROCESS_OWNER]


def approvals_of(action):
    """The approvals of the plan as it is proposed now, in order."""
    return [approval for approval in action.approvals.all() if approval.proposal == action.proposal]


def seat_for(action, person, at=None):
    """The seat that somebody may take about the plan now, or None."""
    if action.status != "proposed" or not person.is_internal or person.pk == action.owner_id:
        return None
    given = approvals_of(action)
    if person.pk in {approval.by_id for approval in given}:
        return None
    taken = {approval.seat for approval in given}
    return next((seat for seat in seats_needed(action) if seat not in taken and _holds(person, action, seat, at)), None)


def _holds(person, action, seat, at):
    if seat == Seat.PROCESS_OWNER:
        return person.pk == action.finding.auditee_id or person.has_role("service_manager", "top_management")
    return person.has_role(seat) or person in duty.holders(seat, at)


def _may_approve(action, at):
    """The people who are asked about a plan."""
    people = []
    for seat in seats_needed(action):
        own = seat == Seat.PROCESS_OWNER and action.finding.auditee_id != action.owner_id
        people += [action.finding.auditee] if own else duty.holders(Seat.SERVICE_MANAGER if seat == Seat.PROCESS_OWNER else seat, at)
    return people


@verb
def approve(action, *, by, words="", at=None):
    """Take one's seat in favour of the plan; with the last seat it is approved. Raises NotAllowed, Refused."""
    action = CorrectiveAction.objects.locked(action.pk)
    at = at or clock.now()
    if action.status != "proposed":
        raise Refused(_("No plan waits for approval here."), code="wrong_status")
    seat = seat_for(action, by, at)
    if seat is None:
        raise NotAllowed(_("Your approval is not asked for here, or you gave it already. Nobody approves a plan that they own."))
    PlanApproval.objects.create(action=action, proposal=action.proposal, seat=seat, by=by, words=words.strip(), at=at)
    if {a.seat for a in action.approvals.filter(proposal=action.proposal)} >= set(seats_needed(action)):
        action.approve(by=by, at=at)
        action.set_next_due()
        action.save()
        tell([action.owner], kinds.APPROVED, action, but=by, at=at)
    return action


@verb
def send_back(action, *, by, reason, at=None):
    """Let the plan be written anew, with a reason; approvals given so far count no more."""
    action = CorrectiveAction.objects.locked(action.pk)
    at = at or clock.now()
    if not reason.strip():
        raise Refused(_("Say what is missing in the plan."), code="no_reason")
    if action.status == "proposed" and seat_for(action, by, at) is None:
        raise NotAllowed(_("Only those whose approval is asked for send a plan back."))
    action.send_back(by=by, at=at, reason=reason.strip())
    action.set_next_due()
    action.save()
    tell([action.owner], kinds.SENT_BACK, action, but=by, at=at)
    return action


@verb
def implement(action, *, by, implementation, implementer, uploads=(), at=None):
    """Report the action done, with what shows it in words or files; from this instant on records count for its effect."""
    action = CorrectiveAction.objects.locked(action.pk)
    at = at or clock.now()
    if not implementation.strip():
        raise Refused(_("Say what was done, and where one can see it."), code="no_evidence")
    if not implementer.is_internal:
        raise Refused(_("Only our own people carry out a corrective action."), code="implementer")
    ready = company_day(at) + timedelta(days=action.after_days + DAYS_TO_JUDGE)
    action.implement(by=by, at=at, implementation=implementation.strip(), implementer=implementer, verify_by=ready)
    action.set_next_due()
    action.save()
    documents.attach(action, uploads, by=by, visibility="internal", at=at)
    finding = Finding.objects.locked(action.finding_id)
    finding.await_verdict(by=by, at=at, action=action.pk)
    finding.save()
    tell([who for who in auditors(finding, at) if rules.is_independent(who, action)], kinds.VERIFY, action, but=by, at=at)
    return action
