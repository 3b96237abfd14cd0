"""What another priority or service would do to the promises, shown before anything is saved."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from incidents.forms import ForecastForm
from incidents.models import Incident, matrix_priority
from incidents.rules import may_work
from itsm.core import clock
from sla import services as sla


@require_GET
def incident_forecast(request, number):
    """Old and new due times for what is chosen in the form so far; writes nothing."""
    rows = Incident.objects.visible_to(request.user).select_related("customer", "service", "team", "assignee")
    incident = get_object_or_404(rows, number=number)
    if not may_work(request.user, incident):
        raise PermissionDenied(str(may_work.sentence))
    return render(request, "incidents/_forecast.html", {"incident": incident, "forecast": of(incident, request.GET)})


def of(incident, chosen):
    """`{lines, breaks, accepted, priority, service}` for the data of a form, or None while it changes nothing."""
    form = ForecastForm(chosen)
    form.is_valid()
    known, at = form.cleaned_data, clock.now()
    priority = known.get("priority") or _by_matrix(known)
    if service := known.get("service"):
        lines = sla.forecast_service(incident, service, at=at) if service.pk != incident.service_id else []
    else:
        lines = sla.forecast_priority(incident, priority, reason=known.get("why", ""), at=at) if _changes(incident, priority) else []
    breaks = [line for line in lines if line.breaks]
    return {"lines": lines, "breaks": breaks, "accepted": known.get("breach_accepted"), "priority": priority, "service": service, "at": at}


def _by_matrix(known):
    return matrix_priority(known["impact"], known["urgency"]) if known.get("impact") and known.get("urgency") else None


def _changes(incident, priority):
    return priority is not None and priority != incident.priority
