"""Hours as people type them: "09:00-12:00, 13:00-18:00", nights as "22:00-06:00", and exceptions one a line."""

import re
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from itsm.calendars import rules
from itsm.calendars.worktime import MINUTES_A_DAY

MOST_DAYS = 366
EVENING, NOON = 16 * 60, 12 * 60
_TIME = r"(\d{1,2})[:：](\d{2})"
_PART = re.compile(rf"^{_TIME}\s*[-–—~至]\s*{_TIME}$")
_OFF = {"off", "closed", "holiday", "休", "放假", "假期", ""}
_FORM = _("“%(text)s” can't be read. Write times as 09:00-12:00, 13:00-18:00.")
_LINE = _("“%(text)s” can't be read. Write a day as 2026-10-01 off, 2026-10-01..2026-10-07 off or 2026-10-10 09:00-12:00.")
_INVERTED = _("“%(text)s” ends before it begins. Hours over midnight begin at 16:00 or later and end by 12:00, such as 22:00-06:00.")
_TWICE = _("%(day)s stands in two lines. Keep one of them.")
_LONG = _("“%(text)s” are more than %(most)s days, or end before they begin.")


class Unreadable(ValueError):
    """Text that can't be understood, with the sentence that says why."""

    def __init__(self, sentence, **words):
        self.sentence = sentence % words if words else sentence
        super().__init__(str(self.sentence))


def intervals(text):
    """Minutes of the day from text: "09:00-12:00, 13:00-18:00" → [[540, 720], [780, 1080]]; empty text → [].

    An interval over midnight ends after 1440: "22:00-06:00" → [[1320, 1800]]. Raises Unreadable.
    """
    parts = sorted(_interval(part.strip()) for part in re.split(r"[,，;；、]", text.strip()) if part.strip())
    _check([[start, min(end, MINUTES_A_DAY)] for start, end in parts])
    return parts


def week(days):
    """`[[weekday, from, to]]` of the intervals of seven days, what goes over midnight given to the day after it; with the days that clash.

    The second answer is `{weekday: sentence}`.
    """
    weekly, wrong = [], {}
    for dow, parts in enumerate(days):
        held = _within(parts) + _after_midnight(days[dow - 1])
        if refusal := rules.parts_refusal(held):
            wrong[dow] = refusal
        weekly += [[dow, *part] for part in joined(held)]
    return weekly, wrong


def exceptions(text, weekly=()):
    """`{"2026-10-01": [], "2026-10-10": [[540, 720]]}` from lines such as "2026-10-01..2026-10-07 off" or "2026-10-10 09:00-12:00".

    What goes over midnight is added to the hours of the day after it. Raises Unreadable with the line that can't be read.
    """
    found = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        days, _space, rest = line.partition(" ")
        parts = [] if rest.strip().lower() in _OFF else intervals(rest)
        for day in _days(days, line):
            if day in found:
                raise Unreadable(_TWICE, day=day.isoformat())
            found[day] = parts
    ordinary = [[part[1:] for part in weekly if part[0] == dow] for dow in range(7)]
    return {day.isoformat(): parts for day, parts in sorted(_spread(found, ordinary).items())}


def shown(parts):
    """Text from intervals, as `intervals` reads it."""
    return ", ".join(rules.shown_part(part) for part in parts)


def shown_exceptions(held):
    """Lines from exceptions, neighbours with the same hours as one range."""
    lines, run = [], None
    for day_text, parts in sorted(held.items()):
        day = date.fromisoformat(day_text)
        if run and day == run[1] + timedelta(days=1) and parts == run[2] and (day - run[0]).days <= MOST_DAYS:
            run[1] = day
            continue
        if run:
            lines.append(_line(*run))
        run = [day, day, parts]
    return "\n".join([*lines, _line(*run)] if run else lines)


def joined(parts):
    """The intervals in order, those that touch as one."""
    found = []
    for start, end in sorted(parts):
        if found and start <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return found


def _interval(part):
    found = _PART.match(part)
    if not found:
        raise Unreadable(_FORM, text=part)
    a, b, c, d = map(int, found.groups())
    start, end = a * 60 + b, c * 60 + d
    if b > 59 or d > 59 or start >= MINUTES_A_DAY or end > MINUTES_A_DAY:
        raise Unreadable(_FORM, text=part)
    if start < end:
        return [start, end]
    if start >= EVENING and end <= NOON and end < start:
        return [start, end + MINUTES_A_DAY]
    raise Unreadable(_INVERTED, text=part)


def _check(parts):
    if refusal := rules.parts_refusal(parts):
        raise Unreadable(refusal)


def _within(parts):
    return [[start, min(end, MINUTES_A_DAY)] for start, end in parts]


def _after_midnight(parts):
    return [[0, end - MINUTES_A_DAY] for _start, end in parts if end > MINUTES_A_DAY]


def _days(text, line):
    first, _dots, last = text.partition("..")
    try:
        start = date.fromisoformat(first)
        end = date.fromisoformat(last) if last else start
    except ValueError as error:
        raise Unreadable(_LINE, text=line) from error
    for day in (start, end):
        if refusal := rules.day_refusal(day):
            raise Unreadable(refusal)
    if not timedelta(0) <= end - start <= timedelta(days=MOST_DAYS):
        raise Unreadable(_LONG, text=text, most=MOST_DAYS)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def _spread(found, ordinary):
    """Exceptions with what goes over midnight added to the day after it."""
    spread = {day: _within(parts) for day, parts in found.items()}
    for day, parts in found.items():
        if spill := _after_midnight(parts):
            following = day + timedelta(days=1)
            held = spread.get(following, ordinary[following.weekday()]) + spill
            _check(held)
            spread[following] = joined(held)
    return spread


def _line(first, last, parts):
    days = first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}"
    return f"{days} {shown(parts) or 'off'}"
