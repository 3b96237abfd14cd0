"""An item and what is around it as trees for a page: what it hangs on, and what hangs on it."""

import dataclasses

from django.utils.translation import gettext_lazy as _

from catalog import structure
from catalog.models import ConfigurationItem, RelationKind, Service

MOST = 60
"""Items drawn in one direction; the others are counted."""
DOWN = {
    RelationKind.RUNS_ON: _("runs on it"),
    RelationKind.DEPENDS_ON: _("depends on it"),
    RelationKind.PART_OF: _("is part of it"),
}


@dataclasses.dataclass
class Node:
    """An item in a tree, how it is related to the one it stands under, and what stands under it. `again`: it is drawn elsewhere."""

    item: ConfigurationItem
    how: object
    again: bool = False
    nodes: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Around:
    """What an item hangs on and what hangs on it, each with how many there are beyond those drawn, and the services reached."""

    above: list
    above_more: int
    beneath: list
    beneath_more: int
    services: list


def around(item):
    """The Around of an item, in seven queries."""
    above, beneath = structure.above([item.pk]), structure.beneath([item.pk])
    near_above, near_beneath = _nearest(above), _nearest(beneath)
    items = ConfigurationItem.objects.listed().in_bulk([*near_above, *near_beneath])
    relations = list(structure.relations_among([*near_above, *near_beneath]).order_by("pk"))
    up = [(r.child_id, r.parent_id, RelationKind(r.kind).label) for r in relations if r.child_id in near_above]
    down = [(r.parent_id, r.child_id, DOWN[r.kind]) for r in relations if r.parent_id in near_beneath]
    services = Service.objects.filter(pk__in=structure.services_reached([item.pk]))
    return Around(
        _tree(item, [edge for edge in up if edge[1] in near_above], items), len(above) - len(near_above),
        _tree(item, [edge for edge in down if edge[1] in near_beneath], items), len(beneath) - len(near_beneath), list(services),
    )  # fmt: skip


def _nearest(found):
    return set(sorted(found, key=lambda pk: (found[pk], pk))[: MOST + 1])


def _tree(item, edges, items):
    """Nodes beneath the root, each item opened once, where it is nearest."""
    ways = {}
    for near, far, how in edges:
        ways.setdefault(near, []).append((items[far], how))
    root = Node(item, "")
    drawn, queue = {item.pk}, [root]
    for node in queue:
        for found, how in sorted(ways.get(node.item.pk, []), key=lambda way: way[0].code):
            under = Node(found, how, again=found.pk in drawn)
            node.nodes.append(under)
            if not under.again:
                drawn.add(found.pk)
                queue.append(under)
    return root.nodes
