"""A CSV file of items: uploaded, looked at, taken over as a whole. Until then it is kept for an hour, and nothing else is."""

import hashlib
import uuid

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalog import rules, services
from catalog.forms.items import ConfirmForm, UploadForm
from catalog.imports import planning, reading
from catalog.views.items import changes_for
from itsm.core.answers import once
from itsm.core.errors import Refused

KEPT_S = 3600
SHOWN = 200
"""Lines of each outcome that a preview shows."""


@require_http_methods(["GET", "POST"])
def item_import(request):
    """GET asks for a file; POST shows what it would do, and writes no item."""
    _must_keep(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if not form.is_valid():
        return _asked(request, form, status=422 if form.errors else 200)
    upload = form.cleaned_data["file"]
    data = upload.read()
    try:
        plan = planning.plan(reading.read(data))
    except Refused as refused:
        form.add_error("file", refused.sentence)
        return _asked(request, form, status=422)
    kept = hashlib.sha256(data).hexdigest()
    cache.set(_key(request.user, kept), (upload.name, data), KEPT_S)
    first = {"kept": kept, "seen": plan.fingerprint(), "request_key": uuid.uuid4().hex}
    return _previewed(request, plan, ConfirmForm(initial=first, changes=changes_for(request.user)), upload.name)


def _must_keep(request):
    if not rules.may_keep_items(request.user):
        raise PermissionDenied


def _key(person, kept):
    return f"item-import-{person.pk}-{kept}"


def _asked(request, form, status=200):
    columns = [(column, ", ".join(headings[1:]), column in reading.NEEDED) for column, headings in reading.COLUMNS.items()]
    return render(request, "catalog/item_import.html", {"form": form, "columns": columns}, status=status)


def _previewed(request, plan, form, name):
    outcomes = [(outcome, plan.of(outcome)) for outcome in (planning.REFUSED, planning.CHANGED, planning.NEW, planning.UNCHANGED)]
    context = {
        "form": form,
        "name": name,
        "notes": plan.notes,
        "counts": plan.counts(),
        "groups": [(outcome, lines[:SHOWN], max(0, len(lines) - SHOWN)) for outcome, lines in outcomes if lines],
        "writes": plan.of(planning.NEW) or plan.of(planning.CHANGED),
        "fits": not plan.of(planning.REFUSED),
    }
    return render(request, "catalog/item_import_preview.html", context)


@require_POST
def item_import_confirm(request):
    """Take the file over exactly as it was previewed, once; a refusal sends back to the upload with its sentence."""
    _must_keep(request)
    form = ConfirmForm(request.POST, changes=changes_for(request.user))
    kept = cache.get(_key(request.user, request.POST.get("kept", "")[:64].replace("\0", ""))) if form.is_valid() else None
    if kept is None:
        messages.error(request, _("This preview is gone, or the change has ended. Upload the file again."))
        return redirect("catalog:item_import")
    name, data = kept
    told = {"file_name": name, "seen": form.cleaned_data["seen"], "change": form.cleaned_data["change"], "by": request.user}
    try:
        once(request.user, form.cleaned_data["request_key"], "import items", lambda: services.import_items(data, **told))
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("catalog:item_import")
    messages.success(request, _("%(file)s was taken over.") % {"file": name})
    return redirect("catalog:items")
