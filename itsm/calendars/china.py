"""Office hours and the official holidays of mainland China (State Council notice for 2026)."""

from datetime import date, timedelta

OFFICE_DAY = [(9 * 60, 12 * 60), (13 * 60, 18 * 60)]
OFFICE_WEEK = [(dow, start, end) for dow in range(5) for start, end in OFFICE_DAY]
COVERED_THROUGH = date(2026, 12, 31)
SOURCE = "State Council notice on the holidays of 2026"

_OFF = [((1, 1), 3), ((2, 15), 9), ((4, 4), 3), ((5, 1), 5), ((6, 19), 3), ((9, 25), 3), ((10, 1), 7)]
_WORK = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]

EXCEPTIONS_2026 = {date(2026, *first) + timedelta(days=n): [] for first, days in _OFF for n in range(days)} | {
    date(2026, *day): OFFICE_DAY for day in _WORK
}
