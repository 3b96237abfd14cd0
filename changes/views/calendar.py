"""The change calendar: month, week, day and by service, drawn by the server; and what a form's window meets."""

import calendar
from datetime import date, timedelta

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from changes import services
from changes.agenda import Agenda
from changes.conflicts import Slot
from changes.forms.scheduling import CalendarForm, SlotForm
from itsm.core import clock

VIEWS = {"month": _("Month"), "week": _("Week"), "services": _("By service"), "day": pgettext_lazy("view of a calendar", "Day")}
MOST = {"month": 4, "week": 25, "services": 6, "day": 10_000}
"""How many entries a cell shows before it says how many more there are."""
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 1)


def change_calendar(request):
    """Changes, freezes and maintenance windows of a month, a week or a day."""
    today = timezone.localtime(clock.now()).date()
    view = request.GET.get("view") if request.GET.get("view") in VIEWS else "month"
    day = _day(request.GET.get("day", ""), today)
    first, last = _span(view, day)
    form = CalendarForm(request.GET)
    agenda = Agenda(request.user, first, last, form.chosen())
    before, after = _steps(view, day, first, last)
    shown = {
        "agenda": agenda, "view": view, "day": day, "today": today, "form": form, "before": before, "after": after, "most": MOST[view],
        "keep": _kept(request), "first": first, "last": last, "views": VIEWS.items(), 
        "weeks": [agenda.days[at : at + 7] for at in range(0, len(agenda.days), 7)],
        "rows": agenda.by_service() if view == "services" else (),
    }  # fmt: skip
    return render(request, "changes/calendar.html", shown)


def _day(text, today):
    try:
        return min(max(date.fromisoformat(text), EARLIEST), LATEST)
    except ValueError:
        return today


def _span(view, day):
    """The first and the last day shown."""
    if view == "day":
        return day, day
    if view == "month":
        weeks = calendar.Calendar().monthdatescalendar(day.year, day.month)
        return weeks[0][0], weeks[-1][-1]
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _steps(view, day, first, last):
    """A day of the span before, and one of the span after."""
    if view == "month":
        start = day.replace(day=1)
        return (start - timedelta(days=1)).replace(day=1), (start + timedelta(days=32)).replace(day=1)
    return first - (last - first + timedelta(days=1)), last + timedelta(days=1)


def _kept(request):
    """The filters as they stand in an address."""
    kept = request.GET.copy()
    for name in ("view", "day"):
        kept.pop(name, None)
    return f"&{kept.urlencode()}" if kept else ""


@require_http_methods(["GET", "POST"])
def slot_conflicts(request):
    """What a window, items and an implementer that somebody is typing would meet; an htmx piece."""
    form = SlotForm(request.POST or request.GET)
    if not form.is_valid():
        return render(request, "changes/_conflicts.html", {"conflicts": None, "wrong": form.non_field_errors()})
    typed = form.cleaned_data
    slot = Slot(
        typed["starts_at"], typed["ends_at"], tuple(item.pk for item in typed["items"]), tuple(s.pk for s in typed["services"]),
        typed["implementer"].pk if typed["implementer"] else None, typed["interrupts"], typed["change"].pk if typed["change"] else None,
    )  # fmt: skip
    return render(request, "changes/_conflicts.html", {"conflicts": services.find(slot, clock.now())})
