"""Pages of management reviews: the list, planning one, the review itself with its verbs, its minutes."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audits import minutes, review_acts, review_framework, review_timeline, review_waiting, services
from audits import review_rules as rules
from audits.acts import buttons
from audits.models import Answer, Attendee, ManagementReview, Question, ReviewAction, ReviewInput, ReviewVerdict
from audits.review_forms import PlanReviewForm
from audits.stepper import review_stages
from audits.views.acting import act_on
from audits.waiting import Waiting
from itsm.core import clock, paging
from itsm.core.answers import once
from itsm.people.models import Person
from itsm.people.zones import company_day

NEWEST = paging.Order()


@require_safe
def review_list(request):
    """All reviews, the newest first, with what each came to."""
    verdicts = Prefetch("verdicts", ReviewVerdict.objects.order_by("id"))
    rows = ManagementReview.objects.visible_to(request.user).listed().prefetch_related(verdicts)
    found = paging.page(rows, NEWEST, request.GET.get("after", ""))
    context = {
        "rows": found.rows, "may_plan": rules.may_plan(request.user), "last": services.last_held(), "today": company_day(clock.now()),
        "next_url": f"?after={found.next_cursor}" if found.next_cursor else "",
    }  # fmt: skip
    return render(request, "audits/review_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review_new(request):
    """Plan a review."""
    if not rules.may_plan(request.user):
        raise PermissionDenied
    if request.method == "POST":
        form = PlanReviewForm(request.POST)
        if form.is_valid():
            said = dict(form.cleaned_data)
            key = said.pop("request_key")
            review = once(request.user, key, "plan review", lambda: services.plan_review(by=request.user, **said))
            messages.success(request, _("%(review)s is planned.") % {"review": review.shown_number})
            return redirect(review)
    else:
        form = PlanReviewForm(initial={"request_key": uuid.uuid4().hex, "chair": _usual_chair()})
    return render(request, "audits/review_new.html", {"form": form}, status=422 if form.errors else 200)


def _usual_chair():
    """Top management, where that is one person."""
    held = Person.objects.active().filter(appointments__in=services.top_appointments(clock.now())).distinct()[:2]
    return held[0].pk if len(held) == 1 else None


def found(request, number):
    """The review of this number with all that its page and its verbs ask, if the person may see it; otherwise 404. Five queries."""
    rows = ManagementReview.objects.visible_to(request.user).select_related("chair__organisation", "planned_by").prefetch_related(
        Prefetch("inputs", ReviewInput.objects.select_related("words_by").order_by("place")),
        Prefetch("attendees", Attendee.objects.select_related("person").order_by("id")),
        Prefetch("verdicts", ReviewVerdict.objects.select_related("by").order_by("id")),
        Prefetch("actions", ReviewAction.objects.select_related("owner").order_by("id")),
    )  # fmt: skip
    return get_object_or_404(rows, number=number)


@require_safe
def review(request, number):
    """One review: what it looks at, what top management says, what was decided, who was there, and what is next."""
    shown, person, at = found(request, number), request.user, clock.now()
    free, refused = buttons(shown, person, review_acts.of_review(shown))
    waiting = review_waiting.of_review(shown, Waiting(at))
    context = {
        "review": shown, "inputs": list(_inputs(shown)), "may_answer": shown.is_ahead and rules.may_keep(person, shown),
        "acts": free, "refused": refused, "stages": review_stages(shown), "verdicts": list(_verdicts(shown)),
        "decisions": [action for action in shown.actions.all() if action.begun_at or action.status == "draft"],
        "next": waiting, "waited_for": Person.objects.filter(pk__in=waiting.people).order_by("name") if waiting else [],
        "missing": len(shown.missing_inputs()), "papers": shown.minutes.select_related("file") if shown.signed else [],
        "languages": settings.LANGUAGES, "timeline": review_timeline.of(shown), "today": company_day(at),
        "digest": minutes.digest(shown) if shown.status == "held" else "",
    }  # fmt: skip
    return render(request, "audits/review.html", context)


def _inputs(review):
    """`(input, title, question, clause, label)` as they are frozen, or as the framework words them while nothing is."""
    language = get_language()
    frozen = {given["key"]: given for given in review.picture or []}
    for given in review.inputs.all():
        kept, wanted = frozen.get(given.key), review_framework.inputs().get(given.key)
        if kept:
            yield given, kept["title"].get(language), kept["question"].get(language), kept["clause"]
        elif wanted:
            yield given, wanted.label(), wanted.asked(), wanted.clause


def _verdicts(review):
    given = {verdict.question: verdict for verdict in review.verdicts.all()}
    hues = {Answer.YES: "green", Answer.RESERVATIONS: "amber", Answer.NO: "red"}
    for question in Question:
        verdict = given.get(question)
        yield question.label, verdict, hues[verdict.answer] if verdict else ""


@require_http_methods(["GET", "HEAD", "POST"])
def review_act(request, number, name):
    """A verb of a review."""
    shown = found(request, number)
    return act_on(request, shown, review_acts.of_review(shown), name)


@require_http_methods(["GET", "HEAD", "POST"])
def review_input(request, number, key):
    """The answer to one input, in words."""
    shown = found(request, number)
    given = next((given for given in shown.inputs.all() if given.key == key and key in review_framework.inputs()), None)
    if given is None:
        raise Http404
    return act_on(request, shown, (review_acts.of_input(given),), key)


@require_safe
def review_minutes(request, number, language):
    """The minutes in a language: the paper that was signed, or a draft of it once the review was held."""
    shown = found(request, number)
    if language not in dict(settings.LANGUAGES) or shown.picture is None:
        raise Http404
    signed = shown.minutes.filter(language=language).select_related("file").first()
    if signed:
        return redirect(signed.file)
    printed = minutes.printed(minutes.content(shown), shown.picture, language=language)
    response = HttpResponse(printed, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{shown.shown_number}-{language}-draft.pdf"'
    return response
