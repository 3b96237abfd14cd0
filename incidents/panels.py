"""What other pages show of incidents: the rail, home tiles, search."""

from datetime import timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from changes.consequences import WITHIN
from changes.models import Change
from incidents import causes, rules
from incidents.filters import IncidentFilter, broken_on
from incidents.models import Incident, Status
from incidents.models.incident import Priority
from incidents.views.listing import BY_DUE, NEWEST, with_faces
from itsm.core import paging, ui
from itsm.core.flow import open_steps
from itsm.people.zones import company_day
from sla import panels as clocks

SHOWN = 5
"""Changes that an incident's page proposes as its cause."""


def register():
    ui.rail("desk", _("Incidents"), "incidents:list", "alert-circle", may=_internal, count=_needs_action, order=10)
    ui.home_tile("incidents/_tile_own.html", own_queue, may=_works, order=10, wide=True)
    ui.home_tile("incidents/_tile_desk.html", desk, may=_leads, order=20, wide=True)
    ui.home_tile("incidents/_tile_calls.html", calls, may=_works, order=60)
    ui.search_source(find)
    ui.panel(Incident, "incidents/_cause.html", cause_of, region="links", order=10)
    ui.panel(Change, "incidents/_caused.html", caused_by, order=62)
    clocks.show_clocks_of(Incident)


def _internal(person):
    return person.is_internal


def _works(person):
    return rules.may_log(person)


def _leads(person):
    return person.is_superuser or bool(person.roles & set(rules.LEADERS)) or any(person.leads(team) for team in person.team_ids)


def _needs_action(person):
    """Open incidents on this person's own desk."""
    return Incident.objects.open().exclude(status=Status.WAITING).filter(assignee=person).count()


def own_queue(person, at):
    """What this person holds, the first to run out on top; two queries."""
    rows = Incident.objects.open().filter(assignee=person).listed()
    found = paging.page(rows, BY_DUE, size=10)
    return {"rows": with_faces(found.rows, at), "more": bool(found.next_cursor), "at": at}


def desk(person, at):
    """Open by priority, overdue, due within the hour, broken today, unassigned, to confirm: each a link to its rows; three queries."""
    found = _open_counts(at)
    found["confirm"] = Incident.objects.filter(status=Status.RESOLVED).count()
    found["today"] = company_day(at)
    found["broken"] = broken_on(found["today"]).count()
    return found | {"at": at}


def _open_counts(at):
    """One pass over the open ones; what follows from other counts is not counted again. (Groups cost more than filters here.)"""
    *counted, last = Priority.values
    by_priority = {f"p{p}": Count("status", filter=Q(priority=p)) for p in counted}
    found = Incident.objects.open().order_by().aggregate(
        open=Count("*"), due=Count("status", filter=Q(next_due_at__lt=at + timedelta(hours=1))),
        overdue=Count("status", filter=Q(next_due_at__lt=at)), unassigned=Count("status", filter=Q(status=Status.NEW)), **by_priority,
    )  # fmt: skip
    priorities = [(p, found[f"p{p}"]) for p in counted]
    rest = found["open"] - sum(n for _priority, n in priorities)
    return found | {"soon": found["due"] - found["overdue"], "priorities": [*priorities, (last, rest)]}


def calls(person, at):
    """Customers who have to be called, and calls that a second person has to check."""
    resolved = Incident.objects.filter(status=Status.RESOLVED)
    return resolved.aggregate(
        call=Count("id", filter=Q(call_since__isnull=False, phone_pending=False)), check=Count("id", filter=Q(phone_pending=True))
    )


def cause_of(incident, person):
    """Its configuration item, the change that caused it, or those that may have; five queries at most."""
    free = {step.name for step in open_steps(incident, person)}
    return {
        "perhaps": list(causes.perhaps_caused_by(incident)[:SHOWN]), "may_trace": rules.may_trace(person, incident),
        "may_point": "point_at" in free, "may_name": "confirm_cause" in free, "may_withdraw": "withdraw_cause" in free,
    }  # fmt: skip


def caused_by(change, person):
    """The incidents that a change caused, and those that it may have; twelve queries at most."""
    proposed = list(causes.perhaps_caused(change).order_by("contacted_at", "id")[: SHOWN + 1])
    return {
        "caused": change.incidents_caused.order_by("contacted_at", "id"), "perhaps": proposed[:SHOWN],
        "more": len(proposed) > SHOWN, "may_trace": rules.may_trace(person), "days": WITHIN.days,
    }  # fmt: skip


def find(person, words):
    """Incidents by number or words, newest first."""
    if not person.is_internal:
        return []
    rows = IncidentFilter({"q": words}, queryset=Incident.objects.visible_to(person).listed()).qs
    found = paging.page(rows, NEWEST, size=20)
    return [
        {
            "icon": "alert-circle",
            "number": i.shown_number,
            "title": i.title,
            "remark": f"{i.customer} · {i.service}",
            "url": i.get_absolute_url(),
            "incident": i,
        }
        for i in found.rows
    ]
