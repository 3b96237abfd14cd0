"""A figure looked at closer: one outcome, one month, one day, or one hour of the week."""

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.db.models.lookups import Exact

from changes.measures.definitions import CARRIED_OUT, DECIDED, SUCCESSFUL, UNSUCCESSFUL
from changes.models.approval import Outcome as Decided
from incidents.measures import CLOSED, LOGGED
from incidents.models import ClosingKind
from itsm.people.zones import company_zone
from sla.attainment import month_named
from sla.measures import FIRED, LATE, PUNCTUAL
from sla.models import Metric, Outcome

HOURS = 24
SLOTS = 7 * HOURS
ENDED = (Decided.APPROVED, Decided.REJECTED, Decided.VOIDED, Decided.WITHDRAWN)


def outcomes_of(measure):
    """The outcomes that facts of a measure may have."""
    if measure.among.outcomes:
        return measure.among.outcomes
    if measure.kind in Metric.values:
        return tuple(Outcome.values)
    return {
        CLOSED: tuple(ClosingKind.values), FIRED: (PUNCTUAL, LATE), CARRIED_OUT: (SUCCESSFUL, UNSUCCESSFUL),
        DECIDED: tuple(outcome.value for outcome in ENDED),
    }.get(measure.kind, ())  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Narrow:
    """What is picked out of a figure. slot: of arrivals the hour of the week, 0 for Monday 0:00 to 1:00 in the company's zone."""

    outcome: str = ""
    slot: int | None = None
    month: date | None = None
    day: date | None = None
    week: date | None = None

    @property
    def query(self):
        """The same as keys of an address."""
        month, day, week = self.month and f"{self.month:%Y-%m}", self.day and self.day.isoformat(), self.week and self.week.isoformat()
        kept = {"outcome": self.outcome, "slot": self.slot, "month": month, "day": day, "week": week}
        return {name: value for name, value in kept.items() if value not in ("", None)}

    def but(self, **other):
        """The same, with something else."""
        return dataclasses.replace(self, **other)

    def q(self):
        """The condition for facts; the month is the scope's to say, the outcome the measure's."""
        wanted = Q()
        if self.day is not None:
            around = datetime.combine(self.day, time(), UTC)
            wanted &= Q(day=self.day, at__gte=around - timedelta(days=1), at__lt=around + timedelta(days=2))
        if self.week is not None:
            wanted &= Q(day__gte=self.week, day__lt=self.week + timedelta(days=7))
        if self.slot is not None:
            weekday, hour = divmod(self.slot, HOURS)
            zone = ZoneInfo(company_zone())
            wanted &= Q(Exact(ExtractIsoWeekDay("at", tzinfo=zone), weekday + 1)) & Q(Exact(ExtractHour("at", tzinfo=zone), hour))
        return wanted


class NarrowForm(forms.Form):
    """What is picked out, read from the address; what makes no sense for the scope and the measure counts as not said."""

    outcome = forms.CharField(required=False, max_length=20)
    slot = forms.IntegerField(required=False, min_value=0, max_value=SLOTS - 1)
    month = forms.CharField(required=False, max_length=7)
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    week = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    part = forms.ChoiceField(required=False, choices=[(part, part) for part in ("all", "counted", "rest")])

    def narrow(self, scope, measure):
        """The Narrow that is asked for."""
        said = self._said()
        outcome, slot = said.get("outcome") or "", said.get("slot")
        return Narrow(
            outcome if outcome in outcomes_of(measure) else "",
            slot if measure.kind == LOGGED else None,
            within(scope, month_named(said.get("month") or "")),
            within(scope, said.get("day")),
            monday_of(scope, said.get("week")),
        )

    def part_of(self, measure):
        """Which part of the figure is asked for: all of it where nothing is counted apart."""
        return (self._said().get("part") or "all") if measure.is_share else "all"

    def _said(self):
        return self.cleaned_data if self.is_valid() or self.errors else {}


def monday_of(scope, day):
    """The Monday of a day's week where it meets the scope's months, else None; it may begin before them, what is counted does not."""
    if day is None or not scope.first <= day <= scope.period.last_day:
        return None
    return day - timedelta(days=day.weekday())


def within(scope, day):
    """The day where a scope's months hold it, else None."""
    return day if day is not None and scope.first <= day.replace(day=1) <= scope.last else None
