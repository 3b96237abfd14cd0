"""How audits are drawn."""

from urllib.parse import urlencode

from django import template
from django.utils.translation import get_language

from audits.models import AuditStatus, ChecklistResult
from itsm.core.templatetags.ui import state, tag

register = template.Library()

KINDS = {
    AuditStatus.PLANNED: "new", AuditStatus.PREPARED: "hold", AuditStatus.CLOSED: "done", AuditStatus.CANCELLED: "stop",
}  # fmt: skip
HUES = {
    ChecklistResult.CONFORMING: "green", ChecklistResult.NOT_CONFORMING: "red", ChecklistResult.NOT_APPLICABLE: "line",
}  # fmt: skip


@register.simple_tag
def audit_state(audit):
    """The state of an audit: its mark and its word."""
    return state(KINDS.get(audit.status, "work"), audit.get_status_display())


@register.simple_tag
def checklist_state(item):
    """What was found to a question, in its colour."""
    return tag(item.get_result_display(), HUES.get(item.result, ""))


@register.simple_tag
def in_words(texts):
    """Of a text kept in each language that of the reader."""
    return texts.get(get_language()) or next(iter(texts.values()), "")


@register.simple_tag
def finding_query(item):
    """What the page that raises findings may fill in from a question that does not conform."""
    process = item.area.process.code if item.area.process_id else ""
    said = {"audit": item.audit_id, "clause": item.clause, "process": process, "requirement": item.asks, "evidence": item.note}
    return urlencode(said)
