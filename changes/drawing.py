"""Where everything of an impact map stands: columns from what is hung on to the services, for an SVG without a script."""

import dataclasses
import unicodedata
from collections import defaultdict

from changes.impact import Reached

WIDE, HIGH, GAP, STEP, MARGIN = 148, 44, 36, 54, 4
LETTERS, SMALL_LETTERS = 19, 22
"""Latin letters that fit into the two lines of a box; a Chinese character takes the room of nearly two."""


@dataclasses.dataclass(frozen=True)
class Box:
    """One box: `kind` is named, item or service; `code` of an item leads to its page, `url` is that of a service."""

    key: tuple
    x: int
    y: int
    kind: str
    title: str
    text: str
    remark: str
    code: str = ""
    url: str = ""


@dataclasses.dataclass(frozen=True)
class Line:
    """One relation as the path of a curve from parent to child."""

    path: str
    kind: str


@dataclasses.dataclass(frozen=True)
class Drawing:
    """All of it. `left_out`: how many boxes found no room in their columns."""

    width: int
    height: int
    boxes: list
    lines: list
    heads: list
    left_out: int


def drawing(impact, most, wide=None):
    """The drawing of an impact map, at most so many boxes in a column: what is named first, then by code.

    `wide`: how many columns there is room for; then what it hangs on is left out from afar, never what it touches or reaches.
    """
    columns, left_out = _columns(impact, most, wide)
    boxes = {}
    for place, (_level, column) in enumerate(columns):
        for row, entry in enumerate(column):
            box = _box(entry, MARGIN + place * (WIDE + GAP), 28 + row * STEP)
            boxes[box.key] = box
    lines = [line for parent, child, kind in _edges(impact) if (line := _line(boxes.get(parent), boxes.get(child), kind))]
    heads = [(MARGIN + place * (WIDE + GAP), head) for place, head in enumerate(_heads([level for level, _column in columns]))]
    width = 2 * MARGIN + max(1, len(columns)) * (WIDE + GAP) - GAP
    height = 28 + max((len(column) for _level, column in columns), default=1) * STEP
    return Drawing(width, height, list(boxes.values()), lines, heads, left_out)


def _heads(levels):
    """What stands over each column: -1 (hung on), 0 (touched), 1 (hangs on it) or "services"; None where it goes on from the left."""
    kinds = [level if level == "services" else (level > 0) - (level < 0) for level in levels]
    return [kind if no == 0 or kinds[no - 1] != kind else None for no, kind in enumerate(kinds)]


def _columns(impact, most, wide):
    """`([(level or "services", entries)], how many were left out)`, from left to right; an item that is a service stands on the right."""
    shown = {reached.service.pk for reached in impact.services}
    by_level, left_out = defaultdict(list), 0
    for node in impact.nodes.values():
        if node.item.service_id not in shown:
            by_level[node.level].append(node)
    columns = [(level, sorted(by_level[level], key=lambda node: (not node.is_named, node.item.code))) for level in sorted(by_level)]
    if impact.services:
        columns.append(("services", impact.services))
    spare = max(0, len(columns) - wide) if wide else 0
    far = [level for level in sorted(by_level) if level < 0][:spare]
    cut = [(level, column[:most]) for level, column in columns if level not in far]
    left_out = sum(len(column) for _level, column in columns) - sum(len(column) for _level, column in cut)
    return cut, left_out


def _box(entry, x, y):
    if isinstance(entry, Reached):
        service, users = entry.service, ", ".join(map(str, entry.customers))
        kind = "named" if entry.is_named else "service"
        remark = cut(users, SMALL_LETTERS) if users else ""
        return Box(("service", service.pk), x, y, kind, service.label(), cut(service.label()), remark, url=service.get_absolute_url())
    item = entry.item
    kind = "named" if entry.is_named else "item"
    return Box(
        ("item", item.pk),
        x,
        y,
        kind,
        f"{item.label()} ({item.code})",
        cut(item.label()),
        cut(f"{item.type} · {item.code}", SMALL_LETTERS),
        item.code,
    )


def _edges(impact):
    """Relations between keys of boxes: an item that is a service reached is that service's box."""
    shown = {reached.service.pk for reached in impact.services}

    def key(pk):
        service = impact.nodes[pk].item.service_id
        return ("service", service) if service in shown else ("item", pk)

    return [(key(parent), key(child), kind) for parent, child, kind in impact.edges]


def _line(parent, child, kind):
    """A curve from the left box to the right one; round the right side where both stand in one column."""
    if parent is None or child is None or parent is child:
        return None
    left, right = sorted((parent, child), key=lambda box: box.x)
    x1, y1, y2 = left.x + WIDE, left.y + HIGH // 2, right.y + HIGH // 2
    x2 = right.x if right.x > left.x else x1
    bend = (x1 + x2) // 2 if right.x > left.x else x1 + GAP // 2
    return Line(f"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}", kind)


def cut(text, room=LETTERS):
    """As much of a text as fits into a box."""
    kept = []
    for letter in text:
        room -= 1.8 if unicodedata.east_asian_width(letter) in "WF" else 1
        if room < 1 and len(kept) < len(text) - 1:
            return f"{''.join(kept)}…"
        kept.append(letter)
    return text
