"""The default targets as the choice of the demo's incidents measures them."""

from datetime import timedelta

from itsm.calendars import china
from itsm.calendars.services import ALWAYS
from itsm.calendars.worktime import Hours
from sla.services.agreements import DEFAULTS

OFFICE_HOURS = Hours.of("Asia/Shanghai", china.OFFICE_WEEK)
ROUND_THE_CLOCK = Hours.round_the_clock()


def targets():
    """`{(tier, priority): (response, resolution)}` as timedelta."""
    return {row: (timedelta(seconds=response), timedelta(seconds=resolution)) for row, (response, resolution, _code) in DEFAULTS.items()}


def hours(tier, priority):
    """The hours that measure a tier's priority; the year's holidays do not matter to a log of another year."""
    return ROUND_THE_CLOCK if DEFAULTS[tier, priority][2] == ALWAYS else OFFICE_HOURS
