"""The page and the API of carrying out: the same verbs, the same refusals, and what is shown of it."""

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from catalog.models import ConfigurationItem, ItemType, ItemUpdate, Relation
from changes import acts, carrying, services
from changes.models import Status, StepRun
from changes.panels import doing as panels
from itsm.core import clock, ui
from tests.changes.carrying import MINUTE, OPENS, begun, decide_all, fresh, reviewed, ticked

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
AT = OPENS + 10 * MINUTE
ACTS = (
    "start", "start-emergency", "start-unapproved", "implement", "back-out", "confirm-items", "review", "verdict", "close", "note-step",
)  # fmt: skip


@pytest.fixture
def items(own_company, asker):
    """A server and the database on it."""
    kind = ItemType.objects.get_or_create(code="server", defaults={"name": "服务器", "name_en": "Server"})[0]
    made = [ConfigurationItem.objects.create(code=code, name=code, type=kind, owner=asker) for code in ("web-1", "db-1")]
    Relation.objects.create(child=made[1], kind="runs_on", parent=made[0])
    return made


@pytest.fixture
def going(submitted, company, doer, items):
    """A change under way, on the server."""
    return begun(decide_all(submitted("low", items=items[:1]), company), doer)


@pytest.fixture(autouse=True)
def in_the_window():
    with clock.at(AT):
        yield


@pytest.fixture
def page(client, doer):
    """The browser of who carries it out."""
    client.force_login(doer, backend=BACKEND)
    return client


@pytest.fixture
def api(doer):
    """A program of who carries it out."""
    found = APIClient()
    found.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=doer).key}")
    return found


def address(change, *rest):
    return "/".join([change.get_absolute_url().rstrip("/"), *rest, ""])


def call(change, verb):
    return f"/api/v1/changes/{change.shown_number}/{verb}/"


def drawn(template, context, change, **more):
    return render_to_string(f"changes/{template}", {"change": change, **context, **more})


def test_a_step_is_ticked_in_place(page, going):
    answer = page.post(address(going, "steps", "1", "begin"), HTTP_HX_REQUEST="true")
    assert answer.status_code == 200
    assert 'id="carrying-out"' in answer.content.decode()
    assert StepRun.objects.get().finished_at is None
    assert page.post(address(going, "steps", "1", "end"), {"result": "done"}, HTTP_HX_REQUEST="true").status_code == 200
    assert StepRun.objects.get().result == "done"


def test_without_script_it_comes_back_to_the_page(page, going):
    answer = page.post(address(going, "steps", "1", "begin"))
    assert (answer.status_code, answer.url) == (302, f"{going.get_absolute_url()}#carrying-out")


@pytest.mark.parametrize(
    ("no", "said", "status"),
    [("1", {"result": "done"}, 409), ("2", {}, 422), ("1", {"result": "nonsense"}, 422), ("99", {"result": "done"}, 409)],
)
def test_nonsense_gets_a_sentence(page, going, no, said, status):
    assert page.post(address(going, "steps", no, "end"), said, HTTP_HX_REQUEST="true").status_code == status
    assert not StepRun.objects.exists()


def test_a_stranger_finds_nothing(client, going, representative, engineer):
    client.force_login(representative, backend=BACKEND)
    assert client.post(address(going, "steps", "1", "begin")).status_code in (403, 404)
    client.force_login(engineer, backend=BACKEND)
    assert client.post(address(going, "steps", "1", "begin"), HTTP_HX_REQUEST="true").status_code == 403


def test_an_item_is_brought_up_to_date_under_the_change(page, going, items):
    form = address(going, "items", "web-1")
    assert page.get(form).status_code == 200
    said = {"status": "live", "description": "Patched.", "details": "kernel: 6.12\nram: 32 GB", "request_key": "k"}
    assert page.post(form, said).status_code == 302
    item = ConfigurationItem.objects.get(code="web-1")
    assert (item.description, item.details) == ("Patched.", {"kernel": "6.12", "ram": "32 GB"})
    update = ItemUpdate.objects.modifications().filter(item=item).get()
    assert update.authority == going
    assert page.post(form, said).status_code == 302
    assert ItemUpdate.objects.modifications().filter(item=item).count() == 1


