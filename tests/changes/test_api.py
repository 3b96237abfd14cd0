"""Changes in the API: the same verbs and refusals as the pages."""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token

from changes import services
from changes.models import Change
from tests.changes.conftest import NOW
from tests.changes.plans import answers, seat

pytestmark = pytest.mark.django_db
CONTENT = {
    "title": "Patch the web servers", "category": "infrastructure", "reason": "A hole.", "back_out_plan": "Boot the former image.",
    "plan": [{"words": "Patch", "minutes": 20}], "test_evidence": "All green.", "starts_at": "2026-03-11T10:00:00+08:00",
    "ends_at": "2026-03-11T12:00:00+08:00",
}  # fmt: skip


@pytest.fixture
def program(client, asker, now, office):
    """`program("get" or "post", address, **details)` as who asks for changes; `by` another person, `key` another key."""

    def asked(method, address, *, by=asker, key=None, **details):
        token = Token.objects.get_or_create(user=by)[0].key
        headers = {"Authorization": f"Token {token}", "Idempotency-Key": key or uuid.uuid4().hex}
        if method == "get":
            return client.get(f"/api/v1/changes/{address}", details, headers=headers)
        return client.post(f"/api/v1/changes/{address}", json.dumps(details), content_type="application/json", headers=headers)

    return asked


def test_from_nothing_to_a_decision(program, doer, customer, ops_lead, asker):
    made = program("post", "", **CONTENT, implementer="doer", customers=[customer.code])
    assert made.status_code == 201, made.json()
    number = made.json()["number"]
    assert program("post", f"{number}/assess/", answers=answers("low")).json()["status"] == "assessed"
    assert program("post", f"{number}/submit/").json()["status"] == "awaiting"
    change = Change.objects.get()
    services.decide(seat(change, "ops_lead"), by=ops_lead, choice="ask", words="Which first?", at=NOW)
    question = program("get", f"{number}/").json()["rounds"][0]["stages"][0]["seats"][0]["decisions"][0]
    assert (question["person"], question["choice"]) == ("ops", "ask")
    assert program("post", f"{number}/remark/", words="Node 1.", answers=question["id"]).status_code == 201
    services.decide(seat(change, "ops_lead"), by=ops_lead, choice="approve", at=NOW)
    whole = program("get", f"{number}/").json()
    assert whole["status"] in ("approved", "scheduled")
    assert whole["rounds"][0]["fingerprint"] == whole["fingerprint"] == change.fingerprint()
    assert whole["document"] == change.document()
    assert {entry["kind"] for entry in program("get", f"{number}/timeline/").json()} == {"step", "decision", "remark"}


def test_a_repeated_request_gets_the_first_answer(program):
    first, again = (program("post", "", key="same", **CONTENT) for _ in range(2))
    assert first.json()["number"] == again.json()["number"]
    assert Change.objects.count() == 1
    number = first.json()["number"]
    said = [program("post", f"{number}/remark/", key="other", words="Once.").json()["id"] for _ in range(2)]
    assert said[0] == said[1]
    assert program("post", f"{number}/cancel/", key="other", reason="x").status_code == 409


def test_two_editing_at_once(program, draft):
    change = draft()
    seen = program("get", f"{change.shown_number}/").json()["steps_taken"]
    assert program("post", f"{change.shown_number}/edit/", onto=seen, title="Mine").status_code == 200
    refused = program("post", f"{change.shown_number}/edit/", onto=seen, title="Yours")
    assert (refused.status_code, refused.json()["code"]) == (409, "stale")
    assert Change.objects.get().title == "Mine"


def test_a_material_edit_sends_it_back(program, submitted):
    change = submitted("high")
    told = program("post", f"{change.shown_number}/edit/", plan=[{"words": "Another", "minutes": 5}]).json()
    assert (told["status"], told["plan"]) == ("assessed", [{"words": "Another", "minutes": 5}])
    assert program("get", f"{change.shown_number}/").json()["rounds"][0]["outcome"] == "voided"


