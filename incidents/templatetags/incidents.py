"""How an incident's own facts are drawn."""

from django import template

from incidents.models import Status
from itsm.core.templatetags.ui import state

register = template.Library()

STATE_KINDS = {
    Status.NEW: "new",
    Status.ASSIGNED: "work",
    Status.IN_PROGRESS: "work",
    Status.WAITING: "hold",
    Status.RESOLVED: "done",
    Status.CLOSED: "done",
}
ENTRY_ICONS = {
    "assign": "route",
    "reassign": "user-plus",
    "hand_over": "user-plus",
    "release": "inbox",
    "accept": "player-play",
    "wait": "player-pause",
    "resume": "player-play",
    "resume_in_queue": "player-play",
    "resolve": "check",
    "reopen": "rotate",
    "reprioritise": "arrows-sort",
    "reclassify": "arrows-exchange",
    "transfer": "route",
    "ask_supplier": "truck",
    "supplier_answered": "truck",
    "close": "circle-check",
}


@register.simple_tag
def incident_state(incident):
    """The state of an incident: its mark and its word."""
    return state(STATE_KINDS[incident.status], Status(incident.status).label)


@register.filter
def entry_icon(entry):
    """The icon of a timeline line that is not a message."""
    if entry.kind == "escalation":
        return "stairs-up"
    if entry.kind in ("mail", "call"):
        return {"mail": "mail", "call": "phone"}[entry.kind]
    return ENTRY_ICONS.get(entry.record.step, "point")
