"""Drawings of figures, put into places. Pure; places across are percent of the width, heights are pixels.

What does not start at zero is drawn as dots, never as bars.
"""

import dataclasses
from itertools import pairwise

LOWEST = 80.0
"""Where a scale of attainment begins, unless something is lower."""
STEP = 20
HEIGHT, TOP, BOTTOM = 180, 10, 26
LEFT, RIGHT = 11.0, 97.0
LABELLED = 5
HEAT_LEFT, HEAT_CELL, HEAT_TOP = 6.0, 24, 2
SHADES = 5
DAYS, HOURS = 7, 24


def lowest(values):
    """Where a scale up to 100 begins so that every value stands on it."""
    least = min((value for value in values if value is not None), default=LOWEST)
    return LOWEST if least >= LOWEST else float(STEP * int(least // STEP))


def across(value, low):
    """The place of a percentage on a scale from `low` to 100, in percent of its width."""
    return round(100 * (max(value, low) - low) / (100 - low), 2)


@dataclasses.dataclass(frozen=True)
class Dots:
    """Raw and excused attainment on one scale. bad: below the goal; places in percent, None of nothing."""

    raw: float | None
    excused: float | None
    goal: float
    bad: bool

    @property
    def reach(self):
        """How far it is from raw to excused."""
        return round(self.excused - self.raw, 2)


def dots(raw, excused, goal, low):
    """The Dots of two percentages, or None of nothing."""
    if raw is None:
        return None
    rest = raw if excused is None else excused
    return Dots(across(raw, low), across(rest, low), across(goal, low), raw < goal)


@dataclasses.dataclass(frozen=True)
class Segment:
    """A part of a bar: where it begins, how wide it is, what it shows."""

    x: float
    width: float
    line: object


def shares(lines, value):
    """`[Segment]` of a bar that shows `value(line)` of each line, those of nothing left out."""
    total, found, at = sum(value(line) for line in lines), [], 0.0
    for line in lines:
        width = 100 * value(line) / total if total else 0.0
        if width:
            found.append(Segment(round(at, 2), round(width, 2), line))
        at += width
    return found


@dataclasses.dataclass(frozen=True)
class Series:
    """One line: `(x1, y1, x2, y2)` between neighbours that have a value, and `(x, y, words, address)` of each value."""

    cls: str
    label: object
    segments: list
    dots: list


@dataclasses.dataclass(frozen=True)
class Trend:
    """series; ticks: `[(y, words)]`; names: `[(x, words)]` below; goal: the height of the target, or None."""

    series: list
    ticks: list
    names: list
    goal: float | None
    height: int = HEIGHT
    left: float = LEFT

    @property
    def is_empty(self):
        return not any(one.dots for one in self.series)


def trend(series, names, *, goal=None, low=None, top=100.0, words):
    """A Trend. series: `[(class, label, [(value or None, address)])]`; names: the words below; `words(value)` words one."""
    low = lowest([value for _cls, _label, points in series for value, _url in points]) if low is None else low
    places = [LEFT + (RIGHT - LEFT) * (no + 0.5) / len(names) for no in range(len(names))]
    every = -(-len(names) // LABELLED)
    return Trend(
        [_series(cls, label, points, places, (low, top), words) for cls, label, points in series],
        [(_height(value, low, top), words(value)) for value in (low, (low + top) / 2, top)],
        [(round(x, 2), name) for no, (x, name) in enumerate(zip(places, names, strict=True)) if no % every == 0],
        None if goal is None else _height(goal, low, top),
    )


def _series(cls, label, points, places, scale, words):
    found = [
        None if value is None else (round(x, 2), _height(value, *scale), words(value), url)
        for x, (value, url) in zip(places, points, strict=True)
    ]
    segments = [(*left[:2], *right[:2]) for left, right in pairwise(found) if left and right]
    return Series(cls, label, segments, [dot for dot in found if dot])


def _height(value, low, top):
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (top - low)), 1)


@dataclasses.dataclass(frozen=True)
class Cell:
    """An hour of the week: its place, its shade from 0 to SHADES, how many."""

    slot: int
    x: float
    y: int
    shade: int
    number: int

    @property
    def day(self):
        return self.slot // HOURS

    @property
    def hour(self):
        return self.slot % HOURS


@dataclasses.dataclass(frozen=True)
class Heat:
    """The hours of a week. days: `[(y, [Cell of each hour])]`; hours: `[(x, hour)]` that are named; `width` of a cell in percent."""

    days: list
    hours: list
    width: float
    legend: list
    height: int = HEAT_TOP + DAYS * HEAT_CELL + 20


def heat(counted):
    """The Heat of `{slot: how many}`; shades are steps of equal width up to the most."""
    most, width = max(counted.values(), default=0), (100 - HEAT_LEFT) / HOURS
    days = []
    for day in range(DAYS):
        y = HEAT_TOP + day * HEAT_CELL
        slots = range(day * HOURS, (day + 1) * HOURS)
        days.append((y, [_cell(slot, counted.get(slot, 0), HEAT_LEFT + width * no, y, most) for no, slot in enumerate(slots)]))
    hours = [(round(HEAT_LEFT + width * hour, 2), hour) for hour in range(0, HOURS, 3)]
    return Heat(days, hours, round(width, 3), _legend(most))


def _cell(slot, number, x, y, most):
    return Cell(slot, round(x, 3), y, shade(number, most), number)


def shade(number, most):
    """How dark so many are: 0 for none, SHADES for the most."""
    return -(-SHADES * number // most) if number else 0


def _legend(most):
    """`[(shade, from, to)]` of the shades that stand for some number."""
    bounds = [0, *(step * most // SHADES for step in range(1, SHADES + 1))]
    return [(0, 0, 0), *((step, bounds[step - 1] + 1, bounds[step]) for step in range(1, SHADES + 1) if bounds[step] > bounds[step - 1])]
