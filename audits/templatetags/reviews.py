"""How management reviews, their inputs and what they decided are drawn."""

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audits.inputs import wording
from audits.models import ReviewActionStatus as A
from audits.models import ReviewStatus as R
from itsm.core.templatetags.ui import icon, state

register = template.Library()

REVIEW_KINDS = {R.PLANNED: "new", R.PREPARED: "work", R.HELD: "hold", R.CLOSED: "done", R.CANCELLED: "stop"}
DECISION_KINDS = {A.DRAFT: "new", A.OPEN: "work", A.DONE: "hold", A.ACCEPTED: "done", A.DROPPED: "stop"}
TURN_ICONS = {"good": "check", "bad": "alert-triangle"}
HUES = {"good": "t-green", "bad": "t-red"}


@register.simple_tag
def review_state(review):
    """The state of a review: its mark and its word."""
    return state(REVIEW_KINDS[review.status], review.get_status_display())


@register.simple_tag
def decision_state(action):
    """The state of an action of a review: its mark and its word."""
    return state(DECISION_KINDS[action.status], action.get_status_display())


@register.simple_tag
def line_cells(line):
    """`(label, now, before, turn)` of a line of an input, in the reader's language."""
    return (*wording.cells(line, get_language()), wording.turn(line))


@register.simple_tag
def turned(turn):
    """Whether a figure went the right way, as a mark with a word for who can't see it."""
    if not turn:
        return ""
    words = _("better than before") if turn == "good" else _("worse than before")
    return format_html(
        '<span class="{}" title="{}">{}<span class="vh">{}</span></span>', HUES[turn], words, icon(TURN_ICONS[turn], "is-14"), words
    )


@register.simple_tag
def was_and_is(change):
    """`(label, was, is)` of a line that a new compilation gave differently."""
    language = get_language()
    return (
        wording.label(change, language), wording.told(change["was"], change["unit"], language),
        wording.told(change["now"], change["unit"], language),
    )  # fmt: skip
