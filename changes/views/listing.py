"""Lists of changes."""

import dataclasses

from django.db.models import Count, Q
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from changes import rules
from changes.filters import UNCLOSED, ChangeFilter
from changes.models import Change, Retrospect, Status
from changes.models.change import DONE
from itsm.core import paging

NEWEST = paging.Order()


@dataclasses.dataclass(frozen=True)
class View:
    """A saved question about changes: a tab over the list. `wanted(person)` is its condition beside that of `unclosed`."""

    key: str
    label: object
    wanted: object
    order: paging.Order = NEWEST
    unclosed: bool = True
    hot: bool = False


def _mine(person):
    return Q(requester=person) | Q(implementer=person)


def _awaiting(person):
    return Q(status=Status.AWAITING) | Q(retrospect=Retrospect.OWED)


VIEWS = {
    view.key: view
    for view in (
        View("unclosed", _("Unclosed"), lambda person: Q()),
        View("mine", _("Mine"), _mine),
        View("awaiting", _("Awaiting a decision"), _awaiting, paging.Order("submitted_at"), hot=True),
        View("coming", _("To be carried out"), lambda person: Q(status__in=[Status.APPROVED, Status.SCHEDULED]), paging.Order("starts_at")),
        View("running", _("Under way"), lambda person: Q(status=Status.IMPLEMENTING), paging.Order("started_at")),
        View("review", _("To review and close"), lambda person: Q(status__in=[*DONE, Status.REVIEW]), paging.Order("finished_at")),
        View("all", _("All"), lambda person: Q(), unclosed=False),
    )
}


def chosen_view(request):
    """The view of the address; without one what is unclosed, and for words all of them."""
    asked = request.GET.get("view")
    return VIEWS[asked] if asked in VIEWS else VIEWS["all" if request.GET.get("q") else "unclosed"]


def rows_of(view, person):
    """The changes of a view that this person may see."""
    rows = Change.objects.visible_to(person)
    if view.unclosed:
        rows = rows.filter(status__in=UNCLOSED)
    return rows.filter(view.wanted(person))


def counts(person):
    """`{view key: how many}` of what is unclosed, in one query."""
    rows = Change.objects.visible_to(person).filter(status__in=UNCLOSED).order_by()
    narrower = {
        view.key: Count("status", filter=view.wanted(person)) for view in VIEWS.values() if view.unclosed and view.key != "unclosed"
    }
    return rows.aggregate(unclosed=Count("status"), **narrower)


def change_list(request):
    """One view of the changes, filtered as the address says, a page at a time."""
    person, view = request.user, chosen_view(request)
    filters = ChangeFilter(request.GET, queryset=rows_of(view, person).listed())
    valid = filters.form.is_valid()
    found = paging.page(filters.qs if valid else filters.queryset.none(), view.order, request.GET.get("after", ""))
    context = {
        "filters": filters,
        "view": view,
        "views": _tabs(view, counts(person)),
        "chips": _chips(filters) if valid else [],
        "rows": found.rows,
        "next_url": _next_url(request, found.next_cursor),
        "may_raise": rules.may_raise(person),
    }
    return render(request, "changes/_rows.html" if request.htmx else "changes/list.html", context)


def _tabs(current, found):
    here = reverse("changes:list")
    return [
        {"label": v.label, "url": f"{here}?view={v.key}", "count": found.get(v.key), "is_current": v is current, "is_hot": v.hot}
        for v in VIEWS.values()
    ]


def _chips(filters):
    here = reverse("changes:list")
    return [{"label": label, "value": value, "remove_url": f"{here}?{query}"} for _key, label, value, query in filters.chips()]


def _next_url(request, cursor):
    if not cursor:
        return ""
    query = request.GET.copy()
    query["after"] = cursor
    return f"?{query.urlencode()}"
