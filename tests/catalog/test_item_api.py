"""Configuration items through the API: the same verbs and refusals as on the pages."""

import pytest
from rest_framework.authtoken.models import Token

from catalog import services
from catalog.models import ConfigurationItem, ItemUpdate, Relation

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(client):
    """`call(person, path, data=None)`: GET, or POST with data."""

    def asked(person, path, data=None, **headers):
        headers["Authorization"] = f"Token {Token.objects.get_or_create(user=person)[0].key}"
        if data is None:
            return client.get(f"/api/v1/{path}", headers=headers)
        return client.post(f"/api/v1/{path}", data, content_type="application/json", headers=headers)

    return asked


@pytest.fixture
def new(types):
    return {"code": "APP.01", "name": "Payments", "type": "application", "owner": "ops"}


def test_items_are_read_by_staff_and_filtered(call, make, agent, requester, service):
    make("APP.1", make("HOST"), kind="application")
    assert [row["code"] for row in call(agent, "items/").json()["results"]] == ["SVC-banking", "HOST", "APP.1"]
    assert [row["code"] for row in call(agent, "items/?type=application&q=app").json()["results"]] == ["APP.1"]
    assert call(agent, "items/?state=broken").status_code == 400
    shown = call(agent, "items/APP.1/").json()
    assert (shown["type"], shown["status"], shown["owner"], shown["service"]) == ("application", "live", "ops", None)
    assert [(r["child"], r["kind"], r["parent"]) for r in call(agent, "items/HOST/relations/").json()["results"]] == [
        ("APP.1", "runs_on", "HOST")
    ]
    for path in ("items/", "items/HOST/", "items/HOST/relations/", "items/HOST/updates/", "item-updates/"):
        assert call(requester, path).status_code == 404
    assert call(agent, "items/nowhere/").status_code == 404


def test_an_item_is_registered_once_for_its_key(call, make, new, ops_lead, agent):
    make("HOST")
    told = new | {"relations": [{"kind": "runs_on", "parent": "HOST"}]}
    assert call(agent, "items/", told).status_code == 403
    for _ in range(2):
        answer = call(ops_lead, "items/", told, **{"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json()["code"]) == (201, "APP.01")
    assert Relation.objects.get().parent.code == "HOST"
    assert call(ops_lead, "items/", told).json()["code"] == "taken"
    wrong = ({"code": "a b"}, {"type": "toaster"}, {"owner": "nobody"}, {"name": "\0"}, {"relations": [{"kind": "x", "parent": "HOST"}]},
             {"relations": [{"kind": "runs_on", "parent": "NONE"}]}, {"details": []}, {"team": 2**70})  # fmt: skip
    for more in wrong:
        assert call(ops_lead, "items/", told | {"code": "X1"} | more).status_code == 400, more
    assert call(ops_lead, "items/", told | {"code": "X1", "change": "CHG-000009"}).status_code == 409


def test_an_item_is_updated_under_a_change_or_listed(call, make, ops_lead, doer, under_way):
    item = make("APP1", make("HOST"))
    change = under_way(item)
    assert call(doer, "items/APP1/update/", {"name": "x"}).status_code == 403
    assert call(doer, "items/APP1/update/", {"name": "x", "change": str(change)}).json()["name"] == "x"
    assert not ItemUpdate.objects.unauthorised().exists()
    assert call(ops_lead, "items/APP1/update/", {"details": {"cpu": 4}, "relations": []}).json()["details"] == {"cpu": 4}
    assert not Relation.objects.standing().exists()
    assert ItemUpdate.objects.unauthorised().count() == 2
    told = call(ops_lead, "items/APP1/updates/").json()["results"]
    assert [(u["record"], u["what"], u["allowed_by"]) for u in told][:3] == [
        ("relation", "changed", None), ("item", "changed", None), ("item", "changed", str(change)),
    ]  # fmt: skip
    assert call(ops_lead, "items/APP1/update/", {"status": "gone"}).status_code == 400


def test_relations_are_made_and_ended(call, make, ops_lead):
    make("HOST")
    make("APP1")
    assert call(ops_lead, "items/APP1/relate/", {"kind": "runs_on", "parent": "HOST"}).status_code == 200
    assert call(ops_lead, "items/HOST/relate/", {"kind": "runs_on", "parent": "APP1"}).json()["code"] == "circle"
    relation = Relation.objects.get()
    assert call(ops_lead, "items/HOST/end-relation/", {"relation": relation.pk}).status_code == 404
    assert call(ops_lead, "items/APP1/end-relation/", {"relation": relation.pk}).status_code == 200
    assert call(ops_lead, "items/APP1/end-relation/", {"relation": relation.pk}).json()["code"] == "ended"


def test_unauthorised_updates_are_listed_and_explained(call, make, ops_lead, agent, under_way):
    item = make("APP1")
    services.update_item(item, by=ops_lead, facts={"name": "x"})
    found = call(agent, "item-updates/?unauthorised=true&explained=false").json()["results"]
    assert [(u["item"], u["before"]["name"], u["after"]["name"]) for u in found] == [("APP1", "APP1", "x")]
    path = f"item-updates/{found[0]['id']}/explain/"
    assert call(agent, path, {"words": "w"}).status_code == 403
    assert call(ops_lead, path, {"words": ""}).status_code == 400
    assert call(ops_lead, path, {"words": "w", "change": str(under_way(item))}).json()["explanation"] == "w"
    assert call(ops_lead, path, {"words": "w"}).json()["code"] == "explained"
    assert call(agent, "item-updates/?unauthorised=true&explained=false").json()["results"] == []
    assert len(call(agent, "item-updates/?unauthorised=false&item=APP1").json()["results"]) == 1


def test_a_longer_list_asks_no_more_questions(call, make, ops_lead, agent, django_assert_max_num_queries):
    for n in range(6):
        services.update_item(make(f"N{n}"), by=ops_lead, facts={"name": "x"})
    for path, most in (("items/", 6), ("item-updates/", 10)):
        call(agent, path)
        with django_assert_max_num_queries(most):
            assert len(call(agent, path).json()["results"]) >= 6
    assert ConfigurationItem.objects.count() == 6