@pytest.mark.parametrize(
    ("verb", "details"),
    [
        ("edit", {"plan": [{"words": ""}]}), ("edit", {"plan": "x"}), ("edit", {"starts_at": "x"}), ("edit", {"services": ["none"]}),
        ("edit", {"category": "x"}), ("edit", {"onto": -1}), ("edit", {"title": "\0"}), ("assess", {"answers": {"service": "x"}}),
        ("assess", {"answers": {"nothing": 1}}), ("assess", {"answers": {}, "triggers": ["x"]}), ("cancel", {}), ("remark", {}),
        ("remark", {"words": "x", "answers": 99}), ("answer", {"number": ""}),
    ],
)  # fmt: skip
def test_malformed_input_is_answered_and_nothing_is_kept(program, draft, verb, details):
    change = draft()
    before = Change.objects.values().get()
    assert program("post", f"{change.shown_number}/{verb}/", **details).status_code == 400
    assert Change.objects.values().get() == before


@pytest.mark.parametrize(
    ("verb", "details", "code"),
    [
        ("edit", {"starts_at": "2026-03-11T12:00:00Z", "ends_at": "2026-03-11T11:00:00Z"}, "nonsense"),
        ("edit", {"kind": "standard"}, "no_model"),
        ("assess", {"answers": {}}, "unanswered"), ("submit", {}, "wrong_status"), ("take-up", {}, "no_model"),
        ("withdraw", {"reason": "x"}, "wrong_status"), ("answer", {"number": "INC-999999"}, "not_found"),
    ],
)  # fmt: skip
def test_refusals_are_sentences(program, draft, verb, details, code):
    change = draft()
    before = Change.objects.values().get()
    answer = program("post", f"{change.shown_number}/{verb}/", **details)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert answer.json()["detail"]
    assert Change.objects.values().get() == before


def test_a_standard_change_needs_its_model(program):
    assert program("post", "", **CONTENT, kind="standard").json()["code"] == "no_model"
    assert not Change.objects.exists()


def test_who_has_nothing_to_do_with_it_may_read_and_remark_but_not_move_it(program, draft, agent):
    change = draft()
    assert program("get", f"{change.shown_number}/", by=agent).status_code == 200
    assert program("post", f"{change.shown_number}/edit/", by=agent, title="Mine").status_code == 403
    assert program("post", f"{change.shown_number}/remark/", by=agent, words="Seen.").status_code == 201


def test_a_contact_sees_and_does_nothing(program, draft, contact):
    change = draft()
    assert program("get", "", by=contact).status_code in (403, 404)
    assert program("get", f"{change.shown_number}/", by=contact).status_code in (403, 404)
    assert program("post", f"{change.shown_number}/remark/", by=contact, words="x").status_code in (403, 404)
    assert program("post", "", by=contact, **CONTENT).status_code in (403, 404)
    assert Change.objects.count() == 1


def test_it_is_filtered_as_the_page_is(program, draft, assessed):
    draft()
    found = program("get", "", risk="high", state="unclosed").json()["results"]
    assert found == []
    change = assessed("high")
    assert [row["number"] for row in program("get", "", risk="high").json()["results"]] == [change.shown_number]


def test_lists_and_whole_changes_take_the_same_queries_for_few_and_many(program, submitted, ops_lead, asker):
    change = submitted("low")

    def queries(address):
        program("get", address)
        with CaptureQueriesContext(connection) as found:
            assert program("get", address).status_code == 200
        return len(found)

    few = [queries(address) for address in ("", f"{change.shown_number}/", f"{change.shown_number}/timeline/")]
    for number in range(20):
        services.decide(seat(change, "ops_lead"), by=ops_lead, choice="ask", words=f"Why {number}?", at=NOW)
        submitted("low")
    assert [queries(address) for address in ("", f"{change.shown_number}/", f"{change.shown_number}/timeline/")] == few
