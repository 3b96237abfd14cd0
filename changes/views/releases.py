"""Pages of releases and of transitions of services."""

import functools
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from changes import baselines
from changes.forms.releases import RELEASE_FORMS, TRANSITION_FORMS, ReleaseForm, TransitionForm, VerifyForm
from changes.models import Criterion, Release, ReleaseStatus, Transition, TransitionStatus
from changes.services import releasing, transitions
from itsm.core import paging, ui
from itsm.core.answers import once
from itsm.core.flow import closed_steps, open_steps, steps_of
from itsm.core.models import StepTaken

NEWEST = paging.Order()
RELEASE_ACTS = {
    "ready": ("make_ready", releasing.make_ready),
    "replan": ("replan", releasing.replan_release),
    "deploy": ("deploy", releasing.deploy),
    "close": ("close", releasing.close_release),
    "cancel": ("cancel", releasing.cancel_release),
}
TRANSITION_ACTS = {name: (name, functools.partial(transitions.go_on, step=name)) for name in TRANSITION_FORMS}
NOTES = {
    "ready": gettext_lazy("Every change of it is approved and every criterion is met. What was verified stays as it is from now on."),
    "replan": gettext_lazy("Changes and criteria may be edited again; what was verified is kept."),
    "deploy": gettext_lazy("The items that its changes touch are kept as they stand now: the baseline."),
    "close": gettext_lazy("Every change of it is done. Say what came of it."),
    "planned": gettext_lazy("Who does what, the acceptance criteria and the expected outcomes stand; the design begins."),
    "designed": gettext_lazy("The design stands; building and testing begin."),
    "accept": gettext_lazy("You saw that every acceptance criterion is met. Nobody accepts what they answer for themselves."),
    "hand_it_over": gettext_lazy("A team runs it from now on. Say what it was given, and what was achieved against the plan."),
}
"""What an act means, above its form."""
RELEASE_STAGES = (ReleaseStatus.PLANNED, ReleaseStatus.READY, ReleaseStatus.DEPLOYED, ReleaseStatus.CLOSED)
TRANSITION_STAGES = (
    TransitionStatus.PLANNING, TransitionStatus.DESIGN, TransitionStatus.BUILDING, TransitionStatus.ACCEPTED, TransitionStatus.HANDED_OVER,
)  # fmt: skip


def stepper(record, stages):
    """Past, present and coming stages of a record; a cancelled one stands alone."""
    if record.status not in stages:
        return [{"label": record.get_status_display(), "kind": "stop", "is_here": True}]
    place = stages.index(record.status)
    return [{"label": s.label, "kind": "past" if i < place else "now" if i == place else "next"} for i, s in enumerate(stages)]


def history(record):
    """`[(label of the step, step taken)]` of a record, oldest first; one query."""
    labels = {step.name: step.label for step in steps_of(type(record))}
    return [(labels.get(taken.step, taken.step), taken) for taken in StepTaken.objects.about(record).select_related("by")]


def _acts(record, person, table):
    """`[(act name, step)]` that are open to somebody, and `[(step, sentence)]` that are not."""
    names = {step: name for name, (step, _perform) in table.items()}
    free = [(names[step.name], step) for step in open_steps(record, person) if step.name in names]
    return {"acts": free, "refused": [(step, why) for step, why in closed_steps(record, person) if step.name in names]}


def release_list(request):
    """Releases, the newest first."""
    rows = Release.objects.visible_to(request.user).select_related("owner").prefetch_related("changes")
    found = paging.page(rows, NEWEST, request.GET.get("after", ""))
    return render(request, "changes/release_list.html", {"rows": found.rows, "next_url": _next(found)})


def _release(request, number):
    return get_object_or_404(Release.objects.visible_to(request.user).select_related("owner", "deployed_by", "transition"), number=number)


def release(request, number):
    """One release: its changes, criteria, baseline and result."""
    found = _release(request, number)
    return render(request, "changes/release.html", _release_page(request, found))


def _release_page(request, found, **more):
    person = request.user
    return {
        "release": found,
        "stages": stepper(found, RELEASE_STAGES),
        "bundled": found.changes.select_related("implementer").order_by("number"),
        "criteria": found.criteria.select_related("verified_by"),
        "baseline": baselines.rows(found.baseline),
        "differences": baselines.differences(found),
        "history": history(found),
        "may_edit": any(step.name == "edit" for step in open_steps(found, person)),
        "may_verify": found.status == ReleaseStatus.PLANNED,
        "side": ui.panels_for(found, person),
        "verify_form": VerifyForm(),
        **_acts(found, person, RELEASE_ACTS),
        **more,
    }


