"""Pieces of the change calendar."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from changes.agenda import chosen_of
from changes.conflicts import period
from changes.models.change import PREFIX
from itsm.core.numbering import shown
from itsm.core.templatetags.ui import icon, reading_now

register = template.Library()
MARKS = {"conflict": ("alert-triangle", "is-14 i-fail"), "overridden": ("lock-open", "is-14")}


@register.simple_tag
def agenda_entries(day, most, entries=None):
    """A day's changes as a list of links, at most so many."""
    found = chosen_of(day.entries if entries is None else entries, most)
    if not found:
        return ""
    return format_html('<ul class="x-entries">{}</ul>', format_html_join("", "<li>{}</li>", ((_entry(entry, day),) for entry in found)))


def _entry(entry, day):
    begins = f"{timezone.localtime(entry.starts_at):%H:%M}" if day.begins(entry.starts_at) else "…"
    number = shown(PREFIX, entry.number)
    said = f"{number} {entry.title} · {period(entry.starts_at, entry.ends_at, day.starts_at)} · {entry.words}"
    if entry.implementer:
        said += f" · {entry.implementer}"
    return format_html(
        '<a class="x-entry is-{}{}" href="{}" title="{}"><time>{}</time>{}{}<span class="x-t">{}</span><span class="vh"> {}</span></a>',
        entry.look, " is-marked" if entry.mark == "conflict" else "", reverse("changes:detail", args=[entry.number]), said, begins,
        agenda_mark(entry), icon("bolt", "is-14") if entry.is_emergency else "", entry.title, f"{number} {entry.words}",
    )  # fmt: skip


@register.simple_tag
def service_options(agenda):
    """The services to choose from, as options of a list, without a template for each of them."""
    chosen = agenda.chosen.service
    rows = ((s.code, mark_safe(" selected") if s == chosen else "", s.label()) for s in agenda.services.values())
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@register.simple_tag
def agenda_mark(entry):
    """The sign that something is in the way, or that it shares its time by permission."""
    if not entry.mark:
        return ""
    words = _("something is in the way") if entry.mark == "conflict" else _("shares its time, by permission")
    return format_html('{}<span class="vh">{} </span>', icon(*MARKS[entry.mark]), words)


@register.simple_tag(takes_context=True)
def agenda_period(context, record):
    """When something begins and ends, short."""
    return period(record.starts_at, record.ends_at, reading_now(context))


@register.simple_tag
def maintenance(day):
    """When services may be interrupted on a day, and by agreement with whom."""
    hours = [f"{timezone.localtime(start):%H:%M}–{_until(end, day)} {customers}" for start, end, customers in day.windows]
    return _("Maintenance windows: %(hours)s") % {"hours": "; ".join(hours)}


def _until(end, day):
    return "24:00" if end == day.ends_at else f"{timezone.localtime(end):%H:%M}"


@register.filter
def left_over(count, most):
    """How many entries a cell does not show."""
    return max(0, count - most)


@register.filter
def is_frozen_for(day, service):
    """Whether a service is frozen on a day."""
    return any(freeze.holds_for([service.pk]) for freeze in day.freezes)


@register.filter
def change_number(number):
    """A change's number as people write it."""
    return shown(PREFIX, number)
