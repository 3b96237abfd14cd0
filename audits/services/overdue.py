"""What is overdue climbs: owner, process owner, IT service manager, top management; each step once for each date."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from audits import kinds
from audits.models import Climb, CorrectiveAction, Due
from audits.models.action import RUNNING
from audits.services.telling import auditors
from itsm.core.sweep import each
from itsm.core.verbs import verb
from itsm.notices import services as notices
from itsm.people import duty
from itsm.people.models import Role
from itsm.people.zones import company_day

LADDER = ((1, "owner"), (3, "process_owner"), (7, "service_manager"), (14, "top_management"))
"""Days after the due date, and who hears of it then; a date is kept until its end."""


def owed(today):
    """The running actions for which a step of the ladder is owed on a day of the company."""
    wanted = Q()
    for days, _who in LADDER:
        climbed = Climb.objects.filter(action=OuterRef("pk"), due_on=OuterRef("next_due_on"), days=days)
        wanted |= Q(next_due_on__lte=today - timedelta(days=days)) & ~Exists(climbed)
    return CorrectiveAction.objects.running().filter(wanted).order_by("next_due_on", "id")


def sweep_overdue(at):
    """Let everything climb that is owed a step. Safe to run twice, late, or side by side; return how many climbed."""
    return each(owed(company_day(at)), lambda action: climb(action, by=None, at=at))


@verb
def climb(action, *, by, at):
    """Take the steps of the ladder that an action has reached and not yet taken, and tell who is on them."""
    action = CorrectiveAction.objects.locked(action.pk)
    if action.status not in RUNNING:
        return action
    late = (company_day(at) - action.next_due_on).days
    taken = set(action.climbs.filter(due_on=action.next_due_on).values_list("days", flat=True))
    for days, who in LADDER:
        if late >= days and days not in taken:
            _take(action, days, who, late, at)
    return action


def _take(action, days, who, late, at):
    people = [person for person in _people(action, who, at) if person.is_active]
    which = action.due_kind
    Climb.objects.create(
        action=action, due_on=action.next_due_on, which=which, days=days, people=[person.pk for person in people], at=at
    )  # fmt: skip
    key = f"{action.next_due_on}-{days}"
    params = {"which": str(which), "due_on": action.next_due_on, "days": late, "owner": action.owner_id}
    notices.tell_many([notices.Told(person, kinds.OVERDUE, action, key, params) for person in people], at=at)


def _people(action, who, at):
    """Who stands on a step: where a verdict is overdue, first whoever looks after the finding."""
    if who == "owner":
        return auditors(action.finding, at) if action.due_kind == Due.VERDICT else [action.owner]
    if who == "process_owner":
        return [action.finding.auditee]
    return duty.holders(Role(who), at)
