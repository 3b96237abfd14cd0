"""The impact map: what stands above and below what a change names, and whom it reaches."""

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from catalog.models import ConfigurationItem, Entitlement, ItemType, Relation, Service
from changes.drawing import cut, drawing
from changes.impact import impact
from changes.services import scope
from tests.changes.conftest import NOW

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"


@pytest.fixture
def server(asker):
    """`server(code)`: a configuration item."""
    kind = ItemType.objects.get_or_create(code="server", defaults={"name": "服务器", "name_en": "Server"})[0]
    return lambda code: ConfigurationItem.objects.create(code=code, name=code, type=kind, owner=asker)


@pytest.fixture
def banking(asker, team, customer):
    """A service that a customer has bought, with its own item."""
    service = Service.objects.create(
        code="banking",
        name="网银",
        name_en="Banking",
        content="c",
        target="t",
        audience="a",
        cost="c",
        criticality="core",
        owner=asker,
        team=team,
    )
    Entitlement.objects.create(service=service, customer=customer, valid=DateRange(None, None))
    return service


def item_of(service):
    return ConfigurationItem.objects.get_or_create(
        service=service, defaults={"code": service.code, "name": service.name, "type": ItemType.objects.first(), "owner": service.owner}
    )[0]


@pytest.fixture
def chain(server, banking):
    """room ← host ← database ← banking, and a sibling database on the same host; a disk that is part of the host."""
    room, host, database, sibling, disk = map(server, ("room", "host", "db-1", "db-2", "disk"))
    service = item_of(banking)
    for child, kind, parent in (
        (host, "depends_on", room), (database, "runs_on", host), (sibling, "runs_on", host), (service, "depends_on", database),
        (disk, "part_of", host),
    ):  # fmt: skip
        Relation.objects.create(child=child, kind=kind, parent=parent)
    return {"room": room, "host": host, "db": database, "sibling": sibling, "disk": disk, "service": service}


def test_it_shows_what_stands_above_and_below(draft, chain, customer):
    found = impact(draft(items=[chain["db"]]), at=NOW)
    levels = {node.item.code: node.level for node in found.nodes.values()}
    assert levels == {"room": -2, "host": -1, "db-1": 0, "SVC-banking": 1}
    assert [(reached.service.code, reached.customers) for reached in found.services] == [("banking", [customer])]


@pytest.mark.parametrize("named", ["db", "host", "room", "disk", "service"])
def test_it_reaches_the_services_that_the_policy_asks_about(draft, chain, named):
    change = draft(items=[chain[named]])
    assert [reached.service for reached in impact(change, at=NOW).services] == scope.services_concerned(change)


def test_a_sibling_is_not_touched(draft, chain):
    assert [reached.service for reached in impact(draft(items=[chain["sibling"]]), at=NOW).services] == []


def test_every_item_that_fits_is_drawn_once_and_the_rest_is_counted(draft, chain, server):
    for number in range(12):
        Relation.objects.create(child=server(f"vm-{number:02d}"), kind="runs_on", parent=chain["host"])
    found = impact(draft(items=[chain["host"]]), at=NOW)
    drawn = drawing(found, most=8)
    assert len(drawn.boxes) == len({box.key for box in drawn.boxes})
    assert len(drawn.boxes) + drawn.left_out == len(found.nodes)
    assert drawn.left_out == 7
    assert all(box.x + 148 <= drawn.width and box.y + 44 <= drawn.height for box in drawn.boxes)


def test_where_there_is_no_room_what_it_hangs_on_is_left_out_from_afar(draft, chain):
    found = impact(draft(items=[chain["db"]]), at=NOW)
    columns = {box.x for box in drawing(found, most=8).boxes}
    narrow = drawing(found, most=8, wide=len(columns) - 1)
    assert len({box.x for box in narrow.boxes}) == len(columns) - 1
    assert len(narrow.boxes) + narrow.left_out == len(drawing(found, most=8).boxes)
    assert any(box.kind == "named" for box in drawing(found, most=8, wide=1).boxes)


def test_long_names_are_cut_to_their_box():
    assert cut("short") == "short"
    assert cut("支付网关数据库主节点服务器集群") == "支付网关数据库主节…"
    assert len(cut("x" * 40)) <= 20


def test_the_map_takes_the_same_queries_for_one_item_and_for_many(draft, chain, server, django_assert_num_queries):
    change = draft(items=[chain["host"]])
    impact(change, at=NOW)
    with django_assert_num_queries(9):
        impact(change, at=NOW)
    change.items.set([chain["host"], *[server(f"x-{number}") for number in range(30)]])
    with django_assert_num_queries(9):
        impact(change, at=NOW)


def test_it_is_on_the_page_and_has_a_page_of_its_own(client, asker, draft, chain):
    client.force_login(asker, backend=BACKEND)
    change = draft(items=[chain["db"]])
    for address in (change.get_absolute_url(), f"{change.get_absolute_url()}map/"):
        page = client.get(address).content.decode()
        assert page.count('class="bx') == 4
        assert "江岚银行" in page
    with CaptureQueriesContext(connection) as few:
        client.get(f"{change.get_absolute_url()}map/")
    change.items.set(chain.values())
    with CaptureQueriesContext(connection) as many:
        client.get(f"{change.get_absolute_url()}map/")
    assert len(few) == len(many)


def test_a_change_that_names_nothing_says_what_to_do(client, asker, draft):
    client.force_login(asker, backend=BACKEND)
    assert "Name them, and what hangs on them is drawn here" in client.get(draft().get_absolute_url()).content.decode()


def test_a_change_that_names_services_alone_shows_who_uses_them(client, asker, draft, banking):
    client.force_login(asker, backend=BACKEND)
    page = client.get(draft(services=[banking]).get_absolute_url())
    assert page.status_code == 200
    assert page.content.decode().count('class="bx') == 1
