"""A country's holidays and make-up workdays of one year, as a suggestion to confirm; the library may be wrong or too early (D2)."""

import functools
import re
import zoneinfo
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import holidays
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from itsm.calendars import rules
from itsm.calendars.models import Mode
from itsm.core.errors import Refused

SOURCE = f"holidays {holidays.__version__}"
ADD, CHANGE, REMOVE = "add", "change", "remove"
WHOLE_RUNS = ("CN",)
"""Countries whose notice gives whole runs of days, weekends between and beside the holidays included."""
LOOKED_BACK_TO = 2015
SATURDAY = 5
_REPLACES = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


@dataclass(frozen=True)
class Suggested:
    """One day on which the list and the calendar differ: what it is called, what stands now, what would stand (None: ordinary hours)."""

    day: date
    name: str
    kind: str
    was: list | None
    will: list | None

    @property
    def is_make_up(self):
        return bool(self.will)

    @property
    def key(self):
        return self.day.isoformat()


@dataclass(frozen=True)
class Suggestion:
    """What a country's list of a year would change in a calendar; `whole` is False while its make-up workdays are not known."""

    country: str
    year: int
    changes: tuple
    same: int
    whole: bool
    kept: frozenset

    def ticked(self):
        """The days that are chosen at first: all but those that somebody entered into a year that is official already."""
        return [change.key for change in self.changes if change.key not in self.kept]

    def applied(self, exceptions, chosen):
        """The calendar's exceptions after the chosen changes."""
        found = dict(exceptions)
        for change in self.changes:
            if change.key not in chosen:
                continue
            if change.will is None:
                found.pop(change.key, None)
            else:
                found[change.key] = change.will
        return found

    def source(self):
        """What the new version says of where its days come from."""
        return f"{SOURCE}: {self.country} {self.year}"


@functools.cache
def countries():
    """`{code: English name}` of every country the library knows, by name."""
    found = {names[1]: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", names[0]) for names in holidays.registry.COUNTRIES.values()}
    return dict(sorted(found.items(), key=lambda item: item[1]))


@functools.cache
def country_of(tz):
    """The code of the country that a time zone belongs to, or "" where the system doesn't say."""
    for folder in zoneinfo.TZPATH:
        table = Path(folder) / "zone.tab"
        if table.is_file():
            rows = (line.split("\t") for line in table.read_text().splitlines() if line and not line.startswith("#"))
            return next((row[0] for row in rows if row[2] == tz), "")
    return ""


@dataclass(frozen=True)
class Listed:
    """What the library says of a country's year: `{day off: name}` and `{make-up workday: the day off it makes up for, or None}`."""

    off: dict
    work: dict


def suggest(country, year, version):
    """The Suggestion for a calendar's version. Raises Refused when the library doesn't know the country or the year."""
    if version is None or version.mode == Mode.ALWAYS:
        raise Refused(rules.ALWAYS_OPEN, code="always_open")
    found = listed(country, year)
    usual = _usual(version)
    days = {day: (name, []) for day, name in found.off.items()}
    for day, replaced in found.work.items():
        hours = _ordinary(version, replaced) if replaced else []
        days[day] = (_("make-up workday"), hours or usual)
    changes, same = _differences(version, year, days)
    kept = frozenset(c.key for c in changes if c.kind != ADD and version.covered_through and c.day <= version.covered_through)
    return Suggestion(country, year, tuple(changes), same, bool(found.work) or not _makes_up(country, year), kept)


def listed(country, year):
    """The library's list of a country and year, names in the reader's language where it speaks it. Raises Refused."""
    if country not in countries():
        raise Refused(_("No holidays are known of this country. Choose another one, or enter the days by hand."), code="no_country")
    named = _names(country, year, "zh_CN" if (get_language() or "").startswith("zh") else "en_US")
    if not named:
        words = {"country": countries()[country], "year": year}
        sentence = _("No holidays of %(country)s are known for %(year)s. Choose another year, or enter the days by hand.")
        raise Refused(sentence % words, code="no_year")
    work = _workdays(country, year)
    return Listed(_with_weekends(named, work) if country in WHOLE_RUNS else named, work)


def _library(country, year, language=None):
    found = holidays.country_holidays(country, years=year)
    if language and language in found.supported_languages:
        return holidays.country_holidays(country, years=year, language=language)
    return found


def _names(country, year, language):
    return {day: name for day, name in sorted(_library(country, year, language).items()) if day.year == year}


def _workdays(country, year):
    """The make-up workdays; which day off each makes up for stands in the English names."""
    library = _library(country, year, "en_US")
    replaced = {found.groups(): day for day, name in library.items() for found in _REPLACES.finditer(name)}
    return {day: replaced.get((f"{day:%m}", f"{day:%d}", f"{day:%Y}")) for day in sorted(library.weekend_workdays) if day.year == year}


def _with_weekends(named, work):
    """The days off with the weekends that touch them, as one run."""
    found = dict(named)
    for day, name in named.items():
        for step in (timedelta(days=-1), timedelta(days=1)):
            beside = day + step
            while beside.weekday() >= SATURDAY and beside.year == day.year and beside not in work and beside not in found:
                found[beside] = name
                beside += step
    return found


@functools.lru_cache(maxsize=256)
def _makes_up(country, year):
    """Whether the country had make-up workdays in any earlier year."""
    return any(_workdays(country, earlier) for earlier in range(LOOKED_BACK_TO, min(year, rules.LAST_DAY.year)))


def _ordinary(version, day):
    return [list(part[1:]) for part in version.weekly if part[0] == day.weekday()]


def _usual(version):
    """The hours that most weekdays have."""
    days = Counter(tuple((a, b) for dow, a, b in version.weekly if dow == weekday) for weekday in range(7))
    del days[()]
    return [list(part) for part in days.most_common(1)[0][0]] if days else []


def _differences(version, year, days):
    """The changes that a list means for a version, in order, and how many of its days stand already."""
    present = {date.fromisoformat(text): parts for text, parts in version.exceptions.items() if text.startswith(f"{year}-")}
    changes, same = [], 0
    for day in sorted(present.keys() | days.keys()):
        was, ordinary = present.get(day), _ordinary(version, day)
        name, will = days.get(day, ("", None))
        if was == will or (was is None and will == ordinary and will) or (will is None and was == ordinary):
            same += day in days
        else:
            changes.append(Suggested(day, name, REMOVE if will is None else ADD if was is None else CHANGE, was, will))
    return changes, same