def test_its_relations_are_ended_and_added(page, going, items, asker):
    other = ConfigurationItem.objects.create(code="rack-1", name="Rack", type=items[0].type, owner=asker)
    said = {"status": "live", "kind": "part_of", "parent": "rack-1", "request_key": "k"}
    assert page.post(address(going, "items", "web-1"), said).status_code == 302
    relation = Relation.objects.standing().get(child=items[0])
    assert (relation.parent, relation.kind) == (other, "part_of")
    assert page.post(address(going, "items", "web-1"), {"status": "live", "let_go": [relation.pk], "request_key": "l"}).status_code == 302
    assert not Relation.objects.standing().filter(child=items[0]).exists()
    assert ItemUpdate.objects.filter(record="relation", object_id=going.pk).count() == 2


@pytest.mark.parametrize(
    "said", [{"status": "nonsense"}, {"status": "live", "details": "no colon"}, {"status": "live", "parent": "nothing", "kind": "runs_on"},
             {"status": "live", "kind": "runs_on"}, {"status": "live", "let_go": ["x"]}],
)  # fmt: skip
def test_wrong_facts_of_an_item_are_told(page, going, said):
    assert page.post(address(going, "items", "web-1"), said).status_code == 422
    assert not ItemUpdate.objects.modifications().filter(record="item").exists()


def test_what_the_change_does_not_name_is_not_updated_under_it(going, doer, items, asker):
    other = ConfigurationItem.objects.create(code="mail-1", name="Mail", type=items[0].type, owner=asker)
    with pytest.raises(Exception, match="names neither"):
        services.update_item(going, by=doer, item=other, facts={"description": "x"})
    services.update_item(going, by=doer, item=items[1], facts={"description": "x"})  # it hangs on the one named


def test_items_are_confirmed_one_by_one(page, going, doer, items):
    ticked(going, doer)
    services.implement(going, by=doer, at=AT)
    assert page.post(address(going, "confirm-items"), {"request_key": "a"}, HTTP_HX_REQUEST="true").status_code == 409
    page.post(address(going, "confirm-items"), {"request_key": "b", "unchanged": [items[0].pk]})
    assert fresh(going).items_confirmed_at == AT
    assert panels.items_updated(fresh(going), doer)["rows"] == [(items[0], 0, True)]


def test_an_updated_item_needs_no_word(going, doer, items):
    services.update_item(going, by=doer, item=items[0], facts={"description": "Patched."})
    ticked(going, doer)
    services.implement(going, by=doer, at=AT)
    services.confirm_items(going, by=doer, at=AT)


def test_what_was_updated_beside_the_change_is_shown_as_such(going, doer, items):
    items[0].description = "By hand."
    items[0].save()
    with clock.at(timezone.now()):
        shown = panels.items_updated(fresh(going), doer)
    assert [update.item for update in shown["beside"]] == [items[0]]
    assert "beside the change" in drawn("_items_updated.html", shown, going)


def test_the_plan_shows_planned_and_real_times(going, doer):
    ticked(going, doer, until=1)
    first, second = carrying.carrying_out(fresh(going), doer)["lines"]
    assert (first.planned_from, first.planned_until, first.took, first.longer) == (OPENS, OPENS + 20 * MINUTE, 60, -19 * 60)
    assert (second.planned_from, second.run, second.is_next) == (OPENS + 20 * MINUTE, None, True)
    text = drawn("_carrying_out.html", carrying.carrying_out(fresh(going), doer), going)
    assert "1 of 2 steps" in text
    assert "−19 min" in text


@pytest.mark.parametrize("stage", ["scheduled", "going", "over"])
def test_each_part_asks_a_fixed_number_of_queries(submitted, company, doer, engineer, items, django_assert_num_queries, stage):
    change = decide_all(submitted("high", items=items), company)
    if stage != "scheduled":
        begun(change, doer)
    if stage == "over":
        change = fresh(change)
        ticked(change, doer)
        services.implement(change, by=doer, at=AT)
        reviewed(change, engineer)
    change = fresh(change)
    doer.has_role("engineer")
    counts = {"scheduled": (14, 0, 0), "going": (2, 0, 4), "over": (2, 2, 4)}[stage]
    for panel, count in zip((carrying.carrying_out, panels.looked_back, panels.items_updated), counts, strict=True):
        with django_assert_num_queries(count):
            panel(change, doer)


