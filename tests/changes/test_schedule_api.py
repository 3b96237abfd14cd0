"""Scheduling through the API: the page's verbs, the page's refusals."""

import pytest
from rest_framework.test import APIClient

from changes import services
from changes.models import FreezeWindow
from tests.changes.conftest import NOW
from tests.changes.test_conflicts import ENDS, STARTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls(now):
    """`calls(person)`: a client that speaks for somebody."""

    def made(person):
        client = APIClient()
        client.force_authenticate(person)
        return client

    return made


def test_conflicts_are_read_overridden_and_gone(calls, approved, other_hands, change_manager, asker):
    there, here = approved("one"), approved("one", implementer=other_hands)
    path = f"/api/v1/changes/{here}"
    found = calls(asker).get(f"{path}/conflicts/").json()
    assert (found["status"], found["booked_items"]) == ("approved", [])
    conflict = found["conflicts"][0]
    assert (conflict["change"], conflict["is_open"], conflict["ask"]) == (str(there), True, ["doer", "asker"])
    assert calls(asker).post(f"{path}/schedule/", {}).status_code == 409
    letting = {"key": conflict["key"], "reason": "Side by side."}
    assert calls(asker).post(f"{path}/override/", letting).status_code == 403
    done = calls(change_manager).post(f"{path}/override/", letting, headers={"Idempotency-Key": "k1"}).json()
    assert (done["status"], done["conflicts"][0]["override"]["by"]) == ("scheduled", change_manager.username)
    again = calls(change_manager).post(f"{path}/override/", letting, headers={"Idempotency-Key": "k1"})
    assert again.json()["status"] == "scheduled"
    assert calls(asker).get("/api/v1/changes/CHG-999999/conflicts/").status_code == 404
    assert calls(asker).get("/api/v1/changes/odd/conflicts/").status_code == 404


def test_freezes(calls, change_manager, engineer, tree):
    body = {"name": "双十一", "reason": "Sale", "starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat(), "services": ["bank"]}
    assert calls(engineer).post("/api/v1/freezes/", body, format="json").status_code == 403
    assert calls(change_manager).post("/api/v1/freezes/", {**body, "ends_at": body["starts_at"]}, format="json").status_code == 409
    made = calls(change_manager).post("/api/v1/freezes/", body, format="json")
    assert (made.status_code, made.json()["services"]) == (201, ["bank"])
    path = f"/api/v1/freezes/{made.json()['id']}/"
    assert calls(change_manager).post(f"{path}edit/", {"name": "Sale"}, format="json").json()["name"] == "Sale"
    assert calls(engineer).get("/api/v1/freezes/").json()["results"][0]["name"] == "Sale"
    assert calls(engineer).post(f"{path}withdraw/", {"reason": "No."}).status_code == 403
    assert calls(change_manager).post(f"{path}withdraw/", {"reason": "Over."}).json()["withdrawn_at"]
    assert FreezeWindow.objects.standing().count() == 0


def test_the_calendar(calls, approved, asker, change_manager, contact):
    change = approved("one")
    services.set_freeze(by=change_manager, name="F", reason="R", starts_at=STARTS, ends_at=ENDS, at=NOW)
    days = {"first": STARTS.date(), "last": STARTS.date()}
    found = calls(asker).get("/api/v1/changes/calendar/", days).json()
    assert [(row["number"], row["mark"]) for row in found["changes"]] == [(str(change), "conflict")]
    assert [row["name"] for row in found["freezes"]] == ["F"]
    assert calls(asker).get("/api/v1/changes/calendar/").status_code == 200
    for wrong in ({"first": "odd"}, {"first": "2026-01-01", "last": "2026-12-31"}, {"first": "9999-01-01"}):
        assert calls(asker).get("/api/v1/changes/calendar/", wrong).status_code == 400
    assert calls(contact).get("/api/v1/changes/calendar/", days).status_code == 404
