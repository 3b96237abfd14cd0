"""Freezes: the list, one of them with the changes it affects, and setting, editing and withdrawing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from changes import rules, services
from changes.forms.acts import ReasonForm
from changes.forms.scheduling import FreezeForm
from changes.models import FreezeWindow
from itsm.core import clock


def freeze_list(request):
    """Freezes to come and in force; on request those that are over or withdrawn."""
    now = clock.now()
    freezes = FreezeWindow.objects.select_related("set_by").prefetch_related("services")
    over = "over" in request.GET
    shown = (
        freezes.exclude(withdrawn_at=None, ends_at__gt=now).order_by("-starts_at") if over else freezes.standing().filter(ends_at__gt=now)
    )
    facts = {"freezes": shown[:200], "over": over, "may_set": rules.manages(request.user), "at": now}
    return render(request, "changes/freeze_list.html", facts)


def freeze(request, pk):
    """One freeze, and the changes that are booked in it."""
    found = _freeze(pk)
    now = clock.now()
    standing = found.withdrawn_at is None and found.ends_at > now
    facts = {"freeze": found, "standing": standing, "affected": services.affected(found) if standing else (), "form": ReasonForm()}
    return render(request, "changes/freeze.html", {**facts, "may_set": rules.manages(request.user)})


@require_http_methods(["GET", "POST"])
def freeze_new(request):
    """Set a freeze; what is booked in it already is listed at once."""
    _must_manage(request)
    return _written(request, None, services.set_freeze)


@require_http_methods(["GET", "POST"])
def freeze_edit(request, pk):
    """Change a freeze."""
    _must_manage(request)
    found = _freeze(pk)
    return _written(request, found, lambda **fields: services.edit_freeze(found, **fields))


@require_POST
def freeze_withdraw(request, pk):
    """End a freeze before its time."""
    found = _freeze(pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it is withdrawn."))
        return redirect("changes:freeze", pk)
    services.withdraw_freeze(found, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("The freeze is withdrawn."))
    return redirect("changes:freeze", pk)


def _written(request, found, act):
    form = FreezeForm(request.POST or None, instance=found)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "changes/freeze_form.html", {"form": form, "freeze": found}, status=status)
    kept = act(by=request.user, **form.cleaned_data)
    messages.success(request, _("The freeze is set. Whoever has a change booked in it is told."))
    return redirect("changes:freeze", kept.pk)


def _freeze(pk):
    return get_object_or_404(FreezeWindow.objects.select_related("set_by").prefetch_related("services"), pk=pk)


def _must_manage(request):
    if not rules.manages(request.user):
        raise PermissionDenied
