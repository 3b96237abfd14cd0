"""The rows behind one figure, exactly those that it counts, however it is narrowed: for the page, downloads and the API."""

import dataclasses

from django.db.models import Count, Sum

from changes.period import Period
from itsm.core import paging
from itsm.core.measures import Measure, source
from reports import figures
from reports.models import Tally
from reports.narrow import Narrow, NarrowForm
from reports.scope import DIMENSIONS, Scope

NEWEST = paging.Newest("at")
WHOLE = Narrow()


@dataclasses.dataclass(frozen=True)
class Listing:
    """A figure of a scope and which of its facts are listed: all, those that its share counts, or the rest."""

    scope: Scope
    measure: Measure
    part: str = "all"
    narrow: Narrow = WHOLE

    @property
    def looked_at(self):
        """The scope, narrowed to the month that was picked out."""
        month = self.narrow.month or (self.narrow.day and self.narrow.day.replace(day=1))
        return self.scope.but(period=Period(month, month)) if month else self.scope

    @property
    def counted_as(self):
        """The measure, narrowed to the outcome that was picked out."""
        if not self.narrow.outcome:
            return self.measure
        among = dataclasses.replace(self.measure.among, outcomes=(self.narrow.outcome,))
        return dataclasses.replace(self.measure, among=among)

    @property
    def is_of_changes(self):
        """Whether its facts are about changes."""
        return self.measure.kind in figures.OF_CHANGES

    @property
    def is_of_records(self):
        """Whether a source counts it from its records, whenever somebody asks."""
        return False

    @property
    def query(self):
        """The listing as keys of an address."""
        return {**self.scope.query, **self.narrow.query, **({"part": self.part} if self.part != "all" else {})}

    def but(self, **other):
        """The same, with something else."""
        return dataclasses.replace(self, **other)

    def rows(self):
        """The queryset of the facts, newest first."""
        return figures.facts(self.looked_at, self.counted_as, self.part).filter(self.narrow.q())

    def figure(self):
        """The Figure of what is looked at, whichever part is listed: from the sums where they tell it, else counted."""
        measure, narrow = self.counted_as, self.narrow
        if narrow.slot is not None and narrow.day is None and narrow.week is None:
            return self._of_slot(measure)
        if narrow.slot is not None or ((narrow.day or narrow.week) and self.is_of_changes) or (narrow.day and narrow.week):
            return self._counted(measure)
        if narrow.day:
            days = figures.read(self.looked_at, [measure], by="day")
            return days.get(narrow.day, {}).get(measure.key) or figures.Figure(measure)
        if narrow.week:
            weeks = figures.read(self.looked_at, [measure], by="week")
            return weeks.get(narrow.week, {}).get(measure.key) or figures.Figure(measure)
        return figures.one(self.looked_at, measure)

    def _of_slot(self, measure):
        """The Figure of arrivals of one hour of the week, from the sums of months."""
        scope, number, counted = self.looked_at, 0, 0
        cells = Tally.objects.filter(kind=measure.kind, grain="m", start__gte=scope.first, start__lte=scope.last, slot=self.narrow.slot)
        cells = cells.filter(**scope.chosen, **({"priority": scope.priority} if scope.priority else {}))
        for name in set(DIMENSIONS) - set(scope.chosen):
            cells = cells.exclude(**{name: 0}) if len(scope.chosen) > 1 else cells.filter(**{name: 0})
        for outcome, marks, many in cells.values_list("outcome", "marks").annotate(Sum("number")):
            if measure.among.holds(outcome, marks):
                number += many
                counted += many if measure.is_share and measure.counted.holds(outcome, marks) else 0
        return figures.Figure(measure, number, counted)

    def _counted(self, measure):
        asked = {"number": Count("id")}
        if measure.is_share:
            asked["counted"] = Count("id", filter=measure.counted.q())
        return figures.Figure(measure, **self.but(part="all").rows().order_by().aggregate(**asked))

    def page(self, cursor="", size=paging.SIZE):
        """Some of the rows, after a cursor."""
        return paging.page(self.rows(), NEWEST, cursor, size)


class Recorded(Listing):
    """The same of a measure that a source counts from its records: lists instead of querysets, no facts and no sums."""

    @property
    def is_of_records(self):
        return True

    def rows(self):
        """The Counted, newest first."""
        return figures.counted(self.looked_at, self.measure, self.part)

    def figure(self):
        return figures.one(self.looked_at, self.measure)

    def page(self, cursor="", size=paging.SIZE):
        return paging.sliced(self.rows(), cursor, size)


def of(scope, measure, part="all", narrow=WHOLE):
    """The Listing of a measure, whatever counts it."""
    return (Recorded if source(measure.kind) else Listing)(scope, measure, part, narrow)


def asked(data, scope, measure):
    """The Listing that keys of an address ask for."""
    form = NarrowForm(data)
    return of(scope, measure, form.part_of(measure), form.narrow(scope, measure))


def parts(listing, figure):
    """`{part: how many rows}`, only the whole where nothing is counted apart."""
    return {"all": figure.number} | ({"counted": figure.counted, "rest": figure.rest} if listing.measure.is_share else {})
