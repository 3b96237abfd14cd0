"""Pages of findings: the list, raising one, and its own page."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from audits import finding_rules as rules
from audits import finding_sheets, freezing, services, waiting
from audits.acts import ACTION_ACTS, FINDING_ACTS, buttons
from audits.finding_filters import FindingFilter
from audits.finding_forms import CountedForm, RaiseForm, running_audits
from audits.models import CorrectiveAction, Finding, FindingStatus, Grade, PlanApproval, SeenRecord
from audits.models.finding import OVER
from audits.stepper import stages
from audits.timeline import timeline
from audits.views import listing
from audits.views.acting import act_on
from audits.views.listing import Tab
from itsm.core import clock, paging
from itsm.core.answers import once
from itsm.documents.models import Attachment

NEWEST = paging.Order()
TABS = (
    Tab("open", pgettext_lazy("findings", "Open"), lambda person: ~Q(status__in=OVER)),
    Tab("mine", gettext_lazy("Mine"), lambda person: ~Q(status__in=OVER) & (Q(auditee=person) | Q(raised_by=person))),
    Tab("major", gettext_lazy("Major"), lambda person: ~Q(status__in=OVER) & Q(grade=Grade.MAJOR), is_hot=True),
    Tab("verify", gettext_lazy("To be verified"), lambda person: Q(status=FindingStatus.VERIFYING)),
    Tab("all", gettext_lazy("All"), lambda person: Q()),
)
FROM_ADDRESS = ("clause", "process", "requirement", "evidence", "gap", "records", "source", "source_words", "population", "failed",
                "whole_stratum", "auditee", "audit")  # fmt: skip
"""What a page that leads here may fill in already."""


@require_safe
def finding_list(request):
    """One view of the findings, filtered as the address says, a page at a time."""
    tab, here = listing.chosen(TABS, request), reverse("audits:findings")
    counted = [t for t in TABS if t.key != "all"]
    found = Finding.objects.visible_to(request.user).order_by().aggregate(
        **{t.key: Count("id", filter=t.wanted(request.user)) for t in counted}
    )  # fmt: skip
    tabs = [(t, found.get(t.key)) for t in TABS]
    return listing.shown(
        request, rows=_rows(request, tab), filter_class=FindingFilter, tab=tab, tabs=tabs, order=NEWEST, here=here,
        template="audits/finding_list.html",
    )  # fmt: skip


def _rows(request, tab):
    return Finding.objects.visible_to(request.user).filter(tab.wanted(request.user)).listed()


@require_safe
def finding_download(request):
    """The same rows as CSV."""
    rows = _rows(request, listing.chosen(TABS, request))
    return listing.downloaded(request, rows=rows, filter_class=FindingFilter, order=NEWEST, sheet=finding_sheets.FINDINGS, name="findings")


@require_http_methods(["GET", "HEAD", "POST"])
def finding_new(request):
    """Raise a finding."""
    if not rules.may_raise(request.user) and not running_audits(request.user).exists():
        raise PermissionDenied
    if request.method == "POST":
        form = RaiseForm(request.POST, person=request.user)
        if form.is_valid():
            key = form.cleaned_data["request_key"]
            finding = once(request.user, key, "raise finding", lambda: services.raise_finding(by=request.user, **form.said()))
            messages.success(request, _("%(finding)s is raised.") % {"finding": finding.shown_number})
            return redirect(finding)
    else:
        given = {name: request.GET[name] for name in FROM_ADDRESS if name in request.GET}
        form = RaiseForm(initial={"request_key": uuid.uuid4().hex, **given}, person=request.user)
    proposed = _suggested(request.POST if request.method == "POST" else request.GET)
    return render(request, "audits/finding_new.html", {"form": form, **proposed}, status=422 if form.errors else 200)


@require_safe
def finding_suggestion(request):
    """Which grade what is typed so far speaks for, and why."""
    return render(request, "audits/_suggestion.html", _suggested(request.GET))


def _suggested(typed):
    """The suggestion, and the earlier findings behind it, or that nothing can be suggested yet."""
    form = CountedForm(typed)
    if not form.is_valid():
        return {"suggestion": None}
    at, said = clock.now(), form.cleaned_data
    proposed = services.suggestion(clause=said["clause"], process=said["process"], counted=form.counted(), at=at)
    earlier = services.repeats_of(said["clause"], said["process"], at)[:3] if proposed.because == "repeated" else []
    return {"suggestion": _worded(proposed.grade, proposed.because), "earlier": earlier}


def _worded(grade, because):
    names, reasons = dict(Grade.choices), dict(Finding._meta.get_field("suggested_because").choices)
    return {"grade": names[grade], "because": reasons[because]} if grade else {"grade": "", "because": ""}


def found(request, number):
    """The finding of this number with its actions and their approvals, if the person may see it; otherwise 404. Three queries."""
    approvals = Prefetch("approvals", PlanApproval.objects.select_related("by").order_by("id"))
    actions = CorrectiveAction.objects.select_related("owner", "implementer", "verifier", "sample__verdict").defer(
        "sample__rows", "sample__packed"
    )
    actions = Prefetch("actions", actions.prefetch_related(approvals, "moves__by").order_by("-cycle"))
    rows = Finding.objects.visible_to(request.user).select_related("auditee", "raised_by", "grade_by", "audit").prefetch_related(actions)
    return get_object_or_404(rows, number=number)


@require_safe
def finding(request, number):
    """One finding: its statement, what is next and by whom, its rounds of correction, what happened."""
    shown = found(request, number)
    rounds = list(shown.actions.all())
    for action in rounds:
        action.finding = shown
    at, person, current = clock.now(), request.user, next(iter(rounds), None)
    free, refused = buttons(shown, person, FINDING_ACTS)
    mine = buttons(current, person, ACTION_ACTS) if current and current.is_running else ([], [])
    context = {
        "finding": shown, "rounds": rounds, "current": current, "stages": stages(shown, current), "acts": free, "refused": refused,
        "action_acts": mine[0], "action_refused": mine[1], "seen": shown.seen.all(), "timeline": timeline(shown, rounds),
        "next": waiting.people_of(current, at) if current else None, "files": Attachment.objects.of(shown),
        "proof": Attachment.objects.of_all(rounds), "suggestion": _worded(shown.suggested_grade, shown.suggested_because),
        "needs_words": shown.status == FindingStatus.OPEN and not rules.is_nonconformity(shown) and not (current and current.is_running),
        "late": waiting.days_late(current, at) if current else 0,
    }  # fmt: skip
    return render(request, "audits/finding.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def finding_act(request, number, name):
    """A verb of a finding."""
    return act_on(request, found(request, number), FINDING_ACTS, name)


@require_safe
def seen_record(request, number, pk):
    """A record as it was when the finding was raised, and what it says differently now."""
    shown = found(request, number)
    seen = get_object_or_404(SeenRecord.objects.select_related("seen_by"), finding=shown, pk=pk)
    now = freezing.picture(seen.record)
    reading = freezing.Reading(type(seen.record), [seen.picture, now])
    context = {
        "finding": shown, "seen": seen, "facts": reading.facts(seen.picture), "differing": reading.differing(seen.picture, now),
    }  # fmt: skip
    return render(request, "audits/seen_record.html", context)
