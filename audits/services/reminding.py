"""What comes back by itself about reviews: the yearly reminder, and actions that are overdue (requirement 110)."""

from django.db.models import Exists, Min, OuterRef, Q

from audits import kinds
from audits.models import ManagementReview, ReviewAction, ReviewClimb, ReviewReminder
from audits.months import later
from itsm.core.sweep import each
from itsm.core.verbs import verb
from itsm.notices import services as notices
from itsm.people import duty
from itsm.people.models import Organisation, Person, Role
from itsm.people.zones import company_day

MONTHS = (10, 11, 12)
"""Months after the last review at which the IT service manager hears of the next one."""
LADDER = ((1, "owner"), (7, Role.SERVICE_MANAGER), (14, Role.TOP_MANAGEMENT))
"""Days after the due date of an action, and who hears of it then."""


def last_held():
    """The day on which the last signed review was held; without one the day on which the first of our people joined; or None."""
    held = ManagementReview.objects.closed().order_by("-held_on").values_list("held_on", flat=True).first()
    return held or Person.objects.internal().aggregate(first=Min("joined_on"))["first"]


def remind(at):
    """Remind whoever is IT service manager (without one, top management) of the next review, once for each of MONTHS; how many were told.

    A step that was passed over, since nothing ran, is kept as done; only the last one reached is told.
    """
    since, today = last_held(), company_day(at)
    if since is None:
        return 0
    reached = [months for months in MONTHS if later(since, months) <= today]
    known = set(ReviewReminder.objects.filter(since=since).values_list("months", flat=True))
    owed = [months for months in reached if months not in known]
    return _remind(since, owed, reached[-1], by=None, at=at) if owed else 0


@verb
def _remind(since, owed, last, *, by, at):
    people = (duty.holders(Role.SERVICE_MANAGER, at) or duty.holders(Role.TOP_MANAGEMENT, at)) if last in owed else []
    rows = [
        ReviewReminder(since=since, months=months, people=[p.pk for p in people] if months == last else [], at=at) for months in owed
    ]  # fmt: skip
    ReviewReminder.objects.bulk_create(rows, ignore_conflicts=True)
    about = Organisation.objects.filter(kind=Organisation.Kind.OWN).first()
    planned = ManagementReview.objects.under_way().order_by("planned_on").first()
    params = {
        "since": since,
        "months": last,
        "planned": planned.shown_number if planned else "",
        "planned_on": planned and planned.planned_on,
    }
    notices.tell_many([notices.Told(person, kinds.REVIEW_REMINDER, about, f"{since}-{last}", params) for person in people], at=at)
    return len(people)


def owed_actions(today):
    """The actions of reviews for which a step of the ladder is owed on a day of the company."""
    wanted = Q()
    for days, _who in LADDER:
        climbed = ReviewClimb.objects.filter(action=OuterRef("pk"), due_on=OuterRef("due_on"), days=days)
        wanted |= Q(due_on__lte=later(today, days=-days)) & ~Exists(climbed)
    return ReviewAction.objects.filter(wanted, status="open").order_by("due_on", "id")


def sweep_decisions(at):
    """Let every overdue action climb that is owed a step. Safe to run twice, late, or side by side; return how many climbed."""
    return each(owed_actions(company_day(at)), lambda action: climb_decision(action, by=None, at=at))


@verb
def climb_decision(action, *, by, at):
    """Take the steps of the ladder that an action has reached and not yet taken, and tell who is on them."""
    action = ReviewAction.objects.locked(action.pk)
    if action.status != "open":
        return action
    late = (company_day(at) - action.due_on).days
    taken = set(action.climbs.filter(due_on=action.due_on).values_list("days", flat=True))
    for days, who in LADDER:
        if late >= days and days not in taken:
            _take(action, days, who, late, at)
    return action


def _take(action, days, who, late, at):
    found = [action.owner] if who == "owner" else duty.holders(who, at)
    people = [person for person in found if person.is_active]
    ReviewClimb.objects.create(action=action, due_on=action.due_on, days=days, people=[person.pk for person in people], at=at)
    params = {"due_on": action.due_on, "days": late, "owner": action.owner_id}
    lines = [notices.Told(person, kinds.REVIEW_OVERDUE, action, f"{action.due_on}-{days}", params) for person in people]
    notices.tell_many(lines, at=at)
