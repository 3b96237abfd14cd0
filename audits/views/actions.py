"""Pages of actions: the list of all of them, those of findings and those of reviews; steps of a correction, the verdict on a sample."""

import uuid
from itertools import islice

from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from audits import due_first, finding_sheets, freezing, owed, populations, services
from audits.action_forms import JudgeForm
from audits.acts import ACTION_ACTS
from audits.finding_filters import OfFindings, OfReviews
from audits.models import CorrectiveAction, ReviewAction
from audits.models.action import OVER, RUNNING
from audits.models.review_action import OVER as ENDED
from audits.models.review_action import RUNNING as DECIDED
from audits.views import listing
from audits.views.acting import act_on
from audits.views.listing import Tab
from itsm.core import clock
from itsm.core.answers import once
from itsm.people.zones import company_day

TABS = (
    Tab("mine", gettext_lazy("Waiting for me"), owed.mine, is_hot=True),
    Tab("own", gettext_lazy("I own"), lambda person, at: (Q(owner=person, status__in=RUNNING), Q(owner=person, status__in=DECIDED))),
    Tab("overdue", gettext_lazy("Overdue"), owed.overdue, is_hot=True),
    Tab("running", gettext_lazy("Everybody's"), lambda person, at: (Q(status__in=RUNNING), Q(status__in=DECIDED))),
    Tab("over", pgettext_lazy("corrective action", "Ended"), lambda person, at: (Q(status__in=OVER), Q(status__in=ENDED))),
    Tab("all", gettext_lazy("All"), lambda person, at: (Q(), Q())),
)
"""Of each question that of the actions of findings, and that of the actions of reviews."""
UNCOUNTED = ("over", "all")


def rows_of(wanted, person):
    """The two halves of a question that somebody may see, with all that a row shows."""
    of_findings = CorrectiveAction.objects.visible_to(person).filter(wanted[0]).annotate(**due_first.OF_FINDINGS).listed()
    of_reviews = ReviewAction.objects.visible_to(person).decided().filter(wanted[1]).annotate(**due_first.OF_REVIEWS).listed()
    return of_findings, of_reviews


def _filtered(request, wanted):
    """`(filters for the page, [the two halves as they are filtered])`."""
    of_findings, of_reviews = rows_of(wanted, request.user)
    halves = [OfFindings(request.GET, queryset=of_findings), OfReviews(request.GET, queryset=of_reviews)]
    return halves[0], [half.qs if half.form.is_valid() else half.queryset.none() for half in halves]


@require_safe
def action_list(request):
    """All actions, of findings and of reviews: what waits for me, what is mine, what is overdue, everybody's; due first."""
    at, person = clock.now(), request.user
    tab, asked = listing.chosen(TABS, request), {tab.key: tab.wanted(person, at) for tab in TABS}
    filters, halves = _filtered(request, asked[tab.key])
    counts = _counts(person, {key: wanted for key, wanted in asked.items() if key not in UNCOUNTED})
    return listing.drawn(
        request, filters=filters, found=due_first.page(halves, request.GET.get("after", "")), tab=tab,
        tabs=[(t, counts.get(t.key)) for t in TABS], here=reverse("audits:actions"), template="audits/action_list.html",
        today=company_day(at),
    )  # fmt: skip


def _counts(person, asked):
    """`{tab: how many}`; two queries for all of them."""
    halves = (CorrectiveAction.objects.visible_to(person).order_by(), ReviewAction.objects.visible_to(person).decided().order_by())
    found = [rows.aggregate(**{key: Count("id", filter=wanted[no]) for key, wanted in asked.items()}) for no, rows in enumerate(halves)]
    return {key: found[0][key] + found[1][key] for key in asked}


@require_safe
def action_download(request):
    """The same rows as CSV."""
    _filters, halves = _filtered(request, listing.chosen(TABS, request).wanted(request.user, clock.now()))
    rows = due_first.merged(halves)
    return listing.as_csv(finding_sheets.ACTIONS, lambda _first, most: list(islice(rows, most)), "actions")


def _found(request, number):
    rows = CorrectiveAction.objects.visible_to(request.user).select_related("finding", "finding__auditee", "owner", "implementer")
    return get_object_or_404(rows, number=number)


@require_safe
def action(request, number):
    """An action stands on the page of its finding."""
    return redirect(_found(request, number))


@require_http_methods(["GET", "HEAD", "POST"])
def action_act(request, number, name):
    """A verb of an action."""
    return act_on(request, _found(request, number), ACTION_ACTS, name)


@require_http_methods(["GET", "HEAD", "POST"])
def action_sample(request, number):
    """The sample of an action: how it was drawn, its records as they were, and the verdict on each."""
    shown = _found(request, number)
    sample = getattr(shown, "sample", None)
    if sample is None:
        raise Http404
    refusal = CorrectiveAction.find_effective.step.refusal(shown, request.user)
    form, status = None, 200
    if request.method == "POST":
        form = JudgeForm(request.POST, sample=sample)
        if form.is_valid():
            key = form.cleaned_data["request_key"]
            once(request.user, key, f"judge {number}", lambda: services.judge(shown, by=request.user, **form.said()))
            return redirect(shown)
        status = 422
    elif refusal is None:
        form = JudgeForm(sample=sample, initial={"request_key": uuid.uuid4().hex})
    return render(request, "audits/action_sample.html", _sample_page(shown, sample, form, refusal), status=status)


def _sample_page(action, sample, form, refusal):
    verdict = getattr(sample, "verdict", None)
    reading = freezing.Reading(populations.KINDS[sample.kind].model, [record["picture"] for record in sample.records])
    for record in sample.records:
        record["facts"] = reading.facts(record["picture"])
    said = {result["key"]: result for result in verdict.results} if verdict else {}
    return {
        "action": action, "finding": action.finding, "sample": sample, "form": form, "verdict": verdict, "holds": sample.holds,
        "shares": sample.drawn_again().shares, "kind": populations.KINDS[sample.kind].label,
        "judged": [(record, said.get(record["key"])) for record in sample.records],
        "refusal": "" if verdict or refusal is None else refusal.sentence,
    }  # fmt: skip
