"""The quick log: a complete incident in under a minute, with the keyboard alone."""

import re
import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from catalog.models import Entitlement
from incidents import rules, services
from incidents.forms import LogForm, PreviewForm
from incidents.models import Incident, matrix_priority
from incidents.models.incident import MATRIX, Level
from itsm.core import clock
from itsm.core.answers import once
from itsm.core.wordsearch import query
from itsm.people.models import Person
from itsm.people.zones import company_day
from sla import services as sla

PICKED = 200
"""Contacts that the picker shows at once; more are found by typing."""
NUMBER = re.compile(r"[0-9]{1,18}")


def _permitted(request):
    if not rules.may_log(request.user):
        raise PermissionDenied(str(rules.may_log.sentence))


@require_http_methods(["GET", "POST"])
def incident_log(request):
    """Log an incident: as a page, or as a dialog over any other."""
    _permitted(request)
    form = LogForm(request.POST or None, request.FILES or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        return _logged(request, form)
    template = "incidents/_quick_log.html" if request.htmx else "incidents/log.html"
    return render(request, template, _page(form), status=422 if form.errors else 200)


def _initial(request):
    known = {name: request.GET[name] for name in ("customer", "contact", "service") if request.GET.get(name)}
    return {"request_key": uuid.uuid4().hex, "contacted_at": clock.now(), **known}


def _page(form):
    rows = [(Level(i), [(Level(u), MATRIX[i, u]) for u in (1, 2, 3)]) for i in (1, 2, 3)]
    return {"form": form, "matrix": rows, "levels": list(Level)}


def _logged(request, form):
    details = dict(form.cleaned_data)
    key = details.pop("request_key")
    incident = once(request.user, key, "log incident", lambda: services.log(by=request.user, **details))
    told = _("%(number)s is logged and with %(person)s.") if incident.assignee else _("%(number)s is logged and waits in the team's queue.")
    messages.success(request, told % {"number": incident.shown_number, "person": incident.assignee})
    response = redirect(incident)
    if request.htmx:
        response.status_code = 204
        response["HX-Redirect"] = response.url
        del response["Location"]
    return response


@require_GET
def incident_preview(request):
    """What is known while the caller talks: priority, promise, who gets it, similar incidents. Writes nothing."""
    _permitted(request)
    form = PreviewForm(request.GET)
    known = {name: value for name, value in form.data.items() if value} and (form.is_valid() or True) and form.cleaned_data
    return render(request, "incidents/_preview.html", _preview(known or {}))


def _preview(known):
    at = clock.now()
    customer, service = known.get("customer"), known.get("service")
    by_matrix = matrix_priority(known["impact"], known["urgency"]) if known.get("impact") and known.get("urgency") else None
    priority = known.get("priority") or by_matrix
    contacted_at = min(known.get("contacted_at") or at, at)
    found = {"at": at, "service": service, "by_matrix": by_matrix, "priority": priority, "contacted_at": contacted_at}
    found["minutes_ago"] = int((at - contacted_at).total_seconds() // 60)
    if customer and service:
        found["bought"] = Entitlement.objects.held(customer, service, company_day(at)).exists()
        if priority:
            found["promise"] = sla.promise(customer, service, priority, contacted_at)
    if service and priority:
        found["goes_to"] = services.would_get(service.team, priority, at)
    if customer:
        found["similar"] = similar(customer, service, known.get("title", ""))
    return found


def similar(customer, service, title):
    """Open incidents of the customer on the same service or with the same words; at most five, newest first."""
    rows = Incident.objects.open().filter(customer=customer).select_related("service", "assignee")
    words = query(title)
    same = rows.filter(service=service) if service else rows.none()
    if words is not None:
        same = same | rows.filter(search_text__words=words)
    return same.order_by(F("id").desc())[:5]


@require_GET
def customer_contacts(request):
    """Contacts of a customer, for the picker: `{"results": [{value, text, remark}]}`; `q` finds one among many."""
    _permitted(request)
    chosen = request.GET.get("customer", "")
    people = Person.objects.contacts().active().filter(organisation=int(chosen)) if NUMBER.fullmatch(chosen) else Person.objects.none()
    words = request.GET.get("q", "").strip()[:100]
    shown = [
        {"value": p.pk, "text": p.display, "remark": p.phone or p.email or ""} for p in people.found(words).order_by("name", "id")[:PICKED]
    ]
    return JsonResponse({"results": shown})
