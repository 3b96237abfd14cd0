"""Pages of the service catalogue."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalog import drawing, rules, services
from catalog.forms.catalogue import EndForm, EntitlementForm, ServiceForm
from catalog.models import ConfigurationItem, Entitlement, Service
from itsm.core import ui


def service_list(request):
    """The catalogue: every service with its facets in short."""
    retired = request.GET.get("retired") == "1"
    shown = Service.objects.visible_to(request.user).select_related("owner", "team").filter(retired_at__isnull=not retired)
    context = {"services": shown, "retired": retired, "may_keep": rules.may_keep(request.user)}
    return render(request, "catalog/service_list.html", context)


def service(request, code):
    """One service: what it promises, to whom, and who bought it."""
    found = _found(request, code)
    return render(request, "catalog/service.html", _page(request, found, EntitlementForm()))


def _page(request, found, form):
    bought = found.entitlements.select_related("customer").order_by("customer__name", "-valid")
    as_item = ConfigurationItem.objects.get(service=found)
    made_of, more = drawing.made_of(as_item)
    return {
        "service": found, "entitlements": bought, "form": form, "may_keep": rules.may_keep(request.user),
        "as_item": as_item, "made_of": made_of, "made_of_more": more,
        "parts": ui.panels_for(found, request.user, "main"),
    }  # fmt: skip


def _found(request, code):
    return get_object_or_404(Service.objects.visible_to(request.user).select_related("owner", "team"), code=code)


def _kept(request, code):
    if not rules.may_keep(request.user):
        raise PermissionDenied
    return _found(request, code)


@require_http_methods(["GET", "POST"])
def service_edit(request, code=None):
    """Write a new service, or change one."""
    found = _kept(request, code) if code else None
    if not rules.may_keep(request.user):
        raise PermissionDenied
    form = ServiceForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        kept = services.keep_service(form.save(commit=False), by=request.user)
        messages.success(request, _("%(service)s is saved.") % {"service": kept})
        return redirect(kept)
    return render(request, "catalog/service_form.html", {"form": form, "service": found}, status=422 if form.errors else 200)


@require_POST
def service_retire(request, code):
    """Retire a live service, or bring a retired one back."""
    found = _kept(request, code)
    act = {"retire": services.retire, "bring_back": services.bring_back}.get(request.POST.get("act"))
    if act is None:
        raise Http404
    return redirect(act(found, by=request.user))


@require_POST
def entitlement_add(request, code):
    """Record that a customer bought the service."""
    found = _kept(request, code)
    form = EntitlementForm(request.POST)
    if not form.is_valid():
        return render(request, "catalog/service.html", _page(request, found, form), status=422)
    services.entitle(form.cleaned_data["customer"], found, by=request.user, valid=form.cleaned_data["valid"])
    return redirect(found)


@require_POST
def entitlement_end(request, code, pk):
    """End what a customer bought with a day."""
    found = _kept(request, code)
    bought = get_object_or_404(Entitlement, pk=pk, service=found)
    form = EndForm(request.POST)
    if form.is_valid():
        services.end_entitlement(bought, by=request.user, last_on=form.cleaned_data["last_on"])
    else:
        messages.error(request, _("Enter the last day."))
    return redirect(found)
