"""Ten thousand items: walks, lists and counts look into indexes and stay fast."""

import time

import pgtrigger
import pytest
from django.db import connection

from catalog import drawing, structure
from catalog.models import ConfigurationItem, ItemUpdate, Relation

pytestmark = pytest.mark.django_db
MANY = 10_000
GENEROUS_S = 1.0
"""Several times what any of it takes on an idle machine."""


@pytest.fixture
def many(types, ops_lead):
    """Ten thousand items in a structure of racks, hosts and applications: every tenth a rack, ten hosts and applications on each."""
    kind = types["server"]
    with pgtrigger.ignore("catalog.ConfigurationItem:update_is_kept", "catalog.Relation:no_circles", "catalog.Relation:update_is_kept"):
        items = ConfigurationItem.objects.bulk_create(
            [ConfigurationItem(code=f"N{n:05d}", name=f"Node {n}", type=kind, owner=ops_lead, description="d") for n in range(MANY)]
        )
        Relation.objects.bulk_create([Relation(child=items[n], parent=items[n // 10], kind="runs_on") for n in range(1, MANY)])
        Relation.objects.bulk_create([Relation(child=items[n], parent=items[n // 10 + 1], kind="part_of") for n in range(100, MANY)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_configurationitem, catalog_relation, catalog_itemupdate")
    return items


def timed(act):
    before = time.monotonic()
    act()
    return time.monotonic() - before


def explained(queryset):
    return queryset.explain()


def test_walks_lists_and_counts_are_fast(many, client, agent):
    client.force_login(agent, backend="itsm.people.backends.SignInBackend")
    client.get("/items/")
    acts = {
        "beneath": lambda: structure.beneath([many[7].pk]),
        "above": lambda: structure.above([many[-1].pk]),
        "circle": lambda: structure.would_circle(many[1].pk, many[-1].pk),
        "services": lambda: structure.services_reached([many[7].pk]),
        "drawing": lambda: drawing.around(many[7]),
        "list": lambda: client.get("/items/?after=N05000"),
        "words": lambda: client.get("/items/?q=node 99"),
        "gaps": lambda: ConfigurationItem.objects.lacking("").count(),
        "item": lambda: client.get("/items/N00007/"),
    }
    slow = {name: took for name, act in acts.items() if (took := min(timed(act) for _ in range(3))) > GENEROUS_S}
    assert slow == {}
    assert len(structure.beneath([many[7].pk])) > 1000
    assert set(structure.above([many[-1].pk])) >= {many[999].pk, many[0].pk}


@pytest.mark.parametrize(("near", "far"), [("parent_id", "child_id"), ("child_id", "parent_id")])
def test_a_walk_looks_into_an_index_with_statistics_and_without(many, near, far):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + structure._WALK.format(near=near, far=far), [[many[7].pk], structure.DEEPEST])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index" in plan
    assert "Seq Scan on catalog_relation" not in plan
    assert "Hash Join" not in plan


def test_lists_look_into_indexes(many):
    page = ConfigurationItem.objects.living().filter(code__gt="N05000").order_by("code")[:51]
    assert "Seq Scan" not in explained(page)
    of_a_type = ConfigurationItem.objects.filter(type=many[0].type, code__gt="N05000").order_by("code")[:51]
    assert "Seq Scan" not in explained(of_a_type)
    assert "catalog_item_code" in explained(ConfigurationItem.objects.filter(code__iexact="n00500"))


def test_the_count_of_the_rail_looks_only_at_what_nothing_allowed(types, ops_lead):
    kind = types["server"]
    ConfigurationItem.objects.bulk_create([ConfigurationItem(code=f"N{n:04d}", name="n", type=kind, owner=ops_lead) for n in range(3000)])
    ConfigurationItem.objects.filter(code__startswith="N00").update(name="x")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_itemupdate")
    assert "catalog_update_unauthorised" in explained(ItemUpdate.objects.unexplained())
    assert ItemUpdate.objects.unexplained().count() == 100
