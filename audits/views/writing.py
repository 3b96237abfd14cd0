"""Pages on which a service manager puts a rule together, tries it, keeps it, and retires it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audits import access, known, records, services
from audits.forms import RetireForm, RuleForm
from audits.models import WrittenRule
from audits.services import writing
from audits.views.results import must_read, written
from audits.vocabulary import SORTS
from itsm.core.errors import NotAllowed, Refused

TRY, KEEP = "try", "keep"


def _must_write(request):
    must_read(request)
    if not access.may_write(request.user):
        raise NotAllowed(access.may_write.sentence)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request):
    """Put a rule together: first the sort of records, then what is asked of them; tried before it is kept."""
    _must_write(request)
    record = request.POST.get("record") or request.GET.get("record")
    if record not in SORTS:
        return render(request, "audits/rule_sorts.html", {"sorts": SORTS.values()})
    return _page(request, RuleForm(request.POST if request.method == "POST" else None, record=record))


@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request, rule_id):
    """The next version of a rule of our own."""
    _must_write(request)
    held = _standing(rule_id)
    version = held.versions.first()
    begins = {name: getattr(version, name) for name in ("question", "question_en", "clause", "process", "days")}
    data = request.POST if request.method == "POST" else None
    form = RuleForm(data, record=version.record, initial=begins, conditions=version.conditions)
    return _page(request, form, held)


def _standing(rule_id):
    held = written(rule_id)
    if held is None or held.retired_at:
        raise Http404
    return held


def _page(request, form, held=None):
    """The form; after a try what it would come to, after that the rule kept."""
    context = {"form": form, "held": held, "sort": form.sort}
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("act") == KEEP:
                kept = services.keep_rule(by=request.user, token=request.POST.get("token", ""), rule=held, **form.said())
                messages.success(request, _("The rule is kept. It runs tonight, or now if you want."))
                return redirect("audits:rule", kept.shown_id)
            context |= _tried(request, form)
        except Refused as refused:
            if isinstance(refused, NotAllowed):
                raise
            form.add_error(None, str(refused.sentence))
    return render(request, "audits/rule_form.html", context, status=422 if form.is_wrong else 200)


def _tried(request, form):
    rule, tried, token = writing.try_rule(by=request.user, **form.said())
    found = records.loaded(rule.model, [key for key, _reasons, _details in tried.shown])
    rows = [(records.place(found[key]) if key in found else None, rule.said(reasons, details)) for key, reasons, details in tried.shown]
    return {"rule": rule, "tried": tried, "token": token, "rows": rows}


@require_http_methods(["GET", "HEAD", "POST"])
def rule_retire(request, rule_id):
    """A rule of our own runs no more; its runs stay."""
    _must_write(request)
    held = _standing(rule_id)
    form = RetireForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.retire_rule(held, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The rule is retired."))
        return redirect("audits:rule", held.shown_id)
    return render(request, "audits/rule_retire.html", {"form": form, "held": held}, status=422 if form.errors else 200)


@require_safe
def retired_list(request):
    """The rules of our own that run no more, with the reason."""
    must_read(request)
    rows = known.newest(WrittenRule.objects.filter(retired_at__isnull=False)).select_related("rule__retired_by")
    return render(request, "audits/retired.html", {"rows": rows})
