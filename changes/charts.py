"""Lines over months, put into places of a drawing. Pure; widths are percent, heights are pixels."""

import dataclasses
from itertools import pairwise

HEIGHT, TOP, BOTTOM = 172, 10, 28
LEFT, RIGHT = 9.0, 97.0
HOUR = 3600
STEPS = [1, 2, 4, 8, 12, 16, 24, 40, 48, 72, 96, 120, 168, 240, 336, 504, 720, 1440, 2880, 8760]
"""Hours at which the scale of a chart of lengths may end."""
LABELLED = 12


@dataclasses.dataclass(frozen=True)
class Line:
    """One line: `(x1, y1, x2, y2)` between neighbours that have a value, and `(x, y, words)` of each value."""

    cls: str
    label: object
    segments: list
    dots: list


@dataclasses.dataclass(frozen=True)
class Chart:
    """lines; ticks: `[(y, words)]`; months: `[(x, words)]`; goal: the height of the target, or None."""

    lines: list
    ticks: list
    months: list
    goal: float | None
    height: int = HEIGHT

    @property
    def left(self):
        return LEFT

    @property
    def floor(self):
        return HEIGHT - BOTTOM

    @property
    def is_empty(self):
        return not any(line.dots for line in self.lines)


def of_percent(series, months):
    """A chart of percentages. series: `[(class, label, [value or None])]`; months: the words below."""
    ticks = [(value, f"{value} %") for value in (0, 50, 100)]
    return _drawn(series, months, 100, ticks, None, lambda value: f"{value:.1f} %")


def of_lengths(series, months, *, goal, words):
    """A chart of lengths in seconds with a target; `words(seconds)` words one."""
    highest = max([goal, *(value for _cls, _label, values in series for value in values if value is not None)])
    top = scale(highest)
    ticks = [(value, words(value)) for value in (0, top / 2, top)]
    return _drawn(series, months, top, ticks, goal, words)


def scale(highest):
    """The least length of a sensible number of hours that is not lower."""
    return next((hours * HOUR for hours in STEPS if hours * HOUR >= highest), highest)


def _drawn(series, months, top, ticks, goal, words):
    places = [LEFT + (RIGHT - LEFT) * (no + 0.5) / len(months) for no in range(len(months))]
    every = -(-len(months) // LABELLED)
    return Chart(
        [_line(cls, label, values, places, top, words) for cls, label, values in series],
        [(_height(value, top), told) for value, told in ticks],
        [(round(x, 2), month) for no, (x, month) in enumerate(zip(places, months, strict=True)) if no % every == 0],
        None if goal is None else _height(goal, top),
    )


def _line(cls, label, values, places, top, words):
    dots = [None if v is None else (round(x, 2), _height(v, top), words(v)) for x, v in zip(places, values, strict=True)]
    segments = [(*left[:2], *right[:2]) for left, right in pairwise(dots) if left and right]
    return Line(cls, label, segments, [dot for dot in dots if dot])


def _height(value, top):
    """From above, in pixels; the greatest value stands at TOP."""
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(value, top) / top, 1)
