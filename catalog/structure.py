"""What stands above and below a configuration item: walks over standing relations, each in one statement."""

from django.db import connection

from catalog.models import ConfigurationItem, Relation

_WALK = """
    WITH RECURSIVE reached(item, depth) AS (
        SELECT unnest(%s::bigint[]), 0
        UNION
        SELECT r.{far}, reached.depth + 1 FROM reached JOIN catalog_relation r ON r.{near} = reached.item AND r.ended_at IS NULL
        WHERE reached.depth < %s
    )
    SELECT item, min(depth) FROM reached GROUP BY item
"""
DEEPEST = 30
"""How many steps a walk goes; deeper structures are cut there, and circles end."""


def beneath(ids, depth=DEEPEST):
    """`{item id: steps down}` of these items (0) and everything that hangs on them: whatever is done to them reaches it."""
    return _walk(ids, "parent_id", "child_id", depth)


def above(ids, depth=DEEPEST):
    """`{item id: steps up}` of these items (0) and everything that they hang on."""
    return _walk(ids, "child_id", "parent_id", depth)


def _walk(ids, near, far, depth):
    with connection.cursor() as cursor:
        cursor.execute(_WALK.format(near=near, far=far), [list(ids), depth])
        return dict(cursor.fetchall())


def services_reached(ids):
    """Ids of the services that stand among these items or beneath them, or that these are parts of."""
    reached = set(beneath(ids)) | set(wholes(ids))
    return set(ConfigurationItem.objects.filter(pk__in=reached).exclude(service=None).values_list("service_id", flat=True))


def wholes(ids):
    """`{item id: steps}` of these items, of all that they are parts of, and of what hangs on those."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE whole(item) AS (
                SELECT unnest(%s::bigint[])
                UNION
                SELECT r.parent_id FROM whole JOIN catalog_relation r
                ON r.child_id = whole.item AND r.kind = 'part_of' AND r.ended_at IS NULL
            )
            SELECT item FROM whole
            """,
            [list(ids)],
        )
        found = [item for (item,) in cursor.fetchall()]
    return beneath(found)


def touching(service_item):
    """`{item id: steps}` of the items whose change reaches a service: `services_reached` of each of them holds it."""
    found = above([service_item])
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE part(item) AS (
                SELECT unnest(%s::bigint[])
                UNION
                SELECT r.child_id FROM part JOIN catalog_relation r
                ON r.parent_id = part.item AND r.kind = 'part_of' AND r.ended_at IS NULL
            )
            SELECT item FROM part
            """,
            [list(found)],
        )
        return {item: found.get(item, 0) for (item,) in cursor.fetchall()}


def relations_among(ids):
    """The standing relations between these items, for a drawing."""
    return Relation.objects.standing().filter(child__in=ids, parent__in=ids)


def relations_from(ids):
    """The standing relations of these items to what they hang on, each with its parent."""
    return Relation.objects.standing().filter(child__in=ids).select_related("parent")


def would_circle(child, parent):
    """Whether hanging `child` on `parent` closes a circle: the parent hangs on the child already."""
    return parent in beneath([child])
