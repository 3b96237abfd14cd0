"""The schedule as an iCalendar file (RFC 5545): scheduled changes and freezes, for somebody's own calendar program."""

from datetime import timedelta

import icalendar
from django.conf import settings
from django.utils.translation import gettext as _

from changes.models import Change, FreezeWindow, Status
from changes.models.change import BOOKED, DONE
from itsm.people.zones import company_zone

BACK, AHEAD = timedelta(days=31), timedelta(days=366)
"""How much of the past and of the time to come a feed holds."""
MOST = 2000
HELD = (*BOOKED, *DONE, Status.REVIEW, Status.CLOSED)


def ics(person, chosen, at):
    """The feed of somebody as bytes; `chosen` is an `agenda.Filter`. Three queries, and those of the filter."""
    file = icalendar.Calendar()
    file.add("prodid", "-//ITSM//Change schedule//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", _("Change calendar"))
    file.add("x-wr-timezone", company_zone())
    file.add("refresh-interval", timedelta(minutes=30), parameters={"VALUE": "DURATION"})
    for freeze in _freezes(chosen, at):
        file.add_component(_freeze(freeze, at))
    rows = Change.objects.visible_to(person).meeting(at - BACK, at + AHEAD).filter(status__in=HELD)
    for change in chosen.of(rows, person).select_related("implementer").order_by("starts_at")[:MOST]:
        file.add_component(_change(change, at))
    return file.to_ical()


def _freezes(chosen, at):
    found = FreezeWindow.objects.meeting(at - BACK, at + AHEAD).prefetch_related("services")
    return [freeze for freeze in found if chosen.service is None or freeze.holds_for([chosen.service.pk])]


def _change(change, at):
    words = [change.get_status_display(), change.get_kind_display()]
    if change.implementer is not None:
        words.append(_("Carried out by %(person)s") % {"person": change.implementer.name})
    event = _event(f"change-{change.number}", change.starts_at, change.ends_at, at)
    event.add("summary", f"{change.shown_number} {change.title}")
    event.add("description", "\n".join(map(str, [*words, change.impact] if change.impact else words)))
    event.add("url", f"{settings.SITE_URL}{change.get_absolute_url()}")
    event.add("status", "CONFIRMED")
    event.add("sequence", change.steps_taken)
    return event


def _freeze(freeze, at):
    event = _event(f"freeze-{freeze.pk}", freeze.starts_at, freeze.ends_at, at)
    event.add("summary", _("Freeze: %(name)s") % {"name": freeze.label()})
    event.add("description", freeze.reason)
    event.add("transp", "TRANSPARENT")
    return event


def _event(name, starts_at, ends_at, at):
    event = icalendar.Event()
    event.add("uid", f"{name}@{settings.SITE_URL.partition('://')[2]}")
    event.add("dtstamp", at)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    return event
