"""Which actions wait for somebody, of findings and of management reviews alike: for the list, the home page and the rail."""

from collections import defaultdict

from django.db.models import Q

from audits import review_waiting, waiting
from audits.models.action import RUNNING
from audits.waiting import Waiting
from itsm.core import clock
from itsm.core.lately import lately
from itsm.people.zones import company_day


def waiting_for(person, at):
    """The running actions that wait for somebody, due first."""
    asked = Waiting(at)
    found = [action for action in waiting.running() if person.pk in asked.of(action).people]
    found += [action for action in review_waiting.running() if person.pk in review_waiting.of_action(action, asked).people]
    return sorted(found, key=lambda action: (action.next_due_on, action.origin, action.pk))


def mine(person, at):
    """Q of the actions of findings that wait for somebody, and Q of those of reviews."""
    found = {"finding": [], "review": []}
    for action in waiting_for(person, at):
        found[action.origin].append(action.pk)
    return Q(pk__in=found["finding"]), Q(pk__in=found["review"])


def overdue(_person, at):
    """The same of what is overdue; what a review decided and is reported done waits for nobody's hurry."""
    today = company_day(at)
    return Q(status__in=RUNNING, next_due_on__lt=today), Q(status="open", due_on__lt=today)


@lately(5)
def counts():
    """`{person id: how many running actions wait for them}`, for the rail; remembered for a moment."""
    asked, found = Waiting(clock.now()), defaultdict(int)
    for action in waiting.running():
        _count(asked.of(action), found)
    for action in review_waiting.running():
        _count(review_waiting.of_action(action, asked), found)
    return found


def _count(following, found):
    for person in following.people:
        found[person] += 1
