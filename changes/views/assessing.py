"""The risk page of a change, and who will have to decide, told while somebody still writes."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from changes import explaining, risk, services
from changes.forms.risk import RiskForm, first
from changes.forms.who import WhoForm
from changes.models import Change
from changes.views import typing
from itsm.core import clock


@require_http_methods(["GET", "HEAD", "POST"])
def change_risk(request, number):
    """Answer the questions in force; sum and risk follow live in the page, and the server decides."""
    change = get_object_or_404(Change.objects.visible_to(request.user).select_related("assessment"), number=number)
    if refusal := Change.assess.step.refusal(change, request.user):
        raise refusal
    version, status = services.questions_in_force(), 200
    details = {"questionnaire": version, "category": change.category}
    form = RiskForm(initial=first(change.assessment, version), **details)
    if request.method == "POST":
        form, status = RiskForm(request.POST, **details), 422
        if form.is_valid() and (done := typing.attempt(form, lambda: _assessed(request, change, form))):
            messages.success(
                request, _("Assessed: %(risk)s, %(score)s points.") % {"risk": done.get_risk_display(), "score": done.assessment.score}
            )
            return redirect(change)
        if "questionnaire" in form.errors:
            form.data = form.data.copy()
            form.data["questionnaire"] = str(version.no)
    context = {"change": change, "form": form, "version": version, "highest": risk.highest(version.questions)}
    return render(request, "changes/risk.html", context, status=status)


def _assessed(request, change, form):
    ticked = [code for code in form.cleaned_data["triggers"] if code != form.always]
    return services.assess(
        change, by=request.user, answers=form.answers(), triggers=ticked, remark=form.cleaned_data["remark"], questionnaire=form.version
    )


@require_GET
def change_who(request):
    """Who would have to decide about what is chosen so far, and which customers are not named; writes nothing."""
    form = WhoForm(request.GET, person=request.user)
    draft = form.draft()
    found = explaining.explain(draft, clock.now()) if draft else None
    return render(request, "changes/_who.html", {"explanation": found, "live": True, "draft": draft})
