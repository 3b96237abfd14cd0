"""Ticking steps in place, and bringing items up to date, on a change's page."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from changes import services
from changes.carrying import carrying_out
from changes.forms.doing import ItemUpdateForm, TickForm
from changes.models import Change
from itsm.core.answers import once


def _found(request, number):
    return get_object_or_404(Change.objects.visible_to(request.user).select_related("requester", "implementer"), number=number)


@require_POST
def step_begin(request, number, no):
    """A step is begun."""
    change = _found(request, number)
    services.begin_step(change, by=request.user, no=no)
    return _ticked(request, number)


@require_POST
def step_end(request, number, no):
    """A step has ended: done, failed or skipped, as the button says. Nonsense instead of a result is refused like everything else."""
    change = _found(request, number)
    form = TickForm(request.POST)
    if not form.is_valid():
        return _ticked(request, number, status=422, form=form, no=no)
    services.end_step(change, by=request.user, no=no, **form.cleaned_data)
    return _ticked(request, number)


def _ticked(request, number, status=200, **more):
    """The part of the page that changed; the whole page where nothing can be put into it."""
    change = _found(request, number)
    if not request.htmx and status == 200:
        return redirect(f"{change.get_absolute_url()}#carrying-out")
    facts = {"change": change, **carrying_out(change, request.user), **more}
    return render(request, "changes/_carrying_out.html", facts, status=status)


@require_http_methods(["GET", "POST"])
def item_update(request, number, code):
    """One item of the change: its form, and its update under the change's authority, once."""
    change = _found(request, number)
    item = get_object_or_404(change.items.select_related("service", "type"), code=code)
    if request.method == "GET":
        return _item_form(request, change, item, ItemUpdateForm(item=item, initial={"request_key": uuid.uuid4().hex}))
    form = ItemUpdateForm(request.POST, item=item)
    if not form.is_valid():
        return _item_form(request, change, item, form, status=422)
    key, details = form.cleaned_data["request_key"], form.update()
    once(request.user, key, f"item {number} {code}", lambda: services.update_item(change, by=request.user, item=item, **details))
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": change.get_absolute_url()})
    return redirect(change)


def _item_form(request, change, item, form, status=200):
    template = "changes/_item_update.html" if request.htmx else "changes/item_update.html"
    return render(request, template, {"change": change, "item": item, "form": form}, status=status)
