"""What a corrective action waits for, and for whom: one answer for its page, the lists, the home page and the rail."""

import dataclasses
from functools import cached_property

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from audits.days import worded
from audits.models import CorrectiveAction, PlanApproval, Seat
from audits.models.action import BEFORE_PLAN
from audits.services import approvals_of, ripe_at, seats_needed
from itsm.people import duty
from itsm.people.models import Person, Role
from itsm.people.zones import company_day

SENTENCES = {
    "opened": lambda: _("Correct the case itself, and deal with its consequences."),
    "corrected": lambda: _("Find out why it could happen."),
    "explained": lambda: _("Look whether the same happens elsewhere."),
    "planning": lambda: _("Plan what keeps it from happening again, and how one will see that it works."),
    "proposed": lambda: _("Approve the plan, or send it back."),
    "approved": lambda: _("Carry out the plan, and report it done with what shows it."),
    "verifying": lambda: _("Judge every record of the sample."),
}


@dataclasses.dataclass(frozen=True)
class Next:
    """What is to be done next, as a sentence, and the ids of the people it waits for."""

    sentence: str
    people: frozenset


class Waiting:
    """Who is waited for now; role holders are asked for once, and only when somebody needs them."""

    def __init__(self, at):
        self._at, self._holders = at, {}

    def holders(self, role):
        """The ids of who holds a role now, deputies in the place of those not here."""
        if role not in self._holders:
            self._holders[role] = frozenset(person.pk for person in duty.holders(Role(role), self._at))
        return self._holders[role]

    @cached_property
    def auditors(self):
        return self.holders("internal_auditor") or self.holders("service_manager")

    def of(self, action):
        """The Next of an action, or None when it is over; its finding, owner and approvals are loaded."""
        if not action.is_running:
            return None
        if action.status == "planning" and action.finding.suggestion_open:
            return Next(_("Say yes or no to the suggested grade."), self._raiser(action))
        if action.status in BEFORE_PLAN or action.status == "approved":
            return Next(SENTENCES[action.status](), frozenset([action.owner_id]))
        if action.status == "proposed":
            return Next(SENTENCES["proposed"](), self._deciders(action))
        sentence = SENTENCES["verifying"]() if action.status == "verifying" else self._when_to_draw(action)
        return Next(sentence, self._raiser(action) - {action.owner_id, action.implementer_id, action.recorded_by_id})

    def _raiser(self, action):
        finding = action.finding
        return frozenset([finding.raised_by_id]) if finding.raised_by_id else self.auditors

    def _deciders(self, action):
        given = approvals_of(action)
        needed = seats_needed(action, lambda seat: action.owner_id in self.holders(seat))
        left = [seat for seat in needed if seat not in {approval.seat for approval in given}]
        found = set()
        for seat in left:
            own = seat == Seat.PROCESS_OWNER and action.finding.auditee_id != action.owner_id
            found |= {action.finding.auditee_id} if own else self.holders("service_manager" if seat == Seat.PROCESS_OWNER else seat)
        return frozenset(found) - {action.owner_id} - {approval.by_id for approval in given}

    def _when_to_draw(self, action):
        ready = ripe_at(action)
        if self._at >= ready:
            return _("Draw a sample of the records from after the fix, and judge it.")
        words = {"day": worded(company_day(ready)), "records": action.after_records}
        if action.after_records is None:
            return _("From %(day)s on: draw a sample of the records from after the fix, and judge it.") % words
        return _("From %(day)s on, or at %(records)s new records: draw a sample of the records from after the fix, and judge it.") % words


def running():
    """The running actions with all that Waiting asks of them; two queries."""
    approvals = Prefetch("approvals", PlanApproval.objects.order_by("id"))
    return CorrectiveAction.objects.running().select_related("finding", "owner").prefetch_related(approvals)


def people_of(action, at):
    """`(sentence, [Person])` of what an action waits for, or None when it is over."""
    found = Waiting(at).of(action)
    return found and (found.sentence, list(Person.objects.filter(pk__in=found.people).order_by("name", "id")))


def days_late(action, at):
    """How many days of the company an action is overdue, 0 when it is not."""
    if not action.is_running or action.next_due_on is None:
        return 0
    return max(0, (company_day(at) - action.next_due_on).days)