@require_http_methods(["GET", "POST"])
def release_edit(request, number=None):
    """Plan a release, or change one that is not deployed."""
    found = _release(request, number) if number else None
    form = ReleaseForm(request.POST or None, instance=found, initial=None if found else {"owner": request.user})
    if request.method == "POST" and form.is_valid():
        if found:
            kept = releasing.edit_release(found, by=request.user, onto=form.cleaned_data["onto"], **form.said())
        else:
            key = request.POST.get("request_key", "")
            kept = once(request.user, key, "plan release", lambda: releasing.plan_release(by=request.user, **form.said()))
        messages.success(request, _("%(release)s is saved.") % {"release": kept.shown_number})
        return redirect(kept)
    context = {"form": form, "release": found, "key": uuid.uuid4().hex}
    return render(request, "changes/release_form.html", context, status=422 if form.errors else 200)


@require_POST
def criterion_verify(request, number, no):
    """Say whether one criterion holds."""
    found = _release(request, number)
    criterion = get_object_or_404(Criterion, release=found, no=no)
    form = VerifyForm(request.POST)
    if not form.is_valid():
        return render(request, "changes/release.html", _release_page(request, found, verify_form=form, verifying=no), status=422)
    releasing.verify(criterion, by=request.user, **form.cleaned_data)
    return redirect(found)


def _act(request, record, name, table, forms):
    """GET shows the form of an act, POST does it once: valid → done, invalid → the form again with 422, nothing lost."""
    if name not in table:
        raise Http404
    step, perform = table[name]
    form = forms[name](request.POST if request.method == "POST" else None, initial={"request_key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        details = dict(form.cleaned_data)
        key = details.pop("request_key", "")
        once(request.user, key, f"{name} {record.shown_number}", lambda: perform(record, by=request.user, **details))
        if request.htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": record.get_absolute_url()})
        return redirect(record)
    label = getattr(type(record), step).step.label
    context = {"record": record, "form": form, "title": label, "name": name, "url": request.path, "danger": name == "cancel"}
    template = "changes/_record_act.html" if request.htmx else "changes/record_act.html"
    return render(request, template, context | {"words": NOTES.get(name, "")}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def release_act(request, number, name):
    """A verb of a release."""
    return _act(request, _release(request, number), name, RELEASE_ACTS, RELEASE_FORMS)


def transition_list(request):
    """Services that come, change greatly, go or move; the newest first."""
    rows = Transition.objects.visible_to(request.user).select_related("responsible", "service")
    found = paging.page(rows, NEWEST, request.GET.get("after", ""))
    return render(request, "changes/transition_list.html", {"rows": found.rows, "next_url": _next(found)})


def _next(found):
    return f"?after={found.next_cursor}" if found.next_cursor else ""


def _transition(request, number):
    rows = Transition.objects.visible_to(request.user).select_related("responsible", "service", "accepted_by", "handed_to")
    return get_object_or_404(rows, number=number)


def transition(request, number):
    """One transition: plan, design, tests, acceptance, hand-over, and its releases."""
    found = _transition(request, number)
    context = {
        "transition": found, "stages": stepper(found, TRANSITION_STAGES), "releases": found.releases.order_by("number"),
        "history": history(found), "may_edit": any(step.name == "edit" for step in open_steps(found, request.user)),
        "side": ui.panels_for(found, request.user), **_acts(found, request.user, TRANSITION_ACTS),
    }  # fmt: skip
    return render(request, "changes/transition.html", context)


@require_http_methods(["GET", "POST"])
def transition_edit(request, number=None):
    """Plan a transition, or write on about it."""
    found = _transition(request, number) if number else None
    form = TransitionForm(request.POST or None, instance=found, initial=None if found else {"responsible": request.user})
    if request.method == "POST" and form.is_valid():
        if found:
            kept = transitions.edit_transition(found, by=request.user, onto=form.cleaned_data["onto"], **form.said())
        else:
            key = request.POST.get("request_key", "")
            kept = once(request.user, key, "plan transition", lambda: transitions.plan_transition(by=request.user, **form.said()))
        messages.success(request, _("%(transition)s is saved.") % {"transition": kept.shown_number})
        return redirect(kept)
    context = {"form": form, "transition": found, "key": uuid.uuid4().hex}
    return render(request, "changes/transition_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def transition_act(request, number, name):
    """A verb of a transition."""
    return _act(request, _transition(request, number), name, TRANSITION_ACTS, TRANSITION_FORMS)
