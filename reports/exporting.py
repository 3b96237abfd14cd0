"""Every figure of a dashboard in one long table: the whole, and told apart by month, priority, service and so on."""

from django.utils.translation import gettext as _

from catalog.models import Service
from changes.measures import TIERS
from changes.models import Category
from itsm.core import measures
from itsm.core.measures import Unit
from itsm.people.models import Organisation, Team
from reports import figures, restated
from reports.models import NOBODY, ClosedMonth
from reports.sheets import scope_lines

OF_TICKETS = ("", "month", "priority", "service", "customer", "team")
OF_CHANGES = ("", "month", "tier", "category", "service")
PLACES = 4


def shown(of_changes):
    """The measures of a dashboard."""
    return [measure for measure in measures.known().values() if (measure.kind in figures.OF_CHANGES) == of_changes]


def columns():
    """The names of the columns."""
    return [
        _("Told apart by"), _("Group"), _("Measure"), _("Name"), _("Unit"), _("Figure"), _("Numerator"), _("Denominator"),
        _("Median, seconds"), _("90th percentile, seconds"), _("State"),
    ]  # fmt: skip


def head(scope, at):
    """The lines above: of what the figures tell, and as of when."""
    return [*map(list, scope_lines(scope, at)), []]


def rows(scope, asked, groups):
    """`[cells]`: a line for every figure, and one more below it where it would be counted otherwise now."""
    months = _States(scope)
    found = []
    for by in groups:
        told = figures.read(scope, asked, by)
        again, labels = restated.read(scope, told, by), group_labels(by, told)
        for group in sorted({*told, *again}, key=lambda key: (str(labels.get(key, key)), str(key))):
            for measure in asked:
                figure = told.get(group, {}).get(measure.key, figures.Figure(measure))
                cells = [_words(by), labels.get(group, group), *_cells(figure)]
                found.append([*cells, months.of(by, group)])
                if measure.key in again.get(group, {}):
                    found.append([*cells[:2], *_cells(again[group][measure.key]), _("restated")])
    return found


def _words(by):
    names = {
        "": _("Whole"), "month": _("Month"), "priority": _("Priority"), "service": _("Service"), "customer": _("Customer"),
        "team": _("Team"), "tier": _("Tier"), "category": _("Category"), "week": _("Week"), "day": _("Day"),
    }  # fmt: skip
    return names[by]


def group_labels(by, groups):
    """`{group: what it is called}`; at most one statement. Days stay days."""
    if by in ("service", "customer", "team"):
        model = {"service": Service, "customer": Organisation, "team": Team}[by]
        found = model.objects.in_bulk([key for key in groups if key != NOBODY])
        return {NOBODY: "–"} | {pk: str(thing) if by == "customer" else thing.label() for pk, thing in found.items()}
    if by == "priority":
        return {key: f"P{key}" for key in groups}
    if by in ("tier", "category"):
        names = dict(TIERS if by == "tier" else Category.choices)
        return {key: str(names.get(key, key)) or "–" for key in groups}
    return {"": ""} if not by else {}


def _cells(figure):
    measure, value = figure.measure, figure.value
    above, below = parts(figure)
    return [
        measure.key, str(measure.name), str(measure.unit.value), None if value is None else round(value, PLACES), above, below,
        *(None if length is None or measure.unit != Unit.LENGTH else round(length, 1) for length in (figure.p50, figure.p90)),
    ]  # fmt: skip


def parts(figure):
    """`(numerator, denominator)` of a figure's value; for a mean the sum and how many."""
    if figure.measure.beside is not None:
        return figure.total, figure.total + figure.beside
    return (figure.counted if figure.measure.is_share else figure.total), figure.number


class _States:
    """Which groups are of closed months only."""

    def __init__(self, scope):
        months = set(scope.period.months)
        self.closed = set(ClosedMonth.objects.filter(month__in=months).values_list("month", flat=True))
        self.whole = _("closed") if self.closed == months else _("open") if not self.closed else _("partly closed")

    def of(self, by, group):
        """The state of a group, in a word."""
        if by != "month":
            return self.whole
        return _("closed") if group in self.closed else _("open")
