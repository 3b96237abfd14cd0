"""Deciding and delegating through the API: the same verbs and refusals as the pages."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from changes import services
from changes.models import Decision, Delegation
from tests.changes.conftest import NOW
from tests.changes.plans import seat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
APPROVALS, DELEGATIONS = "/api/v1/approvals/", "/api/v1/delegations/"


@pytest.fixture
def api():
    """`api(person)`: a client that calls in somebody's name."""

    def of(person):
        client = APIClient()
        client.force_authenticate(person)
        return client

    return of


def test_what_waits_is_listed_read_and_decided(submitted, ops_lead, api):
    change = submitted("low")
    (row,) = api(ops_lead).get(APPROVALS).json()
    assert (row["change"], row["role"], row["read"]) == (change.shown_number, "ops_lead", change.fingerprint())
    whole = api(ops_lead).get(f"{APPROVALS}{row['id']}/").json()
    assert change.back_out_plan in whole["text"]
    answer = api(ops_lead).post(f"{APPROVALS}{row['id']}/decide/", {"choice": "approve", "read": row["read"]})
    assert (answer.status_code, answer.json()["person"], answer.json()["choice"]) == (201, ops_lead.username, "approve")
    assert api(ops_lead).get(APPROVALS).json() == []


def test_a_repeated_request_decides_once(submitted, ops_lead, api):
    asked = seat(submitted("low"), "ops_lead")
    word = {"choice": "approve", "read": asked.stage.round.fingerprint}
    answers = [api(ops_lead).post(f"{APPROVALS}{asked.pk}/decide/", word, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.json()["id"] for answer in answers] == [Decision.objects.get().pk] * 2


def test_the_same_refusals(submitted, asker, ops_lead, tech_lead, stranger, api):
    change = submitted("low")
    asked = seat(change, "ops_lead")
    address, word = f"{APPROVALS}{asked.pk}/decide/", {"choice": "approve", "read": asked.stage.round.fingerprint}
    assert api(ops_lead).post(address, {**word, "choice": "reject"}).status_code == 400
    assert api(ops_lead).post(address, {"choice": "approve"}).status_code == 400
    assert api(ops_lead).post(address, {**word, "read": "0" * 64}).json()["code"] == "stale"
    assert api(tech_lead).post(address, word).json()["code"] == "not_a_decider"
    assert api(tech_lead).get(f"{APPROVALS}{asked.pk}/").status_code == 404
    assert api(stranger).post(address, word).status_code == 404
    assert api(ops_lead).post(f"{APPROVALS}999999/decide/", word).status_code == 404
    services.edit(change, by=asker, at=NOW, back_out_plan="Another")
    assert api(ops_lead).post(address, word).json()["code"] == "stale"
    assert not Decision.objects.exists()


def test_delegating(ops_lead, engineer, tech_lead, api):
    day = NOW.date()
    details = {"receiver": engineer.username, "role": "ops_lead", "first_on": day, "last_on": day + timedelta(days=1), "reason": "Away"}
    given = api(ops_lead).post(DELEGATIONS, details)
    assert (given.status_code, given.json()["last_on"]) == (201, str(day + timedelta(days=1)))
    assert api(ops_lead).post(DELEGATIONS, details).json()["code"] == "overlaps"
    assert api(tech_lead).post(DELEGATIONS, details).status_code == 403
    assert [api(p).get(DELEGATIONS).json()["results"] != [] for p in (ops_lead, engineer, tech_lead)] == [True, True, False]
    address = f"{DELEGATIONS}{given.json()['id']}/withdraw/"
    assert api(tech_lead).post(address).status_code == 404
    assert api(engineer).post(address).status_code == 403
    assert api(ops_lead).post(address).json()["withdrawn_at"]
    assert Delegation.objects.standing().count() == 0
