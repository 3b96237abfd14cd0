"""Pages of corrective actions: the list of all of them, their steps, and the verdict on a sample."""

import uuid

from django.db.models import Count, DateTimeField, Q
from django.db.models.functions import Cast
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from audits import finding_sheets, freezing, populations, services, waiting
from audits.action_forms import JudgeForm
from audits.acts import ACTION_ACTS
from audits.finding_filters import ActionFilter
from audits.models import CorrectiveAction
from audits.models.action import OVER, RUNNING
from audits.views import listing
from audits.views.acting import act_on
from audits.views.listing import Tab
from itsm.core import clock, paging
from itsm.core.answers import once
from itsm.people.zones import company_day

BY_DUE = paging.Order("due_at")
DUE_FIRST = {"due_at": Cast("next_due_on", DateTimeField())}
TABS = (
    Tab("mine", gettext_lazy("Waiting for me"), lambda person, at: Q(pk__in=waiting.waiting_for(person, at)), is_hot=True),
    Tab("own", gettext_lazy("I own"), lambda person, at: Q(owner=person, status__in=RUNNING)),
    Tab("overdue", gettext_lazy("Overdue"), lambda person, at: Q(status__in=RUNNING, next_due_on__lt=company_day(at)), is_hot=True),
    Tab("running", gettext_lazy("Everybody's"), lambda person, at: Q(status__in=RUNNING)),
    Tab("over", pgettext_lazy("corrective action", "Ended"), lambda person, at: Q(status__in=OVER)),
    Tab("all", gettext_lazy("All"), lambda person, at: Q()),
)


def rows_of(wanted, person):
    """The actions of a question that somebody may see, with all that a row shows."""
    return CorrectiveAction.objects.visible_to(person).filter(wanted).annotate(**DUE_FIRST).listed()


@require_safe
def action_list(request):
    """All actions: what waits for me, what is mine, what is overdue, everybody's; due first."""
    at, person = clock.now(), request.user
    asked = {tab.key: tab.wanted(person, at) for tab in TABS}
    rows = CorrectiveAction.objects.visible_to(person).order_by()
    found = rows.aggregate(**{key: Count("id", filter=wanted) for key, wanted in asked.items() if key not in ("over", "all")})
    tab = listing.chosen(TABS, request)
    return listing.shown(
        request, rows=rows_of(asked[tab.key], person), filter_class=ActionFilter, tab=tab, tabs=[(t, found.get(t.key)) for t in TABS],
        order=BY_DUE, here=reverse("audits:actions"), template="audits/action_list.html", today=company_day(at),
    )  # fmt: skip


@require_safe
def action_download(request):
    """The same rows as CSV."""
    rows = rows_of(listing.chosen(TABS, request).wanted(request.user, clock.now()), request.user)
    return listing.downloaded(request, rows=rows, filter_class=ActionFilter, order=BY_DUE, sheet=finding_sheets.ACTIONS, name="actions")


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
