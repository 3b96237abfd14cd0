"""What management reviews and their actions wait for, and for whom: one answer for pages, lists, the home page and the rail."""

from collections import defaultdict

from django.utils.translation import gettext as _

from audits.models import ManagementReview, ReviewAction
from audits.waiting import Next
from itsm.core.lately import lately


def running():
    """The actions of reviews that run, with all that is asked of them; one query."""
    return ReviewAction.objects.running().select_related("owner", "review__chair")


def of_action(action, waiting):
    """The Next of an action of a review, or None when it is over or not signed yet. waiting: an audits.waiting.Waiting."""
    if not action.is_running:
        return None
    if action.status == "open":
        return Next(_("Carry it out, and report it done with what shows it."), frozenset([action.owner_id]))
    return Next(_("Look whether it is done, and accept it."), _accepters(action, waiting))


def _accepters(action, waiting):
    chair = frozenset([action.review.chair_id] if action.review.chair.is_active else [])
    gone = {action.owner_id, action.done_by_id}
    return (chair - gone) or (waiting.holders("service_manager") - gone) or (waiting.holders("top_management") - gone)


def of_review(review, waiting):
    """The Next of a review, or None when it is over."""
    if review.is_over:
        return None
    if review.status == "held":
        return Next(_("Judge it with reasons, read the minutes, sign them."), frozenset([review.chair_id]))
    keepers = waiting.holders("service_manager")
    if review.status == "planned":
        return Next(_("Compile the inputs from the records."), keepers)
    if review.missing_inputs():
        return Next(_("Answer what no record says."), keepers)
    return Next(_("Hold it: write down who was there, and freeze the inputs."), keepers)


@lately(5)
def counts():
    """`{chair's id: how many reviews wait for them to be judged and signed}`, for the rail; remembered for a moment."""
    found = defaultdict(int)
    for chair in ManagementReview.objects.filter(status="held").values_list("chair", flat=True):
        found[chair] += 1
    return found
