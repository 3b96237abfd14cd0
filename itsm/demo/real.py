"""The real incidents that ship with the demo, read back and moved to end today."""

import gzip
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from incidents.imports.servicenow import histories

DATA = Path(__file__).parent / "data" / "servicenow_2016_selection.csv.gz"
HOME = ZoneInfo("Asia/Shanghai")
A_WEEK = timedelta(weeks=1)


def real_histories():
    """Yield the shipped histories; their local times are read as the demo company's."""
    with gzip.open(DATA, "rt", newline="") as lines:
        yield from histories(lines, HOME, note=lambda flaw: None)


def shift(newest_at, now):
    """How far to move the log so that its last day is today: whole weeks, which keep weekdays and hours, ending at now or after."""
    return -((newest_at - now) // A_WEEK) * A_WEEK
