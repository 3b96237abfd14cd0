"""Queues and lists of incidents."""

import dataclasses
from datetime import timedelta

from django.db.models import Count, Q
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.filters import IncidentFilter
from incidents.models import Incident, Status
from itsm.core import clock, paging
from sla import services as sla

BY_DUE = paging.Order("next_due_at")
BY_RESOLVED = paging.Order("resolved_at")
NEWEST = paging.Order()
SOON = timedelta(hours=1)


@dataclasses.dataclass(frozen=True)
class View:
    """A saved question about incidents: a tab over the list."""

    key: str
    label: object
    rows: object
    order: paging.Order = BY_DUE
    count: object = None
    hot: bool = False


def _team(person, at):
    return Q(team__in=person.team_ids)


def _mine(person, at):
    return Q(assignee=person)


def _unassigned(person, at):
    return Q(status=Status.NEW)


def _soon(person, at):
    return Q(next_due_at__lt=at + SOON)


OPEN_VIEWS = (
    View("team", _("My team"), _team, count=_team),
    View("mine", _("Mine"), _mine, count=_mine),
    View("unassigned", _("Unassigned"), _unassigned, count=_unassigned, hot=True),
    View("soon", _("Breaching soon"), _soon, count=_soon, hot=True),
    View("open", _("All open"), lambda person, at: Q(), count=lambda person, at: Q()),
)
LATER_VIEWS = (
    View("confirm", _("To be confirmed"), lambda person, at: Q(status=Status.RESOLVED), BY_RESOLVED),
    View("call", _("Call the customer"), lambda person, at: Q(status=Status.RESOLVED, call_since__isnull=False), BY_RESOLVED, hot=True),
    View("all", _("All"), lambda person, at: Q(), NEWEST),
)
VIEWS = {view.key: view for view in (*OPEN_VIEWS, *LATER_VIEWS)}


def chosen_view(request):
    """The view of the address; without one, what this person needs: their own team's queue, or all that is open."""
    asked = request.GET.get("view")
    if asked in VIEWS:
        return VIEWS[asked]
    if request.GET.get("q"):
        return VIEWS["all"]
    return VIEWS["team" if request.user.team_ids else "open"]


def rows_of(view, person, at):
    """The incidents of a view that this person may see."""
    rows = Incident.objects.visible_to(person)
    if view in OPEN_VIEWS:
        rows = rows.open()
    return rows.filter(view.rows(person, at))


def counts(person, at):
    """`{view key: how many}` in two queries."""
    visible = Incident.objects.visible_to(person)
    open_counts = {view.key: Count("status", filter=view.count(person, at)) for view in OPEN_VIEWS if view.key != "open"}
    found = visible.open().order_by().aggregate(open=Count("status"), **open_counts)
    waiting = visible.filter(status=Status.RESOLVED).order_by()
    return found | waiting.aggregate(confirm=Count("id"), call=Count("id", filter=Q(call_since__isnull=False)))


def incident_list(request):
    """One view of the incidents, filtered as the address says, a page at a time."""
    at, person, view = clock.now(), request.user, chosen_view(request)
    filters = IncidentFilter(request.GET, queryset=rows_of(view, person, at).listed(), at=at)
    found = paging.page(filters.qs if filters.form.is_valid() else filters.queryset.none(), view.order, request.GET.get("after", ""))
    context = {
        "filters": filters,
        "view": view,
        "views": _tabs(view, counts(person, at)),
        "chips": _chips(filters),
        "groups": grouped(found.rows, at) if view.order == BY_DUE else [(None, with_faces(found.rows, at))],
        "next_url": _next_url(request, found.next_cursor),
        "is_first": "after" not in request.GET,
        "at": at,
    }
    return render(request, "incidents/_rows.html" if request.htmx else "incidents/list.html", context)


def _tabs(current, found):
    here = reverse("incidents:list")
    return [
        {"label": v.label, "url": f"{here}?view={v.key}", "count": found.get(v.key), "is_current": v is current, "is_hot": v.hot}
        for v in VIEWS.values()
    ]


def _chips(filters):
    here = reverse("incidents:list")
    return [{"label": label, "value": value, "remove_url": f"{here}?{query}"} for _key, label, value, query in filters.chips()]


def _next_url(request, cursor):
    if not cursor:
        return ""
    query = request.GET.copy()
    query["after"] = cursor
    return f"?{query.urlencode()}"


def with_faces(rows, at):
    """`[(incident, face of the clock that runs out first)]`; one query for all."""
    faces = sla.row_clocks(rows, at=at)
    return [(incident, faces.get(incident.pk)) for incident in rows]


def grouped(rows, at):
    """Rows by when they are due in the reader's zone: `[(title, [(incident, face)])]`, empty groups left out."""
    end_of_day = (timezone.localtime(at) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    groups = [
        (_("Overdue"), []),
        (_("Due within the hour"), []),
        (_("Due today"), []),
        (_("Later"), []),
        (_("Paused or without a promise"), []),
    ]
    for incident, face in with_faces(rows, at):
        groups[_group(incident.next_due_at, at, end_of_day)][1].append((incident, face))
    return [(title, found) for title, found in groups if found]


def _group(due, at, end_of_day):
    if due is None:
        return 4
    if due < at:
        return 0
    if due < at + SOON:
        return 1
    return 2 if due < end_of_day else 3
