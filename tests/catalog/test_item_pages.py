"""Pages of configuration items: staff read, keepers keep, nobody else knows of them; nothing typed is lost, nothing is an accident."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import drawing, services
from catalog.models import ConfigurationItem, ItemUpdate, Relation
from itsm.core import ui

pytestmark = pytest.mark.django_db
READ = ["/items/", "/items/?view=gaps", "/items/WEB01/", "/items/updates/", "/items/updates/?explained=1", "/items/find/?q=web"]
KEEP = ["/items/new/", "/items/WEB01/edit/", "/items/import/"]


@pytest.fixture
def enter(client):
    def entered(person):
        client.force_login(person, backend="itsm.people.backends.SignInBackend")
        return client

    return entered


@pytest.fixture
def told(types, ops_lead):
    """A whole item as the form sends it."""
    return {"code": "APP01", "name": "支付", "type": types["application"].pk, "status": "live", "owner": ops_lead.pk, "team": "",
            "description": "很长的说明", "runs_on": [], "depends_on": [], "part_of": [], "change": ""}  # fmt: skip


def page(answer):
    return answer.content.decode()


def test_staff_read_and_only_keepers_keep(enter, make, agent, auditor, engineer, ops_lead, service_manager, administrator, told):
    make("WEB01")
    for reader in (agent, auditor, engineer):
        client = enter(reader)
        assert {client.get(path).status_code for path in READ} == {200}
        assert {client.get(path).status_code for path in KEEP} == {403}
        assert {client.post(path, told).status_code for path in KEEP} == {403}
        assert client.post("/items/updates/", {"updates": [], "words": "x"}).status_code == 422
    for keeper in (ops_lead, service_manager, administrator):
        client = enter(keeper)
        assert {client.get(path).status_code for path in [*READ, *KEEP]} == {200}


def test_for_customers_there_is_no_such_page(enter, make, requester, representative, stranger):
    make("WEB01")
    for outsider in (requester, representative, stranger):
        client = enter(outsider)
        assert {client.get(path).status_code for path in [*READ, *KEEP]} == {404}
        assert ui.search(outsider, "WEB01") == []


def test_the_list_is_filtered_and_paged_by_code(enter, make, agent, ops_lead, service, types):
    host = make("A-HOST")
    app = make("B-APP", host, kind="application", description="")
    make("C-ALONE", owner=agent, status="planned")
    services.relate(service.item, "depends_on", app, by=ops_lead)
    client = enter(agent)

    def codes(query):
        return [row.code for row in client.get(f"/items/?{query}").context["rows"]]

    assert codes("") == ["A-HOST", "B-APP", "C-ALONE", "SVC-banking"]
    assert codes("type=server") == ["A-HOST", "C-ALONE"]
    assert codes("state=planned") == codes(f"owner={agent.pk}") == codes("lacks=relations") == ["C-ALONE"]
    assert codes("service=banking") == ["A-HOST", "B-APP", "SVC-banking"]
    assert codes("q=b-app") == codes("lacks=description") == ["B-APP"]
    assert codes("q=online") == codes("q=网银") == ["SVC-banking"]
    assert codes("view=gaps") == ["B-APP", "C-ALONE"]
    assert codes("view=retired") == []
    assert codes("after=B-APP") == ["C-ALONE", "SVC-banking"]
    for n in range(60):
        make(f"D{n:02d}")
    first = client.get("/items/")
    seen = [row.code for row in first.context["rows"]]
    assert len(seen) == 50
    rest = [row.code for row in client.get(f"/items/{first.context['next_url']}").context["rows"]]
    assert seen + rest == sorted(ConfigurationItem.objects.values_list("code", flat=True))


def test_who_owns_an_item_and_has_left_is_a_gap(enter, make, agent, ops_lead):
    make("B", make("A"), owner=agent)
    agent.is_active = False
    agent.save()
    client = enter(ops_lead)
    assert [row.code for row in client.get("/items/?lacks=owner").context["rows"]] == ["B"]
    assert "has left" in page(client.get("/items/B/"))


def test_an_item_shows_what_is_around_it_the_services_it_reaches_and_its_updates(enter, make, agent, ops_lead, service, under_way):
    host = make("HOST")
    app = make("APP", host, kind="application")
    services.relate(service.item, "depends_on", app, by=ops_lead)
    change = under_way(host)
    services.update_item(host, by=ops_lead, facts={"name": "Big host"}, change=change)
    services.update_item(host, by=ops_lead, facts={"name": "Bigger host"})
    shown = page(enter(agent).get("/items/HOST/"))
    for words in ("runs on it", "Online banking", str(change), change.get_absolute_url(), "Bigger host", "Unauthorised", "周明远"):
        assert words in shown, words
    shown = page(enter(agent).get("/items/SVC-banking/"))
    for words in ("depends on", "Bigger host", "Unauthorised"):
        assert words in shown, words
    shown = page(enter(agent).get("/services/banking/"))
    assert "Bigger host" in shown
    assert "/items/SVC-banking/" in shown


def test_an_item_is_drawn_once_however_many_ways_lead_to_it_and_crowds_are_counted(make):
    host = make("HOST")
    left, right = make("LEFT", host), make("RIGHT", host)
    make("TOP", left, right)
    nodes = drawing.around(host).beneath
    assert [(n.item.code, [(m.item.code, m.again) for m in n.nodes]) for n in nodes] == [
        ("LEFT", [("TOP", False)]), ("RIGHT", [("TOP", True)]),
    ]  # fmt: skip
    for n in range(70):
        make(f"N{n}", host)
    around = drawing.around(host)
    assert (len(around.beneath), around.beneath_more) == (drawing.MOST, 13)


def test_an_item_is_registered_and_nothing_typed_is_lost(enter, make, ops_lead, told):
    make("HOST")
    client = enter(ops_lead)
    answer = client.post("/items/new/", told | {"name": "", "runs_on": ["HOST"]})
    assert answer.status_code == 422
    assert "很长的说明" in page(answer)
    assert 'value="HOST" selected' in page(answer)
    for wrong in ({"code": "import"}, {"code": "a b"}, {"code": "SVC-1"}, {"code": "host"}, {"runs_on": ["NONE"]}, {"runs_on": ["\0"]},
                  {"runs_on": ["HOST"], "part_of": ["HOST"]}, {"owner": "x"}, {"change": "CHG-000001"}):  # fmt: skip
        assert client.post("/items/new/", told | wrong).status_code == 422, wrong
    assert client.post("/items/new/", told | {"runs_on": ["HOST"], "request_key": "k"}).url == "/items/APP01/"
    assert client.post("/items/new/", told | {"runs_on": ["HOST"], "request_key": "k"}).url == "/items/APP01/"
    assert client.post("/items/new/", told).status_code == 422
    assert not ItemUpdate.objects.unauthorised().exists()


def test_an_item_is_edited_under_a_change_or_without_and_a_circle_is_a_sentence(enter, make, ops_lead, told, under_way):
    host = make("HOST")
    app = make("APP01", host)
    client = enter(ops_lead)
    assert 'value="HOST" selected' in page(client.get("/items/APP01/edit/"))
    change = under_way(host)
    assert client.post("/items/APP01/edit/", told | {"runs_on": ["HOST"], "change": str(change)}).status_code == 302
    assert app.updates.order_by("id").last().authority == change
    answer = client.post("/items/HOST/edit/", told | {"runs_on": ["APP01"]})
    assert (answer.status_code, "circle" in page(answer)) == (422, True)
    assert client.post("/items/HOST/edit/", told | {"status": "retired"}).status_code == 422
    assert client.post("/items/APP01/edit/", told | {"status": "retired"}).status_code == 302
    assert not Relation.objects.standing().exists()
    assert ItemUpdate.objects.unauthorised().count() == 2


def test_a_service_as_item_is_told_only_what_it_hangs_on(enter, make, ops_lead, service, told):
    make("HOST")
    client = enter(ops_lead)
    assert "follows the catalogue" in page(client.get("/items/SVC-banking/edit/"))
    assert client.post("/items/SVC-banking/edit/", told | {"runs_on": ["HOST"]}).status_code == 302
    service.item.refresh_from_db()
    assert (service.item.name, service.item.parents.count()) == ("网银渠道", 1)


def test_whoever_carries_a_change_out_edits_its_items_and_names_it(enter, make, doer, told, under_way):
    app = make("APP01")
    client = enter(doer)
    assert client.get("/items/APP01/edit/").status_code == 403
    change = under_way(app)
    assert str(change) in page(client.get("/items/APP01/edit/"))
    assert client.post("/items/APP01/edit/", told).status_code == 422
    assert client.post("/items/APP01/edit/", told | {"change": str(change)}).status_code == 302
    assert client.get("/items/new/").status_code == 403


def test_unauthorised_updates_are_counted_for_keepers_and_explained(enter, make, agent, ops_lead, under_way):
    item = make("WEB01")
    for name in ("a", "b", "c"):
        services.update_item(item, by=ops_lead, facts={"name": name})
    ids = list(ItemUpdate.objects.unauthorised().order_by("id").values_list("pk", flat=True))
    assert "explain" not in page(enter(agent).get("/items/updates/")).split("<main")[1].split("Unauthorised updates")[0]
    assert "need action:" not in page(enter(agent).get("/items/"))
    client = enter(ops_lead)
    assert "need action:" in page(client.get("/items/"))
    change = under_way(item)
    for wrong in ({"words": ""}, {"number": "CHG-999999"}, {"number": "x"}, {"updates": []}, {"updates": ["x"]}, {"updates": ["9" * 30]}):
        sent = {"updates": ids[:2], "words": "It was that one.", "number": str(change)} | wrong
        assert client.post("/items/updates/", sent).status_code == 422, wrong
    assert client.post("/items/updates/", {"updates": ids[:2], "words": "It was that one.", "number": str(change)}).status_code == 302
    assert client.post("/items/updates/", {"updates": ids[:2], "words": "Again."}).status_code == 422
    assert [told.update.pk for told in client.get("/items/updates/").context["updates"]] == ids[2:]
    explained = page(client.get("/items/updates/?explained=1"))
    assert "It was that one." in explained
    assert change.get_absolute_url() in explained


def test_search_finds_items_by_code_or_name(enter, make, agent):
    make("DB-9", name="Ledger store")
    client = enter(agent)
    for words in ("db-9", "ledger"):
        assert "/items/DB-9/" in page(client.get(f"/search/?q={words}"))


@pytest.mark.parametrize("address", ["/items/%00/", "/items/x%00y/edit/", "/items/..%2f/", "/items/" + "x" * 200 + "/", "/items/很/",
                                     "/items/?after=%00&q=%00&type=%00", "/items/find/?q=%00", "/items/updates/?after=%00"])  # fmt: skip
def test_nonsense_is_answered(enter, ops_lead, address):
    client = enter(ops_lead)
    assert client.get(address).status_code < 500
    assert client.post(address, {"updates": ["\0"], "code": "\0", "runs_on": ["\0"]}).status_code < 500


def questions(client, path):
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_pages_ask_the_same_questions_however_much_there_is(enter, make, agent, ops_lead, under_way):
    paths = ("/items/", "/items/HOST/", "/items/updates/")
    host, client = make("HOST", make("BELOW")), enter(agent)

    def grown(n):
        item = make(f"ON{n}", host)
        services.update_item(host, by=ops_lead, facts={"name": f"n{n}"}, change=under_way(host))
        services.update_item(item, by=ops_lead, facts={"name": f"n{n}"})
        services.explain_updates(list(ItemUpdate.objects.unexplained()), by=ops_lead, words="w")
        services.update_item(item, by=ops_lead, facts={"name": f"m{n}"})
        return {path: questions(client, path) for path in paths}

    grown(0)
    once = grown(1)
    for n in range(2, 8):
        grown(n)
    assert grown(9) == once
    assert once["/items/"] <= 14
    assert once["/items/HOST/"] <= 35
