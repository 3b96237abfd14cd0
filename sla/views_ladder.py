"""Doors of the ladder: somebody has seen an escalation; who is told when, written and tried out for a draft."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from itsm.core import clock
from sla import forms_ladder as forms
from sla import ladder, rules, services
from sla.models import Agreement, Clock


@require_POST
def escalation_acknowledge(request, pk):
    """I have seen the escalation of this clock, and those that wait on the same record."""
    clock_seen = get_object_or_404(Clock.objects.visible_to(request.user), pk=pk)
    record = services.acknowledge(clock_seen.record, by=request.user)
    messages.success(request, _("Noted: you have seen it. The next step comes at its own time."))
    return redirect(record.sla_subject().url)


@require_http_methods(["GET", "HEAD", "POST"])
def ladder_edit(request, pk):
    """The ladder of an agreement's draft, with a preview of who would be told when; the first visit makes the draft."""
    if not rules.may_keep_agreements(request.user):
        raise PermissionDenied
    agreement = get_object_or_404(Agreement.objects.visible_to(request.user).select_related("customer", "service"), pk=pk)
    version = services.draft_version(agreement, by=request.user)
    version.agreement = agreement
    if request.POST.get("act") == "save":
        return _saved(request, version)
    return _page(request, version, _rungs(request, version))


def _saved(request, version):
    """Save what is valid and go back to the draft; otherwise the page again, nothing lost."""
    rungs = _typed(request, version)
    if not rungs.is_valid():
        return _page(request, version, rungs, status=422)
    services.save_ladder(version, by=request.user, rungs=rungs.rungs())
    messages.success(request, _("The ladder is saved with the draft. It binds nobody until it is published."))
    there = reverse("sla:agreement", args=[version.agreement_id])
    return HttpResponse(status=204, headers={"HX-Redirect": there}) if request.htmx else redirect(there)


def _rungs(request, version):
    """The rows to show: as kept, as typed with a row more or less, the default again, or as typed to be tried out."""
    act, targets = request.POST.get("act", ""), services.targets_of_ladder(version)
    if request.method != "POST":
        return forms.Rungs(initial=forms.rows_of(version.ladder), targets=targets)
    if act == "default":
        return forms.Rungs(initial=forms.rows_of(ladder.default()), targets=targets)
    typed = forms.rows_typed(request.POST)
    if act == "add":
        return forms.Rungs(initial=[*typed, forms.BLANK], targets=targets)
    if act.startswith("remove-"):
        return forms.Rungs(initial=[row for i, row in enumerate(typed) if act != f"remove-{i}"], targets=targets)
    return _typed(request, version)


def _typed(request, version):
    return forms.Rungs(request.POST, targets=services.targets_of_ladder(version))


def _page(request, version, rungs, status=200):
    """The page with the rehearsal of the rows it shows, as long as they make a ladder."""
    now = clock.now()
    trial = forms.TrialForm(request.POST if "try-at" in request.POST else forms.TrialForm.usual(version), version=version, now=now)
    kept, contact, rehearsals = rungs.kept(), trial.contact() if trial.is_valid() else None, []
    if kept and contact:
        version.ladder = kept
        rehearsals = services.rehearse(version, **contact)
    context = {
        "agreement": version.agreement, "version": version, "rungs": rungs, "trial": trial, "rehearsals": rehearsals,
        "contact": contact, "is_ladder": bool(kept),
    }  # fmt: skip
    is_wrong = trial.errors or (rungs.is_bound and not rungs.is_valid())
    return render(request, "sla/ladder_form.html", context, status=422 if is_wrong else status)
