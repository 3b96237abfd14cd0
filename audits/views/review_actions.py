"""Pages of what management reviews decided: one action and its verbs."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from audits import review_timeline, review_waiting
from audits.acts import buttons
from audits.models import ReviewAction
from audits.review_acts import DECISION_ACTS
from audits.stepper import decision_stages
from audits.views.acting import act_on
from audits.waiting import Waiting
from itsm.core import clock
from itsm.documents.models import Attachment
from itsm.people.models import Person
from itsm.people.zones import company_day


def _found(request, number):
    rows = ReviewAction.objects.visible_to(request.user)
    rows = rows.select_related("owner__organisation", "done_by", "accepted_by", "review__chair")
    return get_object_or_404(rows.prefetch_related("moves__by"), number=number)


@require_safe
def review_action(request, number):
    """One action: what was decided, what shows that it is done, what happened."""
    shown, person, at = _found(request, number), request.user, clock.now()
    free, refused = buttons(shown, person, DECISION_ACTS)
    waiting = review_waiting.of_action(shown, Waiting(at))
    context = {
        "action": shown, "acts": free, "refused": refused, "stages": decision_stages(shown), "next": waiting,
        "waited_for": Person.objects.filter(pk__in=waiting.people).order_by("name") if waiting else [],
        "files": Attachment.objects.of(shown), "timeline": review_timeline.of(shown), "today": company_day(at),
    }  # fmt: skip
    return render(request, "audits/review_action.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review_action_act(request, number, name):
    """A verb of an action."""
    return act_on(request, _found(request, number), DECISION_ACTS, name)
