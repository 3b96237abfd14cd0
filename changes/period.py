"""A period of whole months of the company. Pure but for the company's zone."""

import dataclasses
from datetime import date, timedelta

from itsm.people.zones import company_day
from sla.attainment import bounds, following, month_named, previous

USUAL = 3
"""Months that are looked at when nobody says which."""
MOST = 36


@dataclasses.dataclass(frozen=True)
class Period:
    """From the first day of one month to the end of another one, both included."""

    first: date
    last: date

    @property
    def since(self):
        """The instant at which it begins."""
        return bounds(self.first)[0]

    @property
    def until(self):
        """The instant at which it is over."""
        return bounds(self.last)[1]

    @property
    def last_day(self):
        """Its last day."""
        return following(self.last) - timedelta(days=1)

    @property
    def months(self):
        """The first days of its months, in order."""
        return [*_back(self.last, self.first)][::-1]

    @property
    def query(self):
        """The period as keys of an address."""
        return {"from": f"{self.first:%Y-%m}", "to": f"{self.last:%Y-%m}"}

    def lengthened(self, months):
        """From the same first month on, so many months in all."""
        return Period(self.first, _shifted(self.first, months - 1))

    def moved(self, months):
        """The same length, so many months later (or earlier)."""
        return Period(_shifted(self.first, months), _shifted(self.last, months))


def _back(last, first):
    day = last.replace(day=1)
    while day >= first:
        yield day
        day = previous(day)


def _shifted(day, months):
    for _no in range(abs(months)):
        day = following(day) if months > 0 else previous(day)
    return day


def lately(at, months=USUAL):
    """The month of an instant and those before it, so many in all."""
    this = company_day(at).replace(day=1)
    return Period(_shifted(this, 1 - months), this)


def named(first, last, at):
    """The period from one month to another, written "2026-11"; what is missing, no month or still to come is replaced.

    A later first month than the last one swaps them; at most 36 months are looked at.
    """
    usual = lately(at)
    until = min(month_named(last) or usual.last, usual.last)
    since = min(month_named(first) or _shifted(until, 1 - USUAL), usual.last)
    since, until = min(since, until), max(since, until)
    return Period(max(since, _shifted(until, 1 - MOST)), until)


def choices(at, months=MOST):
    """The months that somebody may choose, the newest first."""
    return lately(at, months).months[::-1]
