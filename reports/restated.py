"""Figures as they would be counted now, beside those of closed months, which stay as they were.

A restatement says what was told of a fact and what is told of it since; the telling before one is the telling after the one before it,
so that adding up all of them leads from the fact as it was closed to what is known now.
"""

import dataclasses
from collections import defaultdict

from reports.figures import OF_CHANGES, Figure
from reports.models import Restatement
from reports.scope import DIMENSIONS

GROUPED = {name: f"{name}_id" for name in DIMENSIONS} | {"priority": "priority", "tier": "tier", "category": "category"}


def of_scope(scope, measures):
    """The restatements of the months of a scope that may touch measures, the oldest first."""
    kinds = {measure.kind for measure in measures}
    return list(Restatement.objects.filter(month__gte=scope.first, month__lte=scope.last, kind__in=kinds).order_by("id"))


def read(scope, found, by=""):
    """`{group: {measure key: Figure}}` of those that differ, of figures that were read of a scope (`figures.read`); one statement."""
    measures = {key: figure.measure for figures in found.values() for key, figure in figures.items()}
    return applied(found, list(measures.values()), of_scope(scope, measures.values()), scope, by)


def applied(found, measures, restatements, scope, by=""):
    """The same from restatements that were read already. Percentiles are not told again: a sum does not tell them."""
    changed = defaultdict(lambda: [0, 0, 0, 0])
    touched = set()
    for restatement in restatements:
        for measure in measures:
            if measure.kind != restatement.kind:
                continue
            for sign, told in ((-1, restatement.before), (1, restatement.after)):
                for group in _groups(measure, told, restatement.month, scope, by):
                    _add(changed[group, measure.key], measure, told, sign)
                    touched.add((group, measure.key))
    named = {measure.key: measure for measure in measures}
    result = defaultdict(dict)
    for group, key in touched:
        before = found.get(group, {}).get(key)
        figure = _with(before, named[key], changed[group, key]) if any(changed[group, key]) else None
        if figure is not None:
            result[group][key] = figure
    return dict(result)


def _groups(measure, told, month, scope, by):
    """The groups of a scope in which a measure counts a telling of a fact."""
    if told is None or not measure.among.holds(told["outcome"], told["marks"]) or not _is_in(scope, told, measure.kind in OF_CHANGES):
        return []
    if by == "month":
        return [month]
    if by == "service" and measure.kind in OF_CHANGES:
        return told["services"]
    return [_key(told, by)] if by else [""]


def _key(told, by):
    value = told.get(GROUPED[by])
    return -1 if value is None and by in DIMENSIONS else value


def _is_in(scope, told, is_of_changes):
    if is_of_changes:
        fits = (not scope.tier or told["tier"] == scope.tier) and (not scope.category or told["category"] == scope.category)
        return fits and (scope.service is None or scope.service.pk in told["services"])
    if scope.priority and told["priority"] != scope.priority:
        return False
    return all(told[f"{name}_id"] == pk for name, pk in scope.chosen.items())


def _add(total, measure, told, sign):
    lengths = told["lengths"]
    total[0] += sign
    total[1] += sign if measure.counted is not None and measure.counted.holds(told["outcome"], told["marks"]) else 0
    total[2] += sign * lengths[measure.length] if measure.length is not None else 0
    total[3] += sign * lengths[measure.beside] if measure.beside is not None else 0


def _with(figure, measure, changed):
    """A figure with what changed put in."""
    number, counted, total, beside = changed
    if figure is None:
        figure = Figure(measure)
    return dataclasses.replace(
        figure, number=figure.number + number, counted=figure.counted + counted, total=figure.total + total,
        beside=figure.beside + beside, p50=None, p90=None,
    )  # fmt: skip
