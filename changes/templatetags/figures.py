"""Figures and cells of the tables behind them, drawn."""

from datetime import datetime, timedelta

from django import template
from django.utils.html import format_html, format_html_join

from changes.measures.rows import Link
from itsm.core import wording
from itsm.core.templatetags.ui import when

register = template.Library()


@register.filter
def percent(value):
    """A share with one decimal, or a dash when there is nothing to share."""
    return "–" if value is None else f"{value:.1f}"


@register.simple_tag(takes_context=True)
def cell(context, value):
    """One cell of a figure's rows: text, instant, length, or links."""
    if isinstance(value, datetime):
        return when(context, value, "clock")
    if isinstance(value, timedelta):
        return wording.duration(value)
    if isinstance(value, Link):
        return _link(value)
    if isinstance(value, list):
        return format_html_join(", ", "{}", ((_link(one),) for one in value)) or "–"
    return value or "–"


def _link(link):
    if not link.number:
        return format_html('<a href="{}">{}</a>', link.url, link.text)
    return format_html('<a href="{}"><span class="c-no">{}</span> {}</a>', link.url, link.number, link.text)
