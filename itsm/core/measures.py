"""What is measured (clause 9.1): each metric defined once, by the floor whose records it counts, from that app's `measures.py`.

A measure counts facts: what was decided about one record, at one instant. `reports` keeps the facts and computes; pages, downloads and
the API show what it computes beside the words that stand here.
"""

import dataclasses
import enum
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _


class Unit(enum.Enum):
    """What a figure is given in."""

    PERCENT = _("percent")
    LENGTH = _("seconds")
    STARS = _("stars, 1 to 5")


class Better(enum.Enum):
    """Which way is the right one."""

    UP = "up"
    DOWN = "down"


@dataclasses.dataclass(frozen=True)
class Lot:
    """Some of the facts of a kind: with one of these outcomes (any when none is named), all these marks, and none of the others."""

    outcomes: tuple = ()
    marks: int = 0
    without: int = 0

    def holds(self, outcome, marks):
        """Whether a fact with that outcome and those marks belongs to it."""
        return (not self.outcomes or outcome in self.outcomes) and marks & self.marks == self.marks and not marks & self.without

    def q(self):
        """The same as a condition for rows that have `outcome` and `marks`."""
        found = Q(outcome__in=self.outcomes) if self.outcomes else Q()
        if self.marks:
            found &= Q(Exact(F("marks").bitand(self.marks), self.marks))
        if self.without:
            found &= Q(Exact(F("marks").bitand(self.without), 0))
        return found


ALL = Lot()


@dataclasses.dataclass(frozen=True)
class Measure:
    """One metric in words, and how facts make it.

    kind: of the facts that are counted; among: which of them (the population); counted: of those, the ones a share counts.
    length: the place (from 0) of the length that a mean, a median and a 90th percentile are taken of, in seconds;
    beside: the place of the length that makes a whole with it, for a share of time.
    goal: what it should reach, in the unit; better: which way is the right one; group: the part of a page it stands on.
    is_live: it counts records as they are now instead of facts, whatever the period.
    """

    key: str
    kind: str
    name: object
    question: object
    definition: object
    population: object
    unit: Unit
    clause: str
    group: str = ""
    among: Lot = ALL
    counted: Lot | None = None
    length: int | None = None
    beside: int | None = None
    better: Better = Better.UP
    goal: float | None = None
    is_live: bool = False

    @property
    def is_share(self):
        """Whether it counts some of all; otherwise it measures lengths."""
        return self.counted is not None


class Counted(NamedTuple):
    """Something that a measure of records counts: what a fact is elsewhere, read from the records whenever somebody asks.

    record: what it is about, with `shown_number`, `title` and `get_absolute_url`; words: how it ended; lengths: seconds.
    """

    at: datetime
    record: object
    outcome: str = ""
    words: object = ""
    marks: int = 0
    lengths: tuple = ()


_measures, _sources = {}, {}


class Source(NamedTuple):
    """Where a kind is counted from records: `find(since, until)` gives the Counted of that time, or of now where the kind is of now.

    title, page: the dashboard that it stands on, in words and as the name of its address.
    """

    find: Callable
    title: object
    page: str


def register_source(kind, found):
    """Let a kind be counted from records. A kind has one Source."""
    if _sources.setdefault(kind, found) is not found:
        raise ValueError(f"kind {kind} has two sources")


def source(kind):
    """The Source of a kind, or None of kinds that facts are kept of."""
    return _sources.get(kind)


def register(*measures):
    """Make metrics known; a key is defined once."""
    for measure in measures:
        if _measures.setdefault(measure.key, measure) is not measure:
            raise ValueError(f"measure {measure.key} is defined twice")


def known():
    """`{key: Measure}` of all that is counted from facts, in the order of their definition."""
    return {key: measure for key, measure in _measures.items() if not measure.is_live and measure.kind not in _sources}


def of_records():
    """`{key: Measure}` of all that a source counts from its records."""
    return {key: measure for key, measure in _measures.items() if measure.kind in _sources}


def every():
    """`{key: Measure}` of all there are: those of facts, those of what is open now, those of records."""
    return {**known(), **live(), **of_records()}


def live():
    """`{key: Measure}` of what is asked of the records as they are now."""
    return {key: measure for key, measure in _measures.items() if measure.is_live}


def named(key):
    """The Measure of a key, or None."""
    return _measures.get(key)
