"""The description of the API: whole, readable by anybody, and true."""

import contextlib
from io import StringIO

import pytest
import schemathesis
import yaml
from django.core import signals
from django.core.management import call_command
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from rest_framework.authtoken.models import Token
from schemathesis.generation import GenerationMode

from itsm.wsgi import application
from tests.deep import cases

pytestmark = pytest.mark.django_db
EXPECTED = {
    "/api/v1/people/": {"get"},
    "/api/v1/people/me/": {"get"},
    "/api/v1/customers/": {"get"},
    "/api/v1/services/": {"get"},
    "/api/v1/services/{code}/": {"get"},
    "/api/v1/change-models/": {"get", "post"},
    "/api/v1/change-models/{code}/": {"get"},
    **{f"/api/v1/change-models/{{code}}/{verb}/": {"post"} for verb in ("edit", "approve", "review", "rework", "suspend", "retire")},
    "/api/v1/approval-policies/": {"get", "post"},
    "/api/v1/approval-policies/{no}/": {"get"},
    "/api/v1/risk-questionnaires/": {"get", "post"},
    "/api/v1/risk-questionnaires/{no}/": {"get"},
    "/api/v1/clocks/": {"get"},
    "/api/v1/clocks/{id}/": {"get"},
    "/api/v1/clocks/{id}/ledger/": {"get"},
    "/api/v1/clocks/{id}/corrections/": {"get"},
    **{f"/api/v1/clocks/{{id}}/{verb}/": {"post"} for verb in ("excuse", "propose-correction", "decide-correction")},
    "/api/v1/approvals/": {"get"},
    "/api/v1/approvals/{id}/": {"get"},
    "/api/v1/approvals/{id}/decide/": {"post"},
    "/api/v1/delegations/": {"get", "post"},
    "/api/v1/delegations/{id}/withdraw/": {"post"},
    "/api/v1/incidents/": {"get", "post"},
    "/api/v1/incidents/{number}/": {"get"},
    "/api/v1/incidents/{number}/timeline/": {"get"},
    **{
        f"/api/v1/incidents/{{number}}/{verb}/": {"post"}
        for verb in (
            "accept",
            "reply",
            "note",
            "wait",
            "resume",
            "reassign",
            "resolve",
            "reopen",
            "reprioritise",
            "reclassify",
            "transfer",
            "ask-supplier",
            "supplier-answered",
            "confirm-by-phone",
            "check-call",
        )
    },
    "/api/v1/changes/": {"get", "post"},
    "/api/v1/changes/{number}/": {"get"},
    "/api/v1/changes/{number}/timeline/": {"get"},
    **{
        f"/api/v1/changes/{{number}}/{verb}/": {"post"}
        for verb in ("edit", "assess", "submit", "take-up", "withdraw", "cancel", "answer", "remark")
    },
    "/api/v1/changes/calendar/": {"get"},
    "/api/v1/changes/{number}/conflicts/": {"get"},
    **{f"/api/v1/changes/{{number}}/{verb}/": {"post"} for verb in ("schedule", "override")},
    "/api/v1/measures/": {"get"},
    "/api/v1/measures/{key}/": {"get"},
    "/api/v1/measures/{key}/rows/": {"get"},
    "/api/v1/months/": {"get"},
    "/api/v1/months/{month}/close/": {"post"},
    "/api/v1/freezes/": {"get", "post"},
    "/api/v1/freezes/{id}/": {"get"},
    **{f"/api/v1/freezes/{{id}}/{verb}/": {"post"} for verb in ("edit", "withdraw")},
    "/api/v1/findings/": {"get", "post"},
    "/api/v1/findings/{number}/": {"get"},
    "/api/v1/findings/{number}/timeline/": {"get"},
    **{f"/api/v1/findings/{{number}}/{verb}/": {"post"} for verb in ("answer", "regrade", "keep-grade", "take-up", "settle", "withdraw")},
    "/api/v1/reviews/": {"get"},
    "/api/v1/reviews/{number}/": {"get"},
    "/api/v1/review-actions/": {"get"},
    "/api/v1/review-actions/{number}/": {"get"},
    "/api/v1/actions/": {"get"},
    "/api/v1/actions/{number}/": {"get"},
    "/api/v1/actions/{number}/sample/": {"get"},
    **{
        f"/api/v1/actions/{{number}}/{verb}/": {"post"}
        for verb in ("correct", "explain", "extent", "propose", "approve", "send-back", "implement", "draw", "judge", "move", "hand-over")
    },
}
OF_EACH_OPERATION = cases(5, 100)
bounded = settings(
    max_examples=OF_EACH_OPERATION, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def one_connection():
    """A request through the WSGI application does not close the test's own connection."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


def test_the_schema_is_valid_and_complete():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_anybody_reads_the_schema_and_it_names_every_verb(client):
    response = client.get("/api/schema/")
    assert response.status_code == 200
    found = {
        path: set(told) & {"get", "post", "put", "patch", "delete"} for path, told in yaml.safe_load(response.content)["paths"].items()
    }
    assert {path: found.get(path) for path in EXPECTED} == EXPECTED
    assert {method for methods in found.values() for method in methods} == {"get", "post"}
    assert client.get("/api/docs/").status_code == 200


@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_the_schema_allows_or_forbids_is_answered(agent, incident, change, one_connection, mode):
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
    headers = {"Authorization": f"Token {Token.objects.create(user=agent).key}"}
    accidents, asked = [], set()
    for operation in [found.ok() for found in schema.get_all_operations()]:

        @bounded
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            if "number" in case.path_parameters and len(asked) % 3:
                known = change if "/changes/" in case.path else incident
                case.path_parameters["number"] = known.shown_number
            response = case.call(headers=headers)
            asked.add((case.method, case.path, response.status_code))
            if response.status_code >= 500:
                accidents.append((case.method, case.formatted_path, str(case.query), str(case.body)[:300]))

        with contextlib.suppress(Unsatisfiable):
            ask()
    assert accidents == []
    assert len({(method, path) for method, path, _status in asked}) > 15
    assert {status for _method, _path, status in asked} >= ({200, 400} if mode == GenerationMode.POSITIVE else {400})
