"""What the promises need of the calendars: official lists in good time, and a look at whom a new version would touch."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from itsm.calendars import panels as calendar_panels
from itsm.calendars.models import Calendar, CalendarVersion
from itsm.calendars.rules import may_keep_calendars
from itsm.core import clock as now
from itsm.core import ui
from itsm.core.lately import lately
from itsm.people.zones import company_day
from sla import clockwork, log
from sla.clockwork import Event
from sla.models import AgreementVersion, Clock, ClockState, Metric, Target

WARNED_AHEAD = timedelta(days=60)
LOOKED_AT, SHOWN = 2000, 100
REMEMBERED_S = 60.0


@dataclass(frozen=True)
class Moved:
    """A running clock whose due time a version would change."""

    clock: Clock
    metric: str
    was: datetime
    will: datetime

    @property
    def is_later(self):
        return self.will > self.was


def register():
    """Fill the registries of the frame and of the calendars' pages."""
    ui.banner(lists_run_out, hue="amber")
    calendar_panels.preview("sla/_calendar_preview.html", touched_by)


def lists_run_out(person):
    """The sentence for who keeps the calendars, from 60 days before the last official holiday list in use ends; None before."""
    return _running_out() if may_keep_calendars(person) else None


@lately(REMEMBERED_S)
def _running_out():
    """The same for everybody; one query."""
    ending = [found for found in calendars_in_use() if found.through - company_day(now.given() or found.now) <= WARNED_AHEAD]
    return format_html_join(" ", "{}", [(_ending(found),) for found in ending]) or None


def calendars_in_use():
    """Calendars with an end that a published version of a living agreement names; each with `through` and `now`."""
    named = AgreementVersion.objects.filter(published_at__isnull=False, agreement__ended_at=None).order_by()
    by_target = Target.objects.filter(calendar=OuterRef("pk"), version__in=named.values("pk"))
    by_version = named.filter(Q(service_calendar=OuterRef("pk")) | Q(maintenance_calendar=OuterRef("pk")))
    newest = CalendarVersion.objects.filter(calendar=OuterRef("pk")).order_by("-no")
    found = Calendar.objects.living().filter(Exists(by_target) | Exists(by_version))
    found = found.annotate(through=Subquery(newest.values("covered_through")[:1]), now=now.ClockTimestamp())
    return found.filter(through__isnull=False).order_by("through", "pk")


def _ending(calendar):
    """What is said of one calendar, with the way out."""
    words = {"calendar": calendar, "day": calendar.through.isoformat()}
    text = _("The holidays of “%(calendar)s” are official only through %(day)s; later due times are provisional.") % words
    year = calendar.through.year + (calendar.through == date(calendar.through.year, 12, 31))
    url = f"{reverse('calendars:calendar_holidays', args=[calendar.code])}?year={year}"
    return format_html('{} <a href="{}">{}</a>', text, url, _("Import the list of %(year)s") % {"year": year})


def touched_by(version, person):
    """What publishing an unsaved version would mean for the clocks that run: an official list moves them, any other doesn't.

    Four queries, however many. Of very many clocks only those due first are looked at; `is_part` says so.
    """
    held = list(CalendarVersion.objects.filter(calendar=version.calendar))
    open_ones = Clock.objects.visible_to(person).rebindable(held).order_by()
    if not version.official:
        return {"version": version, "open": open_ones.count()}
    at = now.now()
    looked = log.attached(_beyond(open_ones, held, version, at).select_related("customer").prefetch_related("record")[:LOOKED_AT])
    moved = [found for clock in looked if (found := _moved(clock, version, at))]
    return {
        "version": version, "open": open_ones.count(), "moved": moved[:SHOWN], "more": max(0, len(moved) - SHOWN),
        "is_part": len(looked) == LOOKED_AT,
    }  # fmt: skip


def _beyond(clocks, held, version, at):
    """The running clocks that are due after the first day on which their version and the new one differ."""
    chosen = Q()
    for older in held:
        if (since := _first_difference(older, version, at)) is not None:
            chosen |= Q(calendar_version=older, due_at__gt=since)
    return clocks.filter(chosen, state=ClockState.RUNNING).order_by("due_at", "pk") if chosen else clocks.none()


def _first_difference(older, version, at):
    """An instant before which the hours of two versions are the same from now on; None when they never differ."""
    if (older.mode, older.tz, older.weekly) != (version.mode, version.tz, version.weekly):
        return at
    days = older.exceptions.keys() | version.exceptions.keys()
    changed = [date.fromisoformat(day) for day in days if older.exceptions.get(day) != version.exceptions.get(day)]
    ahead = [day for day in changed if day >= at.date() - timedelta(days=1)]
    return datetime.combine(min(ahead) - timedelta(days=1), datetime.min.time(), at.tzinfo) if ahead else None


def _moved(clock, version, at):
    """How a clock's due time would change, or None."""
    state = log.state_of(clock)
    if state.breached_at or state.due_at is None or state.due_at <= at:
        return None
    terms = log.terms(clock.target_s, clock.agreement_version, version, clock.tier, clock.priority, clock.metric)
    will = clockwork.apply(state, Event(clockwork.REBIND, max(at, state.last_at), terms)).due_at
    return Moved(clock, Metric(clock.metric).label, state.due_at, will) if will != state.due_at else None