def test_what_keeps_it_from_beginning_is_said_on_the_page(submitted, company, doer):
    change = decide_all(submitted(), company)
    with clock.at(OPENS - MINUTE):
        text = drawn("_carrying_out.html", carrying.carrying_out(change, doer), change)
    assert "Its window opens" in text


def test_the_page_draws_its_parts(going, doer):
    shown = [template for template, facts in ui.panels_for(going, doer, "main") if facts is not None]
    assert "changes/_carrying_out.html" in shown


@pytest.mark.parametrize(
    "name",
    ["start", "start-emergency", "start-unapproved", "implement", "back-out", "confirm-items", "review", "verdict", "close", "note-step"],
)
def test_every_act_has_a_form_that_opens(page, going, name):
    assert acts.get(name) is not None
    assert page.get(address(going, name)).status_code == 200


def test_an_act_with_nothing_filled_in_is_told(page, going):
    for name in ("back-out", "review", "close", "note-step", "verdict", "start-unapproved"):
        assert page.post(address(going, name), {}).status_code == 422, name


def test_the_whole_way_through_the_api(api, submitted, company, doer, engineer, items):
    change = decide_all(submitted("low", items=items[:1]), company)
    assert api.post(call(change, "start")).json()["status"] == "implementing"
    for no in (1, 2):
        assert api.post(call(change, "begin-step"), {"no": no}, format="json").status_code == 201
        assert api.post(call(change, "end-step"), {"no": no, "result": "done"}, format="json").json()["result"] == "done"
    assert [run["no"] for run in api.get(call(change, "steps")).json()] == [1, 2]
    update = {"item": "web-1", "description": "Patched.", "hang": {"kind": "part_of", "parent": "db-1"}}
    assert (
        api.post(
            call(change, "update-item"), {**update, "hang": None} | {"hang": {"kind": "nonsense", "parent": "db-1"}}, format="json"
        ).status_code
        == 400
    )
    assert api.post(call(change, "update-item"), {"item": "web-1", "description": "Patched."}, format="json").status_code == 200
    assert api.post(call(change, "implement")).json()["status"] == "implemented"
    assert api.post(call(change, "confirm-items"), {}, format="json").status_code == 200
    review = {"result": "successful", "words": "Fine."}
    assert api.post(call(change, "review"), review, format="json").status_code == 403
    refused = api.post(call(change, "close"), {"result": "backed_out"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "does_not_fit")
    assert api.post(call(change, "close"), {"result": "successful"}, format="json").json()["result"] == "successful"


def test_a_repeated_request_ticks_once(api, going):
    key = {"HTTP_IDEMPOTENCY_KEY": "tick-1"}
    answers = [api.post(call(going, "begin-step"), {"no": 1}, format="json", **key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert StepRun.objects.count() == 1


def test_the_api_refuses_as_the_page_does(api, going):
    answer = api.post(call(going, "end-step"), {"no": 1, "result": "failed"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_words")
    assert api.post(call(going, "implement")).json()["code"] == "unended"
    assert api.post(call(going, "verdict"), {"verdict": "keep", "reason": "x"}, format="json").status_code in (403, 409)
    assert fresh(going).status == Status.IMPLEMENTING


@pytest.mark.parametrize("wild", ["9" * 30, "-1", "0", "x", "\x00"])
def test_wild_numbers_and_dates_get_a_sentence_too(page, going, doer, wild):
    assert page.post(address(going, "items", "web-1"), {"status": "live", "let_go": [wild]}).status_code == 422
    assert page.post(address(going, "steps", "9" * 30, "begin"), HTTP_HX_REQUEST="true").status_code == 409
    ticked(going, doer)
    services.implement(going, by=doer, at=AT)
    assert page.post(address(going, "confirm-items"), {"unchanged": [wild]}).status_code == 422
    for year in ("0001-01-01T00:00", "9999-12-31T23:59", wild):
        said = {"no": "1", "started_at": year, "finished_at": year, "result": "done"}
        assert page.post(address(going, "note-step"), said).status_code in (409, 422)
