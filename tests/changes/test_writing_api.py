"""Models, policy and questions through the API: the same verbs, the same refusals."""

from datetime import timedelta

import pytest
from rest_framework.authtoken.models import Token

from changes import policy, risk, services
from changes.models import ModelStatus, StandardModel
from tests.changes import writings
from tests.changes.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
REVIEW = (NOW + timedelta(days=300)).date().isoformat()


@pytest.fixture
def api(client):
    """`api(person, path, data)`: POST with their token, or GET without data."""

    def asked(person, path, data=None):
        headers = {"authorization": f"Token {Token.objects.get_or_create(user=person)[0].key}"}
        if data is None:
            return client.get(f"/api/v1/{path}", headers=headers)
        return client.post(f"/api/v1/{path}", data, content_type="application/json", headers=headers)

    return asked


def test_a_models_life(api, company, asker, service_manager):
    assert api(asker, "change-models/", writings.MODEL).status_code == 201
    assert api(asker, "change-models/", writings.MODEL).json()["code"] == "code_taken"
    assert api(asker, "change-models/certificate/approve/", {"review_due_on": REVIEW}).status_code == 403
    assert api(service_manager, "change-models/certificate/approve/", {"review_due_on": "2020-01-01"}).status_code == 409
    assert api(service_manager, "change-models/certificate/approve/", {"review_due_on": REVIEW}).json()["status"] == "approved"
    assert api(service_manager, "change-models/certificate/review/", {"review_due_on": REVIEW}).status_code == 200
    assert api(asker, "change-models/certificate/edit/", {"onto": 0, "name": "Other"}).json()["code"] == "stale"
    assert api(asker, "change-models/certificate/edit/", {"plan": [{"words": "x", "minutes": 0}]}).status_code == 400
    assert api(service_manager, "change-models/certificate/suspend/", {"reason": "Why not"}).json()["suspended_why"] == "Why not"
    assert api(asker, "change-models/certificate/rework/", {}).json()["status"] == "draft"
    assert api(asker, "change-models/certificate/retire/", {}).status_code == 200
    assert StandardModel.objects.get().status == ModelStatus.RETIRED
    assert api(asker, "change-models/").json()["results"][0]["plan"] == writings.MODEL["plan"]


def test_a_policy_is_published(api, asker, service_manager):
    services.policy_in_force()
    rows = [*policy.SHIPPED[:-1], {**policy.SHIPPED[-1], "name": "Medium"}]
    assert api(asker, "approval-policies/", {"rows": rows, "onto": 1}).status_code == 403
    assert api(service_manager, "approval-policies/", {"rows": rows[1:], "onto": 1}).json()["code"] == "policy"
    assert api(service_manager, "approval-policies/", {"rows": [{"name": "x"}], "onto": 1}).status_code == 400
    assert api(service_manager, "approval-policies/", {"rows": rows, "onto": 1}).json()["no"] == 2
    assert api(service_manager, "approval-policies/", {"rows": rows, "onto": 1}).json()["code"] == "stale"
    assert services.policy_in_force().rows == rows
    assert [row["no"] for row in api(asker, "approval-policies/").json()["results"]] == [2, 1]


def test_questions_are_published(api, asker, service_manager):
    content = {"questions": risk.SHIPPED_QUESTIONS, "triggers": risk.SHIPPED_TRIGGERS, "medium_from": 9, "high_from": 19, "onto": 1}
    services.questions_in_force()
    assert api(asker, "risk-questionnaires/", content).status_code == 403
    assert api(service_manager, "risk-questionnaires/", {**content, "high_from": 31}).json()["code"] == "questions"
    broken = [{**risk.SHIPPED_QUESTIONS[0], "options": [["0", "a", "b"], [1, "c", ""]]}]
    assert api(service_manager, "risk-questionnaires/", {**content, "questions": broken}).status_code == 400
    assert api(service_manager, "risk-questionnaires/", content).json()["no"] == 2
    assert services.questions_in_force().questions == risk.SHIPPED_QUESTIONS


def test_a_customer_sees_none_of_it(api, representative):
    for path in ("change-models/", "approval-policies/", "risk-questionnaires/"):
        assert api(representative, path).status_code in (403, 404)
