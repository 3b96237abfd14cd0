"""One clock: its log, and the doors of those who judge it."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from itsm.core import clock as time
from itsm.core.answers import once
from itsm.core.errors import Refused
from sla import rules, services
from sla.clock_forms import CorrectForm, DecideForm, ExcuseForm
from sla.models import Clock, CorrectionState
from sla.services.correcting import logs_of
from sla.services.faces import face


@require_safe
def clock_detail(request, pk):
    """A clock with every line of its log and every correction."""
    return render(request, "sla/clock.html", _page(request, _found(request, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def clock_excuse(request, pk):
    """Count a broken promise apart."""
    clock = _found(request, pk)
    if not rules.may_excuse(request.user, clock.record.sla_subject().assignee):
        raise PermissionDenied(str(rules.may_excuse.sentence))
    form = ExcuseForm(request.POST or None, initial={"request_key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        details = dict(form.cleaned_data)
        _once(request, f"excuse {pk}", details, lambda: services.excuse(clock, by=request.user, **details))
        messages.success(request, _("The breach is excused; it stays recorded and is counted apart."))
        return _done(request, clock)
    template = "sla/_excuse.html" if request.htmx else "sla/excuse.html"
    return render(request, template, _page(request, clock, form=form), status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def clock_correct(request, pk):
    """Propose a correction; GET with its details shows what it would change before anything is saved."""
    clock = _found(request, pk)
    if not rules.may_propose(request.user, clock.record.sla_subject().team):
        raise PermissionDenied(str(rules.may_propose.sentence))
    kept = logs_of([clock])[clock.pk]
    form = CorrectForm(request.POST or request.GET or None, kept=kept, initial={"request_key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        details = {"kind": form.cleaned_data["kind"], "reason": form.cleaned_data["reason"], **form.details()}
        key = {"request_key": form.cleaned_data["request_key"]}
        _once(request, f"correct {pk}", key, lambda: services.propose_correction(clock, by=request.user, **details))
        messages.success(request, _("The correction waits for its second person."))
        return _done(request, clock)
    context = _page(request, clock, form=form) | (_forecast(clock, form) if request.method != "POST" else {})
    if request.htmx:
        return render(request, "sla/_forecast.html", context)
    return render(request, "sla/correct.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def correction_decide(request, pk, correction):
    """A correction: what it would change, and the second person's word."""
    clock = _found(request, pk)
    found = get_object_or_404(clock.corrections.select_related("proposed_by", "decided_by"), pk=correction)
    found.clock = clock
    form = DecideForm(request.POST or None, initial={"request_key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        details = dict(form.cleaned_data)
        _once(request, f"decide {pk} {correction}", details, lambda: services.decide_correction(found, by=request.user, **details))
        return _done(request, clock)
    context = _page(request, clock, form=form, correction=found)
    if found.state == CorrectionState.PENDING:
        context |= _would_be(lambda: services.forecast_amendment(clock, found.amend, time.now()))
    return render(request, "sla/correction.html", context, status=422 if form.errors else 200)


def _found(request, pk):
    """The clock, if this person may see it. Judging is for staff: for others no such page exists."""
    rows = Clock.objects.visible_to(request.user) if request.user.is_internal else Clock.objects.none()
    joined = ("agreement_version__agreement__team", "agreement_version__agreement__supplier", "calendar_version__calendar")
    return get_object_or_404(rows.select_related(*joined), pk=pk)


def _page(request, clock, **more):
    subject, person = clock.record.sla_subject(), request.user
    return {
        "clock": clock, "face": face(clock, time.now()), "subject": subject,
        "lines": clock.events.select_related("actor"), "corrections": clock.corrections.select_related("proposed_by", "decided_by"),
        "may_excuse": rules.may_excuse(person, subject.assignee), "may_propose": rules.may_propose(person, subject.team),
        "may_decide": rules.may_decide(person, subject.team), **more,
    }  # fmt: skip


def _forecast(clock, form):
    """What the details typed so far would change, or why not."""
    if not form.is_bound:
        return {}
    form.is_valid()
    form.errors.pop("reason", None)
    if "kind" not in form.cleaned_data:
        return {}
    return _would_be(lambda: services.forecast_correction(clock, kind=form.cleaned_data["kind"], at=time.now(), **form.details()))


def _would_be(forecast):
    try:
        return {"forecast": forecast()}
    except Refused as refused:
        return {"refusal": refused.sentence}


def _once(request, act, details, perform):
    return once(request.user, details.pop("request_key", ""), act, perform)


def _done(request, clock):
    """Back to the record."""
    url = clock.record.sla_subject().url
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if request.htmx else redirect(url)
