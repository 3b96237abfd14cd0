"""Writing a change: new, from a model, and edited without losing anybody's edit."""

import uuid

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db.models import Q
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from catalog.models import ConfigurationItem
from changes import rules, services
from changes.forms.writing import ChangeForm, FollowForm
from changes.models import Change, Choice, Decision, Kind, Outcome
from changes.services import raising
from changes.views import typing
from itsm.core import clock
from itsm.core.answers import once

MOST_FOUND = 30


@require_http_methods(["GET", "HEAD", "POST"])
def change_new(request, kind=Kind.NORMAL):
    """Write a new normal or emergency change; it stays a draft until it is submitted."""
    _must_raise(request.user)
    first = {"kind": kind, "request_key": uuid.uuid4().hex}
    return _written(request, ChangeForm, first, {}, {"kind": kind})


@require_http_methods(["GET", "HEAD"])
def change_choose_model(request):
    """The models that may be followed now, to choose one."""
    _must_raise(request.user)
    return render(request, "changes/choose_model.html", {"models": services.usable(clock.now())})


@require_http_methods(["GET", "HEAD", "POST"])
def change_follow(request, code):
    """Write a standard change: its content is the model's, unchanged."""
    _must_raise(request.user)
    model = get_object_or_404(services.usable(clock.now()), code=code)
    first = {"model": code, "title": model.name, "request_key": uuid.uuid4().hex}
    return _written(request, FollowForm, first, {"kind": Kind.STANDARD}, {"kind": Kind.STANDARD, "followed": model})


def _must_raise(person):
    if not rules.may_raise(person):
        raise PermissionDenied


def _written(request, form_class, first, fixed, shown):
    """The empty form, the form again, or the change that was written down."""
    now, status = clock.now(), 200
    form = typing.form_of(request, form_class, first, now=now)
    if typing.is_sent(request):
        status = 422
        if form.is_valid() and (change := typing.attempt(form, lambda: _raised(request, form, fixed))):
            return _done(request, change)
    return render(request, "changes/write.html", {"form": form, "now": now, **shown}, status=status)


def _raised(request, form, fixed):
    details = typing.fields_of(form) | fixed
    key = form.cleaned_data.get("request_key", "")
    return once(request.user, key, "raise change", lambda: services.raise_change(by=request.user, **details))


def _done(request, change):
    messages.success(request, _("%(change)s is saved.") % {"change": change.shown_number})
    return redirect(reverse("changes:risk", args=[change.number]) if request.POST.get("act") == "risk" else change.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def change_edit(request, number):
    """Edit a change; who edits onto something older sees what is different now, and what they typed."""
    change = get_object_or_404(Change.objects.visible_to(request.user).select_related("implementer", "model", "assessment"), number=number)
    if refusal := raising.edit_refusal(change, request.user):
        raise refusal
    form_class = FollowForm if change.kind == Kind.STANDARD else ChangeForm
    details = {"now": clock.now(), "change": change} | ({} if form_class is FollowForm else {"plan": change.plan})
    form, status, differing = typing.form_of(request, form_class, typing.initial_of(change), **details), 200, []
    if typing.is_sent(request):
        status = 422
        if form.is_valid() and typing.attempt(form, lambda: _edited(request, change, form)):
            return _done(request, change)
        if form.has_error(NON_FIELD_ERRORS, "stale"):
            form, differing = typing.onto_now(form, change), typing.differing(form, change)
    shown = {"form": form, "change": change, "kind": change.kind, "followed": change.model, "decided": decided(change)}
    return render(request, "changes/write.html", {**shown, "differing": differing, "now": details["now"]}, status=status)


def _edited(request, change, form):
    fields = typing.fields_of(form, change)
    return services.edit(change, by=request.user, onto=form.cleaned_data.get("onto"), **fields)


def decided(change):
    """Everybody whose decision a material edit would void, in the order in which they decided."""
    counting = Decision.objects.filter(stage__round__change=change, stage__round__outcome__in=[Outcome.PENDING, Outcome.APPROVED])
    rows = counting.exclude(choice=Choice.ASK).select_related("person").order_by("id")
    return list(dict.fromkeys(decision.person for decision in rows))


@require_GET
def pick_items(request):
    """Configuration items for the picker: `{"results": [{value, text, remark}]}`; `q` finds one among thousands."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = ConfigurationItem.objects.visible_to(request.user).living().select_related("type", "service")
    rows = found.filter(Q(code__icontains=words) | Q(name__icontains=words))[:MOST_FOUND]
    return JsonResponse({"results": [{"value": i.pk, "text": f"{i.code} · {i.label()}", "remark": i.type.label()} for i in rows]})
