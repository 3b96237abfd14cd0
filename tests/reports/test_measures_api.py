"""Measures and months in the API: the page's figures, the page's rows, the page's refusals."""

from datetime import date

import pytest
from rest_framework.authtoken.models import Token

from itsm.core import clock, measures
from reports import services
from reports.models import ClosedMonth
from tests.reports.facts import local, many, write

pytestmark = pytest.mark.django_db
NOW = local(date(2026, 11, 20))
PERIOD = {"from": "2026-09", "to": "2026-11"}


@pytest.fixture(autouse=True)
def today():
    with clock.at(NOW):
        yield


@pytest.fixture
def ask(client):
    """`ask(person, path, **query)`: the answer."""

    def asked(person, path, method="get", key="", **query):
        headers = {"Authorization": f"Token {Token.objects.get_or_create(user=person)[0].key}"}
        headers |= {"Idempotency-Key": key} if key else {}
        return getattr(client, method)(path if path.startswith("http") else f"/api/v1/{path}", query, headers=headers)

    return asked


@pytest.fixture
def some(incident, customer, service, team, ready):
    """120 facts of responses, one in three broken."""
    found = many(
        120, kind="response", record=incident.pk, customer=customer.pk, service=service.pk, team=team.pk, handler=ready.pk, lengths=[]
    )
    write([row._replace(outcome="breached" if no % 3 == 0 else "met") for no, row in enumerate(found)])


def test_every_measure_is_told_with_its_definition_and_figure(ask, some, service_manager):
    told = ask(service_manager, "measures/", **PERIOD).json()
    assert [one["key"] for one in told["results"]] == list(measures.every())
    kept = next(one for one in told["results"] if one["key"] == "attainment_response")
    assert kept["figure"] == {
        "value": pytest.approx(66.667, abs=0.01), "numerator": 80, "denominator": 120, "number": 120, "p50": None, "p90": None,
        "is_kept": False,
    }  # fmt: skip
    assert kept["goal"] == 95
    assert kept["definition"]


def test_a_measure_is_told_apart(ask, some, service_manager, customer):
    months = ask(service_manager, "measures/attainment_response/", by="month", **PERIOD).json()
    assert [(one["group"], one["figure"]["number"]) for one in months["groups"]] == [("2026-09", 120), ("2026-10", 0), ("2026-11", 0)]
    customers = ask(service_manager, "measures/attainment_response/", by="customer", **PERIOD).json()
    assert [(one["group"], one["label"]) for one in customers["groups"]] == [(str(customer.pk), str(customer))]
    assert ask(service_manager, "measures/attainment_response/", by="tier").status_code == 400
    assert ask(service_manager, "measures/nonsense/").status_code == 404


@pytest.mark.parametrize(("part", "number"), [("all", 120), ("counted", 80), ("rest", 40)])
def test_the_rows_are_those_of_the_figure_page_after_page(ask, some, service_manager, part, number):
    found, address = [], "measures/attainment_response/rows/"
    query = {"part": part, "page_size": 50, **PERIOD}
    while address:
        told = ask(service_manager, address, **query).json()
        assert told["count"] == number
        found += [row["at"] for row in told["results"]]
        address, query = told["next"], {}
    assert len(found) == len(set(found)) == number
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(
    ("query", "status"),
    [({"outcome": "breached"}, 200), ({"outcome": "x"}, 400), ({"slot": 168}, 400), ({"day": "2020-01-01"}, 400), ({"after": "x"}, 404),
     ({"customer": "9" * 30}, 400), ({"from": "x"}, 400), ({"page_size": 0}, 400), ({"month": "2026-09"}, 200)],
)  # fmt: skip
def test_malformed_questions_are_told_so(ask, some, service_manager, query, status):
    assert ask(service_manager, "measures/attainment_response/rows/", **{**PERIOD, **query}).status_code == status


@pytest.mark.parametrize("path", ["measures/", "measures/mtta/", "measures/mtta/rows/", "months/"])
def test_who_reads_figures_through_the_api(ask, some, agent, stranger, auditor, path):
    assert ask(agent, path).status_code == 403
    assert ask(stranger, path).status_code == 404
    assert ask(auditor, path).status_code == 200


def test_a_longer_list_asks_no_more_questions(ask, some, service_manager, django_assert_max_num_queries):
    ask(service_manager, "measures/attainment_response/rows/")
    for path in ("measures/attainment_response/rows/", "months/", "measures/"):
        with django_assert_max_num_queries(45):
            assert ask(service_manager, path, **({} if path == "months/" else PERIOD)).status_code == 200


def test_a_month_is_closed_through_the_api_once(ask, resolved, auditor, agent, stranger, service_manager):
    services.sweep_touched()
    for person, status in ((auditor, 403), (agent, 403), (stranger, 404)):
        assert ask(person, "months/2026-10/close/", "post").status_code == status
    assert ask(service_manager, "months/2026-11/close/", "post").json()["code"] == "not_over"
    assert ask(service_manager, "months/x/close/", "post").status_code == 404
    told = ask(service_manager, "months/2026-10/close/", "post", key="k").json()
    closed = ClosedMonth.objects.get()
    assert (told["month"], told["sha256"], told["closed_by"]) == ("2026-10", closed.sha256, service_manager.username)
    assert ask(service_manager, "months/2026-10/close/", "post", key="k").json() == told
    assert ask(service_manager, "months/2026-10/close/", "post").json()["code"] == "closed"
    assert told in ask(service_manager, "months/").json()["results"]
