"""How findings and actions are drawn."""

from django import template
from django.utils.html import format_html, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from audits.days import worded
from audits.models import FindingStatus, Grade
from audits.models.action import ActionStatus as S
from itsm.core.templatetags.ui import state, tag

register = template.Library()

GRADE_HUES = {Grade.MAJOR: "red", Grade.MINOR: "orange", Grade.OBSERVATION: "accent", Grade.OPPORTUNITY: "line"}
GRADE_WORDS = {
    Grade.MAJOR: pgettext_lazy("grade", "Major"), Grade.MINOR: pgettext_lazy("grade", "Minor"),
    Grade.OBSERVATION: pgettext_lazy("grade", "Observation"), Grade.OPPORTUNITY: pgettext_lazy("grade", "Opportunity"),
}  # fmt: skip
FINDING_KINDS = {
    FindingStatus.OPEN: "new", FindingStatus.CORRECTING: "work", FindingStatus.VERIFYING: "hold", FindingStatus.CLOSED: "done",
    FindingStatus.WITHDRAWN: "stop",
}  # fmt: skip
ACTION_KINDS = {
    S.OPENED: "new", S.PROPOSED: "hold", S.IMPLEMENTED: "hold", S.VERIFYING: "hold", S.EFFECTIVE: "done", S.INEFFECTIVE: "stop",
    S.DROPPED: "stop",
}  # fmt: skip


@register.simple_tag
def grade_tag(grade):
    """The grade in one word and its colour."""
    return tag(GRADE_WORDS[grade], GRADE_HUES[grade]) if grade in GRADE_WORDS else ""


@register.simple_tag
def finding_state(finding):
    """The state of a finding: its mark and its word."""
    return state(FINDING_KINDS[finding.status], finding.get_status_display())


@register.simple_tag
def action_state(action):
    """The state of an action: its mark and its word."""
    return state(ACTION_KINDS.get(action.status, "work"), action.get_status_display())


@register.simple_tag
def day(value):
    """A day in the reader's words, a dash for none."""
    if value is None:
        return mark_safe('<span class="t-3">–</span>')
    return format_html('<time class="t-nw" datetime="{}">{}</time>', value.isoformat(), worded(value))


@register.simple_tag
def due(value, today):
    """A due day; in words and red when it is over, amber on the day itself."""
    if value is None or value > today:
        return day(value)
    late = (today - value).days
    if not late:
        return format_html('{} <span class="c-tag is-amber">{}</span>', day(value), _("today"))
    words = ngettext("%(n)s day late", "%(n)s days late", late) % {"n": late}
    return format_html('{} <span class="c-tag is-red">{}</span>', day(value), words)


@register.filter
def within(rows, row):
    """Those of some files that belong to one record."""
    return [file for file in rows if file.object_id == row.pk]
