"""What a reader is told about one clock: its life, and the names and words that its sentences need. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from itsm.core import wording
from sla.ledger import Life

SECONDS_BELOW = timedelta(minutes=15) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """A calendar version as a sentence names it; `weekly` is empty round the clock, `exceptions` are (day, hours) in order."""

    name: str
    no: int
    zone: str
    weekly: tuple = ()
    exceptions: tuple = ()
    covered_through: date | None = None

    @property
    def week(self):
        """The weekly hours in words: "Mon–Fri 09:00–12:00, 13:00–18:00"."""
        return week_words(self.weekly)

    def touched(self, since, until):
        """The days with other hours than the week's that a time touches, in words; neighbours with the same hours together."""
        days = [(day, hours) for day, hours in self.exceptions if since <= day <= until]
        runs = []
        for day, hours in days:
            if runs and runs[-1][2] == hours and day - runs[-1][1] == timedelta(days=1):
                runs[-1][1] = day
            else:
                runs.append([day, day, hours])
        return [_day_words(*run) for run in runs]


@dataclass(frozen=True, slots=True)
class Story:
    """A clock's life with what its log says beside it, by line: calendars, reasons, and who did it (nobody for a customer's eyes).

    `phases` are (since, until, what the record stood in), for the causes of a breach; `provisional` marks a due time beyond the
    official holidays.
    """

    metric: str
    life: Life
    at: datetime
    calendars: dict = field(default_factory=dict)
    reasons: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    proposers: dict = field(default_factory=dict)
    phases: tuple = ()
    provisional: bool = False

    @property
    def calendar(self):
        """The calendar version that counts now, or None."""
        return self.calendars[max(self.calendars)] if self.calendars else None

    def calendar_before(self, line):
        """The calendar version that counted before a line, or None."""
        earlier = [held for held in self.calendars if held < line]
        return self.calendars[max(earlier)] if earlier else None

    @property
    def allowed_us(self):
        """The time used at which the promise breaks, in microseconds, or None."""
        return self.life.state.allowed_us

    def when(self, instant):
        """An instant by weekday, day and time in the reader's zone; with seconds where the promise is short."""
        local = timezone.localtime(instant)
        same = local.year == timezone.localtime(self.at).year
        form = pgettext("weekday and date", "D j M") if same else pgettext("weekday and date with year", "D j M Y")
        exact = self.allowed_us is not None and self.allowed_us < SECONDS_BELOW and local.second
        return f"{date_format(local, form)} {local.strftime('%H:%M:%S' if exact else '%H:%M')}"


def day(when):
    """A date with its year."""
    return date_format(when, pgettext("date with year", "j M Y"))


def length(micros):
    """A length of time given in microseconds or as a timedelta, in words."""
    return wording.duration(micros if isinstance(micros, timedelta) else timedelta(microseconds=micros))


def week_words(weekly):
    """Weekly hours ((weekday 0-6, from minute, to minute), …) in words; neighbours with the same hours together."""
    if not weekly:
        return _("round the clock")
    days = [(dow, hours_words((start, end) for _dow, start, end in parts)) for dow, parts in groupby(sorted(weekly), key=lambda p: p[0])]
    runs = []
    for dow, hours in days:
        if runs and runs[-1][2] == hours and dow == runs[-1][1] + 1:
            runs[-1][1] = dow
        else:
            runs.append([dow, dow, hours])
    return pgettext("between parts of a week", ", ").join(f"{_weekdays(first, last)} {hours}" for first, last, hours in runs)


def _weekdays(first, last):
    names = {"first": WEEKDAYS_ABBR[first], "last": WEEKDAYS_ABBR[last]}
    return str(names["first"]) if first == last else pgettext("weekdays", "%(first)s–%(last)s") % names


def hours_words(parts):
    """Intervals of a day in minutes: "09:00–12:00, 13:00–18:00"."""
    between = pgettext("between hours of a day", ", ")
    return between.join(f"{a // 60:02d}:{a % 60:02d}–{b // 60:02d}:{b % 60:02d}" for a, b in parts)


def _day_words(first, last, hours):
    shown = day(first) if first == last else pgettext("days", "%(first)s–%(last)s") % {"first": day(first), "last": day(last)}
    if not hours:
        return _("%(day)s holiday") % {"day": shown}
    return _("%(day)s open %(hours)s") % {"day": shown, "hours": hours_words(hours)}
