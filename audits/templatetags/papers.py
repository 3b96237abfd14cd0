"""How samples and working papers are drawn."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from audits.models import ItemResult, Outcome
from changes.models import Risk
from itsm.core.templatetags.ui import icon, priority, tag
from itsm.people.models import Role

register = template.Library()

ITEM_ICONS = {
    ItemResult.OPEN: ("hourglass", "i-na"),
    ItemResult.PASS: ("circle-check", "i-pass"),
    ItemResult.FAIL: ("alert-circle", "i-fail"),
}
LINE_ICONS = {Outcome.PASS: ("circle-check", "i-pass"), Outcome.FAIL: ("circle-x", "i-fail"), Outcome.NONE: ("circle-minus", "i-na")}
RISKS = {"1": (Risk.HIGH, "red"), "2": (Risk.MEDIUM, "orange"), "3": (Risk.LOW, "line")}


@register.simple_tag
def item_icon(item, tied=False):
    """The state of a record of a sample: its sign, with its word for those who hear it."""
    name, hue = ("lock", "i-fail") if tied else ITEM_ICONS[item.result]
    words = _("not yours to judge") if tied else item.get_result_display()
    if not tied and item.result == ItemResult.OPEN and getattr(item, "flagged", False):
        hue, words = "i-fail", _("To be read; a rule finds fault with it")
    return format_html('{}<span class="vh">{}</span>', icon(name, hue), words)


@register.simple_tag
def line_icon(line):
    """What a test says, as it counts now."""
    return icon(*LINE_ICONS[line.result])


@register.simple_tag
def rank(item, kind, large=False):
    """Priority of an incident, risk of a change."""
    if kind.endswith("incidents"):
        return priority(int(item.rank), large) if item.rank.isdigit() else ""
    risk, hue = RISKS.get(item.rank, ("", ""))
    return tag(risk.label, hue) if risk else ""


@register.filter
def post(role):
    """A post by its name."""
    return dict(Role.choices).get(role, role)


@register.filter
def among(record, found):
    """Whether a record's id is a key of these."""
    return record in found
