"""Hours as people type them: "09:00-12:00, 13:00-18:00", and exceptions one a line."""

import re
from datetime import date, timedelta
from itertools import pairwise

MOST_DAYS = 366
_TIME = r"(\d{1,2})[:：](\d{2})"
_PART = re.compile(rf"^{_TIME}\s*[-–—~至]\s*{_TIME}$")
_OFF = {"off", "closed", "holiday", "休", "放假", "假期", ""}


def intervals(text):
    """Minutes of the day from text: "09:00-12:00, 13:00-18:00" → [[540, 720], [780, 1080]]; empty text → []. Raises ValueError."""
    parts = sorted(_interval(part) for part in re.split(r"[,，;；、]", text.strip()) if part.strip())
    for first, second in pairwise(parts):
        if second[0] < first[1]:
            raise ValueError(text.strip())
    return parts


def _interval(part):
    found = _PART.match(part.strip())
    if not found:
        raise ValueError(part.strip())
    a, b, c, d = map(int, found.groups())
    start, end = a * 60 + b, c * 60 + d
    if b > 59 or d > 59 or not 0 <= start < end <= 24 * 60:
        raise ValueError(part.strip())
    return [start, end]


def shown(parts):
    """Text from intervals, as `intervals` reads it."""
    return ", ".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in parts)


def exceptions(text):
    """`{"2026-10-01": [], "2026-10-10": [[540, 720]]}` from lines such as "2026-10-01..2026-10-07 off" or "2026-10-10 09:00-12:00".

    Raises ValueError with the line that can't be read.
    """
    found = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        days, _space, rest = line.partition(" ")
        try:
            parts = [] if rest.strip().lower() in _OFF else intervals(rest)
            for day in _days(days):
                found[day.isoformat()] = parts
        except ValueError as error:
            raise ValueError(line) from error
    return dict(sorted(found.items()))


def _days(text):
    first, _dots, last = text.partition("..")
    start = date.fromisoformat(first)
    end = date.fromisoformat(last) if last else start
    if not timedelta(0) <= end - start <= timedelta(days=MOST_DAYS):
        raise ValueError(text)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def shown_exceptions(held):
    """Lines from exceptions, neighbours with the same hours as one range."""
    lines, run = [], None
    for day_text, parts in sorted(held.items()):
        day = date.fromisoformat(day_text)
        if run and day == run[1] + timedelta(days=1) and parts == run[2]:
            run[1] = day
            continue
        if run:
            lines.append(_line(*run))
        run = [day, day, parts]
    return "\n".join([*lines, _line(*run)] if run else lines)


def _line(first, last, parts):
    days = first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}"
    return f"{days} {shown(parts) or 'off'}"
