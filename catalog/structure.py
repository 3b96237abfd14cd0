"""What stands above and below a configuration item: walks over standing relations, each in one statement.

`OFFSET 0` lets every step look into an index, also while the database has no statistics of a table that was just filled.
"""

from django.db import connection

from catalog.models import ConfigurationItem, Relation
from catalog.models.triggers import STRUCTURE_LOCK

_WALK = """
    WITH RECURSIVE reached(item, depth) AS (
        SELECT unnest(%s::bigint[]), 0
        UNION
        SELECT next.{far}, reached.depth + 1 FROM reached CROSS JOIN LATERAL (
            SELECT {far} FROM catalog_relation WHERE {near} = reached.item AND ended_at IS NULL OFFSET 0
        ) next
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


def services_reached(ids, reach=None):
    """Ids of the services that stand among these items or beneath them (`reach`, where known), or that these are parts of."""
    reached = set(beneath(ids) if reach is None else reach) | set(wholes(ids))
    return set(ConfigurationItem.objects.filter(pk__in=reached).exclude(service=None).values_list("service_id", flat=True))


def wholes(ids):
    """`{item id: steps}` of these items, of all that they are parts of, and of what hangs on those."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE whole(item) AS (
                SELECT unnest(%s::bigint[])
                UNION
                SELECT next.parent_id FROM whole CROSS JOIN LATERAL (
                    SELECT parent_id FROM catalog_relation
                    WHERE child_id = whole.item AND kind = 'part_of' AND ended_at IS NULL OFFSET 0
                ) next
            )
            SELECT item FROM whole
            """,
            [list(ids)],
        )
        found = [item for (item,) in cursor.fetchall()]
    return beneath(found)


def touching(services, among=None):
    """`{item id: {service id}}` of all items whose change concerns one of these services: what they hang on, and parts of that.

    The other way round of services_reached, in one statement; `among`: only these items.
    """
    chosen, values = ("", ()) if among is None else ("WHERE item = ANY(%s::bigint[])", (list(among),))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE up(service, item) AS (
                SELECT service_id, id FROM catalog_configurationitem WHERE service_id = ANY(%s)
                UNION
                SELECT up.service, r.parent_id FROM up JOIN catalog_relation r ON r.child_id = up.item AND r.ended_at IS NULL
            ), parts(service, item) AS (
                SELECT service, item FROM up
                UNION
                SELECT parts.service, r.child_id FROM parts JOIN catalog_relation r
                ON r.parent_id = parts.item AND r.kind = 'part_of' AND r.ended_at IS NULL
            )
            SELECT item, array_agg(service) FROM parts {chosen} GROUP BY item
            """,
            [list(services), *values],
        )
        return {item: set(found) for item, found in cursor.fetchall()}


def behind(service_item):
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
    """Whether hanging `child` on `parent` (ids) closes a circle: they are the same, or the parent hangs on the child already."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE above(item) AS (
                SELECT %s::bigint
                UNION
                SELECT next.parent_id FROM above CROSS JOIN LATERAL (
                    SELECT parent_id FROM catalog_relation WHERE child_id = above.item AND ended_at IS NULL OFFSET 0
                ) next
            )
            SELECT EXISTS (SELECT 1 FROM above WHERE item = %s)
            """,
            [parent, child],
        )
        return cursor.fetchone()[0]


def hold():
    """Let nobody else write relations until this transaction ends; ask it before anything about circles is decided."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STRUCTURE_LOCK])
