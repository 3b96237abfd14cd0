"""Pages of programmes: the years, one year with what it covers, and writing one."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audits import audit_rules as rules
from audits import coverage, services
from audits.acts import buttons
from audits.audit_acts import PROGRAMME_ACTS
from audits.audit_forms import ProgrammeForm
from audits.models import Programme
from audits.views.acting import act_on
from itsm.core import clock
from itsm.core.answers import once
from itsm.people.forms import attempt
from itsm.people.zones import company_day


@require_safe
def programme_list(request):
    """The years that have a programme."""
    at = clock.now()
    rows = Programme.objects.visible_to(request.user).select_related("owner", "approved_by").annotate(many=Count("audits"))
    context = {
        "rows": rows, "first": coverage.first_audit(at), "may_plan": rules.may_plan_audits(request.user), "today": company_day(at)
    }  # fmt: skip
    return render(request, "audits/programme_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def programme_new(request):
    """Write the programme of a year, with audits for everything if wanted."""
    if not rules.may_plan_audits(request.user):
        raise PermissionDenied
    if request.method == "POST":
        form = ProgrammeForm(request.POST)
        if form.is_valid() and (programme := attempt(form, lambda: _written(form, request.user))):
            messages.success(request, _("%(programme)s is written.") % {"programme": programme})
            return redirect(programme)
    else:
        year = request.GET.get("year", "")
        year = int(year) if year.isascii() and year.isdigit() else _next_year()
        form = ProgrammeForm(initial={"request_key": uuid.uuid4().hex, "year": year, "owner": request.user})
    return render(request, "audits/programme_new.html", {"form": form}, status=422 if form.errors else 200)


def _next_year():
    """This year, or the one after the last that has a programme."""
    last = Programme.objects.order_by("-year").values_list("year", flat=True).first()
    this = company_day(clock.now()).year
    return this if last is None or last < this else last + 1


def _written(form, person):
    said = dict(form.cleaned_data)
    key, draft = said.pop("request_key"), said.pop("draft")

    def perform():
        programme = services.write_programme(by=person, **said)
        return services.draft_audits(programme, by=person) if draft else programme

    return once(person, key, "write programme", perform)


def found(request, year):
    """The programme of a year, if the person may see it; otherwise 404."""
    if not rules.may_read(request.user):
        raise Http404
    return get_object_or_404(Programme.objects.select_related("owner", "approved_by"), year=year)


@require_safe
def programme(request, year):
    """One year: what it is for, what it covers and what is missing, its audits."""
    shown, at = found(request, year), clock.now()
    acts, refused = buttons(shown, request.user, PROGRAMME_ACTS)
    covered = coverage.covered(shown, at)
    acts = [act for act in acts if act.name != "draft" or covered.gaps]
    context = {
        "programme": shown, "covered": covered, "acts": acts, "refused": refused, "today": company_day(at),
        "audits": shown.audits.select_related("lead").order_by("starts_on", "id"), "first": coverage.first_audit(at),
        "may_plan": rules.may_plan_audits(request.user),
    }  # fmt: skip
    return render(request, "audits/programme.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def programme_act(request, year, name):
    """A verb of a programme."""
    return act_on(request, found(request, year), PROGRAMME_ACTS, name)
