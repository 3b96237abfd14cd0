"""Lines of a review's inputs: a label in every language, a figure, the same before, and where its records are."""

import dataclasses
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation

from changes.period import Period
from itsm.core.measures import Unit
from reports.links import rows_url
from reports.scope import Scope

COUNT, PERCENT, LENGTH, STARS, STATE = "count", "percent", "seconds", "stars", "state"
UNITS = {Unit.PERCENT: PERCENT, Unit.LENGTH: LENGTH, Unit.STARS: STARS}
PLACES = 4


@dataclasses.dataclass(frozen=True)
class Asked:
    """What is compiled: whole months of the company, as known at an instant; what lies before is as many months."""

    period: Period
    at: datetime

    @property
    def before(self):
        return self.period.moved(-len(self.period.months))

    @property
    def end(self):
        """The instant up to which is looked: the end of the period, or now while it lasts."""
        return min(self.period.until, self.at)

    @property
    def scope(self):
        return Scope(self.period)

    @property
    def former(self):
        """The Scope of the period before."""
        return Scope(self.before)


@dataclasses.dataclass(frozen=True)
class Line:
    """One line: `label` lazy or plain words; `value` and `before` numbers, None where there is nothing.

    Of the unit STATE the value is words instead, and nothing is compared. `better`: "up", "down", or "" where neither way is.
    """

    key: str
    label: object
    value: object
    before: object = None
    unit: str = COUNT
    better: str = ""
    url: str = ""

    def plain(self):
        """As it is kept: every word in every language."""
        value = in_every_language(self.value) if self.unit == STATE else _rounded(self.value)
        return {
            "key": self.key, "label": in_every_language(self.label), "value": value, "before": _rounded(self.before), "unit": self.unit,
            "better": self.better, "url": self.url,
        }  # fmt: skip


def in_every_language(words):
    """`{language: words}`; a callable is asked in each language."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = str(words() if callable(words) else words)
    return found


def _rounded(number):
    return round(number, PLACES) if isinstance(number, float) else number


def of_figure(measure, figure, former, scope, label=None, **narrow):
    """The Line of a measure's figure and that of the period before; the link leads to the rows behind it."""
    found = None if figure is None else figure.value
    return Line(
        "-".join([measure.key, *map(str, narrow.values())]), label or measure.name, found, None if former is None else former.value,
        UNITS[measure.unit], measure.better.value, "" if measure.is_live else rows_url(measure, scope, **narrow),
    )  # fmt: skip


def days(number):
    return timedelta(days=number)
