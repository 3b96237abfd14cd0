"""Configuration items: the list, one item with what is around it, and its form."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from catalog import authority, drawing, rules, services
from catalog.filters import ItemFilter, holding
from catalog.forms.items import ItemForm, is_code
from catalog.models import ConfigurationItem, ItemStatus, ItemUpdate, Relation
from catalog.updates import tell
from itsm.core import ui
from itsm.core.answers import once
from itsm.core.errors import Refused

SIZE = 50
SHOWN_UPDATES = 20
VIEWS = {"use": gettext_lazy("In use"), "gaps": gettext_lazy("Incomplete"), "retired": gettext_lazy("Retired"), "all": gettext_lazy("All")}


@require_GET
def item_list(request):
    """One view of the items, filtered as the address says, a page at a time by code."""
    view = request.GET.get("view")
    view = view if view in VIEWS else "all" if request.GET.get("q") else "use"
    filters = ItemFilter(request.GET, queryset=_rows(view, request.user))
    rows = filters.qs if filters.form.is_valid() else filters.queryset.none()
    after = request.GET.get("after", "")
    rows = list((rows.filter(code__gt=after) if is_code(after) else rows).listed().order_by("code")[: SIZE + 1])
    here = reverse("catalog:items")
    context = {
        "filters": filters,
        "view": view,
        "views": tabs(request.user, view),
        "rows": rows[:SIZE],
        "next_url": _next_url(request, rows[SIZE - 1].code) if len(rows) > SIZE else "",
        "chips": [{"label": label, "value": value, "remove_url": f"{here}?{query}"} for label, value, query in filters.chips()],
        "may_keep": rules.may_keep_items(request.user),
    }
    return render(request, "catalog/item_list.html", context)


def _rows(view, person):
    rows = ConfigurationItem.objects.visible_to(person)
    if view == "gaps":
        return rows.lacking("")
    return {"use": rows.living(), "retired": rows.filter(status=ItemStatus.RETIRED), "all": rows}[view]


def tabs(person, current):
    """The views of the list, and the updates that nothing allowed; two counts."""
    here = reverse("catalog:items")
    counts = {"gaps": ConfigurationItem.objects.lacking("").count()}
    labels = [(key, label, f"{here}?view={key}", counts.get(key)) for key, label in VIEWS.items()]
    tabs = [{"label": label, "url": url, "count": count, "is_current": key == current} for key, label, url, count in labels]
    open_ones = ItemUpdate.objects.visible_to(person).unexplained().count()
    return [*tabs, {"label": _("Unauthorised updates"), "url": reverse("catalog:updates"), "count": open_ones, "is_hot": True,
                    "is_current": current == "updates"}]  # fmt: skip


def _next_url(request, code):
    query = request.GET.copy()
    query["after"] = code
    return f"?{query.urlencode()}"


@require_GET
def item_find(request):
    """Items for a picker, by code or name."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    rows = ConfigurationItem.objects.visible_to(request.user).living().filter(holding(words)).listed().order_by("code")[:20]
    return JsonResponse({"results": [{"value": i.code, "text": f"{i.code} · {i.label()}", "remark": i.type.label()} for i in rows]})


@require_GET
def item(request, code):
    """One item: what is known of it, what it hangs on and what hangs on it, and every update with what allowed it."""
    found = _found(request, code)
    updates = list(found.updates.listed().order_by("-id")[: SHOWN_UPDATES + 1])
    context = {
        "item": found,
        "around": drawing.around(found),
        "updates": tell(updates[:SHOWN_UPDATES]),
        "more_updates": len(updates) > SHOWN_UPDATES,
        "main": ui.panels_for(found, request.user, "main"),
        "side": ui.panels_for(found, request.user),
        "may_edit": bool(rules.may_keep_items(request.user) or changes_for(request.user)),
    }
    return render(request, "catalog/item.html", context)


def _found(request, code):
    if not is_code(code):
        raise Http404
    return get_object_or_404(ConfigurationItem.objects.visible_to(request.user).listed(), code=code)


def changes_for(person):
    """The changes under way that this person may name: who keeps items all, others those they carry out."""
    found = authority.current()
    return found if rules.may_keep_items(person) else [record for record in found if authority.lets(record, person)]


@require_http_methods(["GET", "POST"])
def item_edit(request, code=None):
    """Register an item, or update one, under a change or without."""
    found = _found(request, code) if code else None
    changes = changes_for(request.user)
    if not rules.may_keep_items(request.user) and not (found and changes):
        raise PermissionDenied
    first = {"request_key": uuid.uuid4().hex, **_hanging(found)}
    form = ItemForm(request.POST if request.method == "POST" else None, instance=found, initial=first, changes=changes)
    if request.method == "POST" and form.is_valid() and (kept := _kept(form, code, request.user)):
        messages.success(request, _("%(item)s is saved.") % {"item": kept.code})
        return redirect(kept)
    context = {"form": form, "item": found, "title": found.label() if found else _("New item")}
    return render(request, "catalog/item_form.html", context, status=422 if form.errors else 200)


def _hanging(found):
    """`{kind: items}` that an item hangs on."""
    parents = {}
    for relation in Relation.objects.standing().filter(child=found).select_related("parent") if found else ():
        parents.setdefault(relation.kind, []).append(relation.parent)
    return parents


def _kept(form, code, person):
    """The item as it is saved, once; None with the sentence on the form where it is refused."""
    told = {"by": person, "relations": form.relations(), "change": form.cleaned_data["change"]}
    old = ConfigurationItem.objects.get(pk=form.instance.pk) if code else None
    try:
        if old is None:
            return once(person, form.cleaned_data["request_key"], "register item", lambda: services.register_item(form.instance, **told))
        act = f"update item {old.pk}"
        return once(person, form.cleaned_data["request_key"], act, lambda: services.update_item(old, facts=form.facts(), **told))
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return None
