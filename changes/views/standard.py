"""Pages of standard models: the list, one of them with its runs, and its verbs."""

import dataclasses
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from changes import rules, services
from changes.forms.acts import KeyedForm, ReasonForm
from changes.forms.standard import ModelForm, ReviewForm
from changes.models import Change, ModelStatus, Result, StandardModel
from changes.services import models
from changes.services.raising import COPIED
from changes.views import typing
from itsm.core import clock
from itsm.core.answers import once
from itsm.core.flow import open_steps
from itsm.people.zones import company_day

MOST_RUNS = 50


@dataclasses.dataclass(frozen=True)
class ModelAct:
    """One button of a model's page; `step` says whether it is offered."""

    step: str
    title: object
    form_class: type
    perform: Callable
    icon: str
    note: object = ""


ACTS = {
    "approve": ModelAct("approve", gettext_lazy("Approve the model"), ReviewForm, services.approve_model, icon="check",
                        note=gettext_lazy("From then on changes follow it without anybody being asked, as long as none fails.")),
    "keep": ModelAct("keep", gettext_lazy("Keep it after its review"), ReviewForm, services.review_model, icon="check"),
    "rework": ModelAct("rework", gettext_lazy("Rework the model"), KeyedForm, services.rework_model, icon="pencil",
                       note=gettext_lazy("It is a draft then, and can't be used until somebody approves it.")),
    "suspend": ModelAct("suspend", gettext_lazy("Suspend the model"), ReasonForm, services.suspend_model, icon="player-pause"),
    "retire": ModelAct("retire", gettext_lazy("Retire the model"), KeyedForm, services.retire_model, icon="archive",
                       note=gettext_lazy("It can't be used any more; its runs stay.")),
}  # fmt: skip


@require_safe
def model_list(request):
    """Every model by its state, with how often it ran."""
    rows = StandardModel.objects.select_related("author", "approved_by").annotate(runs=Count("changes")).order_by("status", "code")
    context = {"rows": rows, "today": company_day(clock.now()), "may_write": rules.may_raise(request.user)}
    return render(request, "changes/models.html", context)


def _found(request, code):
    if not rules.may_read(request.user):
        raise Http404
    return get_object_or_404(StandardModel.objects.select_related("author", "approved_by", "edited_by"), code=code)


@require_safe
def model(request, code):
    """One model: what it says, who approved it, how its runs ended."""
    found, now = _found(request, code), clock.now()
    runs = Change.objects.filter(model=found)
    results = runs.exclude(result="").values_list("result").annotate(number=Count("pk")).order_by("-number")
    free = {step.name for step in open_steps(found, request.user)}
    context = {
        "model": found, "runs": runs.select_related("requester", "implementer").order_by("-number")[:MOST_RUNS],
        "results": [(Result(result).label, number) for result, number in results],
        "acts": [(name, act) for name, act in ACTS.items() if act.step in free and (name != "suspend" or rules.manages(request.user))],
        "may_edit": models.edit_refusal(found, request.user) is None, "trouble": models.unusable_because(found, now),
    }  # fmt: skip
    return render(request, "changes/model.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def model_new(request):
    """Write a new model."""
    if not rules.may_raise(request.user):
        raise PermissionDenied
    form, status = typing.form_of(request, ModelForm, {}), 200
    if typing.is_sent(request):
        status = 422
        if form.is_valid() and (done := typing.attempt(form, lambda: services.write_model(by=request.user, **typing.fields_of(form)))):
            messages.success(request, _("%(model)s is saved. Somebody else has to approve it.") % {"model": done})
            return redirect(done)
    return render(request, "changes/model_form.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def model_edit(request, code):
    """Change what a model says; an approved one has to be approved again."""
    found = _found(request, code)
    if refusal := models.edit_refusal(found, request.user):
        raise refusal
    first = {name: getattr(found, name) for name in ("name", *COPIED)} | {"onto": found.steps_taken}
    form, status = typing.form_of(request, ModelForm, first, model=found, plan=found.plan), 200
    if typing.is_sent(request):
        status = 422
        if form.is_valid() and typing.attempt(form, lambda: _edited(request, found, form)):
            return redirect(found)
        if form.has_error(NON_FIELD_ERRORS, "stale"):
            form = typing.onto_now(form, found)
    return render(
        request, "changes/model_form.html", {"form": form, "model": found, "is_used": found.status == ModelStatus.APPROVED}, status=status
    )


def _edited(request, found, form):
    return services.edit_model(found, by=request.user, onto=form.cleaned_data.get("onto"), **typing.fields_of(form, found))


@require_http_methods(["GET", "HEAD", "POST"])
def model_act(request, code, name):
    """GET shows a verb's form, POST does it once."""
    found, act = _found(request, code), ACTS.get(name)
    if act is None:
        raise Http404
    form = act.form_class(initial={"request_key": uuid.uuid4().hex}) if request.method != "POST" else act.form_class(request.POST)
    if request.method == "POST" and form.is_valid():
        details = dict(form.cleaned_data)
        key = details.pop("request_key", "")
        if typing.attempt(form, lambda: once(request.user, key, f"{name} {code}", lambda: act.perform(found, by=request.user, **details))):
            return redirect(found)
    status = 422 if request.method == "POST" else 200
    return render(request, "changes/model_act.html", {"model": found, "act": act, "name": name, "form": form}, status=status)
