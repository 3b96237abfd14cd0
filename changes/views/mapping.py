"""The impact map of a change as a page of its own."""

from django.shortcuts import render

from catalog.models import RelationKind
from changes.drawing import drawing
from changes.impact import impact
from changes.views.record import found

ALL = 60
"""Boxes of one column on the page of its own."""


def mapped(change, most, wide=None):
    """The facts of the map's template, with at most so many boxes in a column, and so many columns."""
    whole = impact(change)
    drawn = drawing(whole, most, wide) if whole.nodes or whole.services else None
    nodes = sorted(whole.nodes.values(), key=lambda node: (node.level, node.item.code))
    return {"map": whole, "drawn": drawn, "nodes": nodes, "kinds": RelationKind.choices}


def change_map(request, number):
    """What a change touches, drawn large."""
    change = found(request, number)
    return render(request, "changes/map.html", {"change": change, "is_whole": True, **mapped(change, ALL)})
