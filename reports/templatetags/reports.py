"""Figures, and the way from each to its rows, drawn."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from itsm.core import wording
from itsm.core.measures import Better, Unit
from reports.answers import points
from reports.links import definition_url

register = template.Library()
DASH = mark_safe('<span class="t-3">–</span>')


@register.simple_tag
def define_url(measure):
    """The address of a measure's definition."""
    return definition_url(measure)


@register.filter
def told(figure):
    """A figure's value in its unit: percent with one decimal, a length, stars; a dash of nothing."""
    if figure is None or figure.value is None:
        return DASH
    if figure.measure.unit == Unit.LENGTH:
        return wording.duration(figure.value)
    if figure.measure.unit == Unit.STARS:
        return _("%(stars)s of 5") % {"stars": f"{figure.value:.1f}"}
    return f"{share(figure)} %"


@register.filter
def share(figure):
    """A figure's percentage with one decimal, or a dash; never rounded to a goal that it misses."""
    value, goal = figure.value, figure.measure.goal
    if value is None:
        return "–"
    if figure.is_kept is False and f"{value:.1f}" == f"{goal:.1f}":
        return f"{goal - 0.1:.1f}" if figure.measure.better == Better.UP else f"{goal + 0.1:.1f}"
    return f"{value:.1f}"


@register.filter
def longer(seconds):
    """A difference of lengths with its sign; nothing under a minute."""
    if seconds is None:
        return DASH
    if abs(seconds) < wording.MINUTE:
        return "±0"
    return f"{'+' if seconds > 0 else '−'}{wording.duration(seconds)}"


@register.filter
def signed(value):
    """Percentage points with a sign, or a dash."""
    return DASH if value is None else points(value)


@register.simple_tag
def at(value, unit="%"):
    """A place of a drawing, with a dot whatever the language."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + unit


@register.simple_tag
def linked(text, url, cls=""):
    """A number as a link to its rows; without an address only the number."""
    if not url:
        return text
    return format_html('<a href="{}"{}>{}</a>', url, format_html(' class="{}"', cls) if cls else "", text)


@register.simple_tag
def heat_hours(day, cells, width):
    """A day of a heat map: its hours, those with something in them as links; `[(charts.Cell, address)]`."""
    hour = '<rect class="heat-{}" x="{}%" y="{}" width="{}%" height="24" rx="3"/>'
    drawn = ((cell, url, format_html(hour, cell.shade, cell.x, cell.y, width)) for cell, url in cells)
    return mark_safe("".join(_hour(day, cell, url, square) for cell, url, square in drawn))


def _hour(day, cell, url, square):
    if not cell.number:
        return square
    words = f"{day} {cell.hour}:00: {cell.number}"
    return format_html('<a href="{}" aria-label="{}"><title>{}</title>{}</a>', url, words, words, square)


@register.simple_tag
def heat_cells(cells):
    """The same as cells of a table."""
    return format_html_join("", '<td class="n">{}</td>', ((linked(cell.number, url if cell.number else ""),) for cell, url in cells))
