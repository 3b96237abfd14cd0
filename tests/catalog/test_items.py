"""Configuration items: registered, related, retired; every update is kept with what allowed it, whatever door it came through."""

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction

from catalog import authority, services, structure
from catalog.models import ConfigurationItem, ItemStatus, ItemUpdate, Relation, RelationKind, Service
from itsm.core.errors import NotAllowed, Refused
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def unauthorised(item):
    return ItemUpdate.objects.unauthorised().filter(item=item)


def test_an_item_is_registered_with_what_it_hangs_on_and_nothing_of_it_is_unauthorised(make):
    host = make("WEB01")
    app = make("SHOP", host, kind="application")
    assert structure.beneath([host.pk]) == {host.pk: 0, app.pk: 1}
    assert structure.above([app.pk]) == {app.pk: 0, host.pk: 1}
    assert not ItemUpdate.objects.unauthorised().exists()
    assert [(u.record, u.what, u.authority) for u in app.updates.order_by("id")] == [("item", "added", None), ("relation", "added", app)]
    assert app.updates.first().by.username == "ops"


def test_codes_differ_in_more_than_capitals(make):
    make("WEB01")
    with pytest.raises(Refused, match="taken"):
        make("web01")
    item = ConfigurationItem.objects.get()
    item.pk, item.code = None, "web01"
    with pytest.raises(DatabaseError), transaction.atomic():
        item.save()


def test_who_keeps_items(make, types, agent, engineer, auditor, ops_lead, tech_lead, service_manager, product_manager):
    item = make("WEB01")
    for person in (agent, engineer, auditor):
        for act in (lambda p: services.update_item(item, by=p, facts={"name": "x"}), lambda p: services.retire_item(item, by=p)):
            with pytest.raises(NotAllowed):
                act(person)
    for person in (ops_lead, tech_lead, service_manager, product_manager):
        services.update_item(item, by=person, facts={"name": person.username})
    assert ConfigurationItem.objects.get(code="WEB01").name == "product"


def test_an_update_without_a_change_is_listed_as_unauthorised_and_under_one_it_is_not(make, under_way, ops_lead):
    item = make("WEB01")
    services.update_item(item, by=ops_lead, facts={"name": "Web 1"})
    assert [(u.before["name"], u.after["name"], u.by) for u in unauthorised(item)] == [("WEB01", "Web 1", ops_lead)]
    change = under_way(item)
    services.update_item(item, by=ops_lead, facts={"name": "Web one"}, change=change)
    assert unauthorised(item).count() == 1
    assert item.updates.order_by("id").last().authority == change
    services.update_item(item, by=ops_lead, facts={"name": "Web one"})
    assert item.updates.count() == 3


def test_sql_that_asks_nobody_lists_itself(make):
    host, other, app = make("WEB01"), make("WEB02"), make("SHOP")
    relation = services.relate(app, "runs_on", host, by=None)
    ItemUpdate.objects.unauthorised().get()
    sql("UPDATE catalog_configurationitem SET status = 'planned' WHERE id = %s", host.pk)
    sql("UPDATE catalog_relation SET ended_at = now() WHERE id = %s", relation.pk)
    sql("INSERT INTO catalog_relation (child_id, kind, parent_id) VALUES (%s, 'part_of', %s)", other.pk, host.pk)
    assert (unauthorised(host).count(), unauthorised(app).count(), unauthorised(other).count()) == (1, 2, 1)
    sql("UPDATE catalog_relation SET child_id = %s WHERE child_id = %s", other.pk, app.pk)
    assert (unauthorised(other).count(), unauthorised(app).count()) == (2, 3)
    sql("UPDATE catalog_configurationitem SET status = status")
    assert (unauthorised(host).count(), unauthorised(other).count(), unauthorised(app).count()) == (1, 2, 3)


@pytest.mark.parametrize("table", ["catalog_configurationitem", "catalog_relation", "catalog_itemupdate", "catalog_updateexplained"])
def test_nothing_of_items_disappears(make, table, ops_lead):
    item = make("SHOP", make("WEB01"))
    services.update_item(item, by=ops_lead, facts={"name": "x"})
    services.explain_updates(list(unauthorised(item)), by=ops_lead, words="w")
    changed = [f"UPDATE {table} SET id = id"] if "update" in table else []
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE", *changed):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement)


def test_authorities_nest_and_return(make, under_way):
    item = make("WEB01")
    outer, inner = under_way(item), under_way(item)

    def renamed(name):
        ConfigurationItem.objects.filter(pk=item.pk).update(name=name)
        return item.updates.order_by("id").last().authority

    with authority.under(outer):
        assert renamed("a") == outer
        with authority.under(inner):
            assert renamed("b") == inner
        assert renamed("c") == outer
        with authority.under(None):
            assert renamed("d") == outer
        with pytest.raises(DatabaseError), authority.under(inner):
            sql("SELECT 1 / 0")
        assert renamed("f") == outer
    assert renamed("g") is None


