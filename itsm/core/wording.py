"""How durations and instants are worded for a reader, in the active language and time zone."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext

MINUTE, HOUR, DAY = 60, 3600, 86400
EXACT_BELOW = 5 * MINUTE
HOURS_ONLY_ABOVE = 100 * HOUR


def duration(seconds):
    """Word a length of time given in seconds: "1 h 20 min", "1 小时 20 分"; the sign is ignored."""
    seconds = int(abs(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds))
    if seconds < MINUTE:
        return gettext("%(s)d s") % {"s": seconds}
    if seconds < EXACT_BELOW and seconds % MINUTE:
        return gettext("%(m)d min %(s)02d s") % {"m": seconds // MINUTE, "s": seconds % MINUTE}
    hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
    if not hours:
        return gettext("%(m)d min") % {"m": minutes}
    if not minutes or seconds >= HOURS_ONLY_ABOVE:
        return gettext("%(h)d h") % {"h": hours}
    return gettext("%(h)d h %(m)02d min") % {"h": hours, "m": minutes}


def time_left(seconds):
    """Word what is left of a promise; below nought it says how far over it is, never a minus sign."""
    if seconds >= 0:
        return duration(seconds)
    return pgettext("clock", "%(time)s over") % {"time": duration(seconds)}


def moment(instant, now):
    """Word an instant for people: "5 min ago", "today 11:15", "9 Oct 14:06"; both are aware datetimes."""
    ahead = (instant - now).total_seconds()
    if abs(ahead) < MINUTE:
        return gettext("just now")
    if -HOUR < ahead < 0:
        minutes = int(-ahead // MINUTE)
        return ngettext("%(n)d min ago", "%(n)d min ago", minutes) % {"n": minutes}
    return clock_time(instant, now)


def clock_time(instant, now):
    """Word an instant by its day and time, short: "today 11:15", "9 Oct 14:06", "9 Oct 2025 14:06"."""
    local, here = timezone.localtime(instant), timezone.localtime(now)
    time = local.strftime("%H:%M")
    days = (local.date() - here.date()).days
    if days in NEAR_DAYS:
        return NEAR_DAYS[days]() % {"time": time}
    form = pgettext("date without year", "j M") if local.year == here.year else pgettext("date with year", "j M Y")
    return f"{date_format(local, form)} {time}"


NEAR_DAYS = {
    -1: lambda: gettext("yesterday %(time)s"),
    0: lambda: gettext("today %(time)s"),
    1: lambda: gettext("tomorrow %(time)s"),
}


def exact(instant: datetime):
    """Word an instant exactly, with its offset: "2026-10-09 14:06:11 UTC+8"."""
    local = timezone.localtime(instant)
    return f"{local:%Y-%m-%d %H:%M:%S} {_offset(local)}"


def zone_name(instant: datetime):
    """Name the reader's zone with its offset: "Asia/Shanghai (UTC+8)"."""
    return f"{timezone.get_current_timezone_name()} ({_offset(timezone.localtime(instant))})"


def _offset(local):
    """The offset of an aware local time: "UTC+8", "UTC+5:30"."""
    sign, hours, minutes = local.strftime("%z")[0], local.strftime("%z")[1:3], local.strftime("%z")[3:5]
    return f"UTC{sign}{int(hours)}" + (f":{minutes}" if minutes != "00" else "")
