"""Days that lie some months, or days, further on."""

import calendar
from datetime import timedelta


def later(day, months=0, days=0):
    """The same day so many months later; where a month is shorter, its last day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last)) + timedelta(days=days)