def test_a_failure_of_the_database_takes_the_authority_back(make, under_way):
    item = make("WEB01")
    with pytest.raises(DatabaseError), transaction.atomic(), authority.under(under_way(item)):
        sql("SELECT 1 / 0")
    ConfigurationItem.objects.filter(pk=item.pk).update(name="x")
    assert item.updates.order_by("id").last().authority is None


def test_only_a_change_under_way_allows_updates_and_only_of_what_it_names(make, under_way, ops_lead):
    host = make("WEB01")
    app, other = make("SHOP", host), make("WEB02")
    change = under_way(host, status="scheduled")
    with pytest.raises(Refused, match="not under way"):
        services.update_item(host, by=ops_lead, facts={"name": "x"}, change=change)
    for status in ("implementing", "implemented", "backed_out"):
        change = under_way(host, status=status)
        services.update_item(host, by=ops_lead, facts={"name": status}, change=change)
        services.update_item(app, by=ops_lead, facts={"name": status}, change=change)
        with pytest.raises(Refused, match="does not name WEB02"):
            services.update_item(other, by=ops_lead, facts={"name": "x"}, change=change)
    assert not ItemUpdate.objects.unauthorised().exists()


def test_a_change_of_a_service_reaches_what_the_service_is_made_of(make, under_way, ops_lead, service):
    app = make("SHOP", make("WEB01"))
    services.relate(service.item, "depends_on", app, by=ops_lead)
    change = under_way()
    change.services.add(service)
    services.update_item(app, by=ops_lead, facts={"name": "x"}, change=change)
    assert app.updates.order_by("id").last().authority == change


def test_whoever_carries_a_change_out_updates_its_items_and_no_others(make, under_way, doer, agent):
    item = make("WEB01")
    change = under_way(item)
    with pytest.raises(NotAllowed):
        services.update_item(item, by=doer, facts={"name": "x"})
    with pytest.raises(NotAllowed):
        services.update_item(item, by=agent, facts={"name": "x"}, change=change)
    services.update_item(item, by=doer, facts={"name": "x"}, change=change)
    assert ConfigurationItem.objects.get(pk=item.pk).name == "x"


def test_nothing_hangs_on_itself(make, ops_lead):
    host = make("WEB01")
    app = make("SHOP", host)
    site = make("SITE", app)
    for child, parent in ((host, site), (host, app), (host, host)):
        with pytest.raises(Refused) as refused:
            services.relate(child, "runs_on", parent, by=ops_lead)
        assert refused.value.code == "circle"
        with pytest.raises(DatabaseError), transaction.atomic():
            Relation.objects.create(child=child, parent=parent, kind="runs_on")
    services.end_relation(Relation.objects.get(child=site), by=ops_lead)
    services.relate(host, "runs_on", site, by=ops_lead)


def test_two_are_related_once_and_a_relation_ends_once(make, ops_lead):
    host, app = make("WEB01"), make("SHOP")
    relation = services.relate(app, RelationKind.RUNS_ON, host, by=ops_lead)
    with pytest.raises(Refused, match="already"):
        services.relate(app, RelationKind.DEPENDS_ON, host, by=ops_lead)
    services.end_relation(relation, by=ops_lead)
    with pytest.raises(Refused, match="already"):
        services.end_relation(relation, by=ops_lead)
    services.relate(app, RelationKind.DEPENDS_ON, host, by=ops_lead)
    assert Relation.objects.count() == 2


def hanging(child):
    """`{(kind, code)}` of what an item hangs on."""
    return set(Relation.objects.standing().filter(child=child).values_list("kind", "parent__code"))


def test_an_item_hangs_on_exactly_what_is_said(make, ops_lead):
    one, two, three = make("A1"), make("A2"), make("A3")
    app = make("SHOP", one, two)
    services.update_item(app, by=ops_lead, facts={}, relations=[("runs_on", two), ("depends_on", three)])
    assert hanging(app) == {("runs_on", "A2"), ("depends_on", "A3")}
    services.update_item(app, by=ops_lead, facts={}, relations=[("part_of", two)])
    assert hanging(app) == {("part_of", "A2")}
    with pytest.raises(Refused, match="once"):
        services.update_item(app, by=ops_lead, facts={}, relations=[("part_of", two), ("runs_on", two)])
    with pytest.raises(Refused):
        services.update_item(two, by=ops_lead, facts={"name": "not kept"}, relations=[("runs_on", app)])
    assert ConfigurationItem.objects.get(pk=two.pk).name == "A2"


def test_what_others_hang_on_is_not_retired_and_what_is_retired_hangs_on_nothing(make, ops_lead):
    host = make("WEB01")
    app = make("SHOP", host)
    with pytest.raises(Refused, match="SHOP still hang"):
        services.retire_item(host, by=ops_lead)
    services.retire_item(app, by=ops_lead)
    assert not Relation.objects.standing().filter(child=app).exists()
    services.retire_item(host, by=ops_lead)
    with pytest.raises(Refused, match="retired"):
        services.relate(make("NEW"), "runs_on", host, by=ops_lead)
    services.update_item(host, by=ops_lead, facts={"status": ItemStatus.LIVE})
    services.relate(ConfigurationItem.objects.get(code="NEW"), "runs_on", host, by=ops_lead)


