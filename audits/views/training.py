"""Auditors and what they were trained in (requirement 81)."""

import uuid
from collections import defaultdict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audits import access, services, suggesting
from audits.audit_forms import TrainingForm
from audits.finding_forms import ReasonForm
from audits.models import AuditorTraining
from audits.views.results import must_read
from itsm.core import clock
from itsm.core.answers import once
from itsm.documents.models import Attachment
from itsm.people.forms import attempt
from itsm.people.zones import company_day


@require_http_methods(["GET", "HEAD", "POST"])
def auditors(request):
    """Every internal auditor, and everybody with a recorded training; and recording one."""
    must_read(request)
    may_record = access.may_record_training(request.user)
    if request.method == "POST" and not may_record:
        raise PermissionDenied
    form = TrainingForm(request.POST or None, request.FILES or None, initial={"request_key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        key = said.pop("request_key")
        if attempt(form, lambda: once(request.user, key, "record training", lambda: services.record_training(by=request.user, **said))):
            messages.success(request, _("The training of %(name)s is recorded.") % {"name": said["person"].display})
            return redirect("audits:auditors")
    context = {"lines": _lines(clock.now()), "form": form, "may_record": may_record}
    return render(request, "audits/auditors.html", context, status=422 if form.errors else 200)


def _lines(at):
    """`[(person, whether a training counts today, [(training, whether it counts, files)])]` by name; four queries."""
    day, held = company_day(at), defaultdict(list)
    trainings = list(AuditorTraining.objects.standing().select_related("person__organisation", "recorded_by"))
    files = defaultdict(list)
    for file in Attachment.objects.of_all(trainings):
        files[file.object_id].append(file)
    for training in trainings:
        held[training.person].append((training, training.counts_on(day), files[training.pk]))
    people = {*suggesting.auditors(at), *held}
    lines = [(person, any(counts for _training, counts, _files in held[person]), held[person]) for person in people]
    return sorted(lines, key=lambda line: (line[0].name, line[0].pk))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, pk):
    """Take back a training, with a reason."""
    must_read(request)
    if not access.may_record_training(request.user):
        raise PermissionDenied
    training = get_object_or_404(AuditorTraining.objects.standing().select_related("person"), pk=pk)
    form = ReasonForm(request.POST or None, initial={"request_key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(form, lambda: services.withdraw_training(training, by=request.user, reason=reason)):
            messages.success(request, _("The training of %(name)s is taken back.") % {"name": training.person.display})
            return redirect("audits:auditors")
    return render(request, "audits/training_withdraw.html", {"training": training, "form": form}, status=422 if form.errors else 200)
