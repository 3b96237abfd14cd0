"""A proposal that a change caused an incident, judged from the page of either."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from changes.models import Change
from incidents import forms, rules, services
from incidents.models import Incident
from itsm.core.answers import once

VERDICTS = {
    "confirm": (_("It was caused by this change"), forms.ConfirmCauseForm, services.confirm_cause),
    "deny": (_("It was not caused by this change"), forms.ReasonForm, services.deny_cause),
}


@require_http_methods(["GET", "POST"])
def cause_judge(request, number, change, verdict):
    """GET asks for the reason, POST keeps the verdict and goes back to the page it came from."""
    incident = get_object_or_404(Incident.objects.visible_to(request.user), number=number)
    found = get_object_or_404(Change.objects.visible_to(request.user), number=change)
    if verdict not in VERDICTS:
        raise Http404
    if not rules.may_trace(request.user, incident):
        raise PermissionDenied(str(rules.may_trace.sentence))
    title, form_class, perform = VERDICTS[verdict]
    form = form_class(request.POST or None, initial={"request_key": uuid.uuid4().hex})
    back = found if request.GET.get("back") == "change" else incident
    if request.method == "POST" and form.is_valid():
        details = dict(form.cleaned_data)
        key = details.pop("request_key")
        once(request.user, key, f"{verdict} cause {number}", lambda: perform(incident, by=request.user, change=found, **details))
        if request.htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": back.get_absolute_url()})
        return redirect(back)
    template = "incidents/_cause_form.html" if request.htmx else "incidents/cause.html"
    context = {"incident": incident, "change": found, "verdict": verdict, "title": title, "form": form, "back": back}
    return render(request, template, context, status=422 if form.errors else 200)