def test_an_unauthorised_update_is_explained_once(make, ops_lead, agent, under_way):
    item = make("WEB01")
    services.update_item(item, by=ops_lead, facts={"name": "x"})
    update, added = unauthorised(item).get(), item.updates.earliest("id")
    change = under_way(item)
    for by, words, which, error in ((agent, "w", update, NotAllowed), (ops_lead, " ", update, Refused), (ops_lead, "w", added, Refused)):
        with pytest.raises(error):
            services.explain_updates([which], by=by, words=words, change=change)
    services.explain_updates([update], by=ops_lead, words="It was this one.", change=change)
    assert update.explained.change == change
    assert ItemUpdate.objects.unauthorised().count() == 1
    assert not ItemUpdate.objects.unexplained().exists()
    with pytest.raises(Refused, match="already"):
        services.explain_updates([update], by=ops_lead, words="Again.")


def test_a_service_is_an_item_and_stays_in_step(service, team, other_team, service_manager, top_manager):
    item = service.item
    told = (item.code, item.name, item.type.code, item.owner, item.team, item.status, item.description)
    assert told == ("SVC-banking", "网银渠道", "service", service_manager, team, "live", "c")
    service.name, service.owner, service.team, service.content = "网上银行", top_manager, other_team, "新"
    services.keep_service(service, by=service_manager)
    item.refresh_from_db()
    assert (item.name, item.owner, item.team, item.description) == ("网上银行", top_manager, other_team, "新")
    assert (item.updates.order_by("id").last().authority, item.updates.order_by("id").last().by) == (service, service_manager)
    assert not unauthorised(item).exists()
    services.keep_service(service, by=service_manager)
    assert item.updates.count() == 2


def test_to_take_a_service_out_of_use_takes_a_change(service, service_manager, under_way):
    change = under_way(service.item)
    with authority.under(change):
        services.retire(service, by=service_manager)
    item = ConfigurationItem.objects.get(service=service)
    assert (item.status, item.updates.order_by("id").last().authority) == ("retired", change)
    services.bring_back(service, by=service_manager)
    assert [u.after["status"] for u in unauthorised(item)] == ["live"]


def test_what_is_known_of_a_service_is_changed_in_the_catalogue_alone(service, make, types, ops_lead):
    with pytest.raises(Refused, match="catalogue"):
        services.update_item(service.item, by=ops_lead, facts={"name": "x"})
    for code, kind in (("SVC-x", "server"), ("svc-x", "server"), ("X", "service")):
        with pytest.raises(Refused, match="by themselves"):
            make(code, kind=kind)
    with pytest.raises(Refused, match="by themselves"):
        services.update_item(make("X"), by=ops_lead, facts={"type": types["service"]})
    services.update_item(service.item, by=ops_lead, facts={}, relations=[("runs_on", make("WEB01"))])
    assert structure.services_reached([ConfigurationItem.objects.get(code="WEB01").pk]) == {service.pk}


def test_the_shipped_types_are_made_once_and_keep_what_was_changed(types):
    assert list(types) == ["server", "database", "application", "network", "storage", "cloud", "document", "service"]
    server = types["server"]
    server.name = "主机"
    server.save()
    services.ensure_types()
    server.refresh_from_db()
    assert (server.name, len(types)) == ("主机", 8)


def test_services_that_were_there_before_become_items(service):
    with pgtrigger.ignore():
        Service.objects.filter(pk=service.pk).update(code="older")
    sql("UPDATE catalog_service SET code = code")
    assert ConfigurationItem.objects.get(service=service).code == "SVC-older"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_close_no_circle(make, ops_lead):
    one, two, three, four = (make(code) for code in ("A1", "A2", "A3", "A4"))
    services.relate(two, "runs_on", three, by=ops_lead)
    services.relate(four, "runs_on", one, by=ops_lead)
    said = at_once(
        lambda: services.relate(one, "runs_on", two, by=ops_lead),
        lambda: services.relate(three, "runs_on", four, by=ops_lead),
    )
    assert sorted(type(answer).__name__ for answer in said) == ["Refused", "Relation"]
    assert Relation.objects.standing().count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_relate_the_same_two_one_is_refused(make, ops_lead):
    one, two = make("A1"), make("A2")
    said = at_once(*[lambda: services.relate(one, "runs_on", two, by=ops_lead)] * 2)
    assert sorted(type(answer).__name__ for answer in said) == ["Refused", "Relation"]
    said = at_once(*[lambda: services.end_relation(Relation.objects.get(), by=ops_lead)] * 2)
    assert sorted(type(answer).__name__ for answer in said) == ["Refused", "Relation"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_register_one_code_one_is_refused(make):
    said = at_once(lambda: make("WEB01"), lambda: make("web01"))
    assert sorted(type(answer).__name__ for answer in said) == ["ConfigurationItem", "Refused"]
