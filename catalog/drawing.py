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
    """The Around of an item, in ten queries."""
    beneath = structure.beneath([item.pk])
    near = _nearest(beneath)
    relations = structure.relations_among(near).order_by("pk")
    down = _tree(item, [(r.parent_id, r.child_id, DOWN[r.kind]) for r in relations], near)
    up, up_more = made_of(item)
    services = Service.objects.filter(pk__in=structure.services_reached([item.pk]))
    return Around(up, up_more, down, len(beneath) - len(near), list(services))


def made_of(item):
    """`(nodes, how many more)` of what an item hangs on, in three queries."""
    above = structure.above([item.pk])
    near = _nearest(above)
    relations = structure.relations_among(near).order_by("pk")
    return _tree(item, [(r.child_id, r.parent_id, RelationKind(r.kind).label) for r in relations], near), len(above) - len(near)


def _nearest(found):
    return set(sorted(found, key=lambda pk: (found[pk], pk))[: MOST + 1])


def _tree(item, edges, ids):
    """Nodes beneath the root, each item opened once, where it is nearest."""
    items = ConfigurationItem.objects.listed().in_bulk(ids)
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
