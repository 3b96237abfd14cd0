"""Who may keep working calendars, and what hours make sense. Roles are named here by value, because people stand above."""

from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from itsm.calendars.worktime import MINUTES_A_DAY
from itsm.core.flow import says

KEEPERS = ("service_manager", "top_management")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
NEVER_OPEN = _("Enter hours for at least one weekday; otherwise nothing would ever be due.")
NO_WINDOW = _("Enter hours for at least one weekday or one day; otherwise there is no window.")
OUT_OF_RANGE = _("%(day)s lies outside the years 2000 to 2099.")
OVERLAP = _("The hours of one day overlap: %(first)s and %(second)s.")
ALWAYS_OPEN = _("This calendar is open round the clock; holidays change nothing in it.")
ALWAYS_DOWN = _("A maintenance window can't be open round the clock: the service would never have to be available. Enter weekly hours.")


@says(_("Only the service manager changes working calendars. Ask them."))
def may_keep_calendars(person):
    """Whether somebody may publish calendar versions."""
    return person.is_active and person.is_internal and (person.is_superuser or person.has_role(*KEEPERS))


def zone_refusal(tz):
    """The sentence that refuses a time zone nobody knows, or None."""
    try:
        ZoneInfo(tz)
    except (ValueError, LookupError, OSError):
        return _("There is no time zone “%(zone)s”. Choose one of the list, such as Asia/Shanghai.") % {"zone": tz}
    return None


def hours_refusal(weekly, exceptions):
    """The sentence that refuses hours that are no hours, overlap or lie in no sane year; None when they make sense."""
    days = {}
    for part in weekly:
        if len(part) != 3 or not 0 <= part[0] <= 6:
            return _("A week has the days Monday to Sunday.")
        days.setdefault(part[0], []).append(part[1:])
    for parts in (*days.values(), *exceptions.values()):
        if wrong := parts_refusal(parts):
            return wrong
    return next((wrong for day in exceptions if (wrong := day_refusal(date.fromisoformat(day)))), None)


def parts_refusal(parts):
    """The sentence that refuses one day's intervals in minutes, or None."""
    for start, end in parts:
        if not 0 <= start < end <= MINUTES_A_DAY:
            return _("%(part)s is no time of one day: it has to end after it begins.") % {"part": shown_part((start, end))}
    for first, second in pairwise(sorted(parts)):
        if second[0] < first[1]:
            return OVERLAP % {"first": shown_part(first), "second": shown_part(second)}
    return None


def day_refusal(day):
    """The sentence that refuses a date in no sane year, or None."""
    return None if day is None or FIRST_DAY <= day <= LAST_DAY else OUT_OF_RANGE % {"day": day.isoformat()}


def shown_part(part):
    """An interval as people read it: "09:00-12:00"."""
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in part)
