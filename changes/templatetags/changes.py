"""How a change's own facts are drawn."""

from django import template
from django.utils.html import format_html, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from changes.models import Category, Kind, Status
from itsm.core import wording
from itsm.core.templatetags.ui import state, tag, when

register = template.Library()

LEVEL_SHAPES = {
    "high": mark_safe('<path d="M7 1.4 13.4 12.6H.6z"/>'),
    "medium": mark_safe('<path d="M7 .8 13.2 7 7 13.2.8 7z"/>'),
    "low": mark_safe('<circle cx="7" cy="7" r="4.6" stroke-width="1.8"/>'),
}
STATE_KINDS = {
    Status.DRAFT: "new",
    Status.ASSESSED: "new",
    Status.AWAITING: "hold",
    Status.APPROVED: "work",
    Status.SCHEDULED: "work",
    Status.IMPLEMENTING: "work",
    Status.IMPLEMENTED: "work",
    Status.BACKED_OUT: "stop",
    Status.REVIEW: "work",
    Status.CLOSED: "done",
    Status.REJECTED: "stop",
    Status.CANCELLED: "stop",
}


@register.simple_tag
def risk_mark(risk, large=False):
    """Shape, word and colour of a risk; a dash until it is assessed."""
    words = {"high": pgettext("risk", "High"), "medium": pgettext("risk", "Medium"), "low": pgettext("risk", "Low")}
    if risk not in words:
        return format_html('<span class="t-12 t-3"><span aria-hidden="true">–</span><span class="vh">{}</span></span>', _("not assessed"))
    size = mark_safe(" is-l") if large else ""
    return format_html(
        '<span class="c-level is-{}{}"><svg viewBox="0 0 14 14" aria-hidden="true">{}</svg><span class="vh">{} </span>{}</span>',
        risk, size, LEVEL_SHAPES[risk], pgettext("risk", "Risk:"), words[risk],
    )  # fmt: skip


@register.simple_tag
def change_state(change):
    """The state of a change: its mark and its word."""
    return state(STATE_KINDS[change.status], Status(change.status).label)


KIND_WORDS = {
    Kind.NORMAL: pgettext_lazy("change", "Normal"),
    Kind.STANDARD: pgettext_lazy("change", "Standard"),
    Kind.EMERGENCY: pgettext_lazy("change", "Emergency"),
}


@register.simple_tag
def kind_tag(kind):
    """What sort of change it is; an emergency stands out."""
    return tag(Kind(kind).label, "orange" if kind == Kind.EMERGENCY else "line")


@register.simple_tag
def kind_word(kind):
    """The same in one word, for rows."""
    words = KIND_WORDS[kind]
    return format_html('<b class="t-m t-orange">{}</b>', words) if kind == Kind.EMERGENCY else words


@register.filter
def category_label(code):
    """The words of a category's code."""
    return Category(code).label if code in Category.values else code


@register.simple_tag(takes_context=True)
def window(context, change):
    """From when until when, in the reader's zone; a dash while nobody has chosen."""
    if not (change.starts_at and change.ends_at):
        return mark_safe('<span class="t-3">–</span>')
    first, last = localtime(change.starts_at), localtime(change.ends_at)
    until = when(context, last, "clock")
    if first.date() == last.date():
        until = format_html('<time datetime="{}" title="{}">{}</time>', last.isoformat(), wording.exact(last), f"{last:%H:%M}")
    return format_html("{} – {}", when(context, first, "clock"), until)
