"""Pages and API of rules and processes: what they show, to whom, and in how many queries."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits import panels, services
from audits.models import Failure, Run
from audits.rules import shipped
from itsm.core import clock
from itsm.core.paging import SIZE
from tests.audits.cases import BAD
from tests.audits.records import AT, DAY, World

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
RULE = "T-8.6.1a"


@pytest.fixture
def world(own_company):
    with clock.at(AT):
        yield World()


@pytest.fixture
def reads(client):
    """`reads(person)`: their browser."""

    def browser(person):
        client.force_login(person, backend=BACKEND)
        return client

    return browser


def ran(world, many=1, at=AT):
    for _no in range(many):
        world.incident(priority=1)
    return services.run(shipped()[RULE], by=None, at=at)


def queries(ask):
    ask()
    with CaptureQueriesContext(connection) as found:
        assert ask().status_code == 200
    return len(found)


PAGES = [
    "/rules/", "/rules/?view=process", "/rules/?result=failing", f"/rules/{RULE}/", "/processes/", "/processes/?view=clause",
    "/processes/?view=gaps", "/processes/incident/", "/rules/retired/", "/api/v1/rules/", f"/api/v1/rules/{RULE}/",
    f"/api/v1/rules/{RULE}/runs/", f"/api/v1/rules/{RULE}/exceptions/",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_empty_and_full(world, reads, agent, page, language):
    browser = reads(agent)
    browser.cookies["django_language"] = language
    assert browser.get(page).status_code == 200
    services.run_all(at=AT - DAY)
    ran(world, 3)
    assert browser.get(page).status_code == 200


@pytest.mark.parametrize("page", [page for page in PAGES if "exceptions" not in page])
def test_a_page_asks_the_same_queries_however_much_there_is(world, reads, agent, page):
    browser = reads(agent)
    ran(world)
    few = queries(lambda: browser.get(page))
    for no in range(5):
        ran(world, 15, at=AT - no * DAY / 24)
    assert queries(lambda: browser.get(page)) <= few


def test_a_rules_page_shows_its_exceptions_a_page_at_a_time(world, reads, agent):
    run = ran(world, SIZE + 5)
    shown = reads(agent).get(f"/rules/{RULE}/")
    numbers = [failure.object_id for failure in run.failures.order_by("id")]
    assert numbers == sorted(numbers, reverse=True)
    assert len(shown.context["rows"]) == SIZE
    rest = reads(agent).get(f"/rules/{RULE}/{shown.context['next_url']}")
    assert len(rest.context["rows"]) == 5
    assert not rest.context["next_url"]


def test_a_rules_page_says_what_is_wrong_with_which_record(world, reads, agent):
    ran(world)
    html = reads(agent).get(f"/rules/{RULE}/").content.decode()
    assert "INC-" in html
    assert "no reason is written down" in html


def test_an_earlier_run_stays_to_be_read(world, reads, agent):
    first, _second = ran(world), ran(world, 2)
    shown = reads(agent).get(f"/rules/{RULE}/?run={first.pk}")
    assert (shown.context["run"], shown.context["is_last"], len(shown.context["rows"])) == (first, False, 1)
    assert reads(agent).get("/rules/T-8.6.1b/", {"run": first.pk}).status_code == 404


def test_the_exceptions_as_csv(world, reads, agent, monkeypatch):
    monkeypatch.setattr("audits.sheets.CHUNK", 2)
    ran(world, 5)
    answer = reads(agent).get(f"/rules/{RULE}/exceptions.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 6
    assert all(row[0].startswith("INC-") and row[2] == "off_matrix" and row[5].startswith("/incidents/") for row in rows[1:])


def test_running_from_a_page(world, reads, auditor, agent):
    assert reads(auditor).post(f"/rules/{RULE}/run/").status_code == 302
    assert Run.objects.of(RULE).get().by == auditor
    assert reads(agent).post(f"/rules/{RULE}/run/").status_code == 403


def test_all_of_them_run_when_somebody_asks_for_it(world, reads, auditor, agent):
    assert reads(agent).post("/rules/run/").status_code == 403
    assert services.run_asked() == 0
    for _time in range(2):
        assert reads(auditor).post("/rules/run/").status_code == 302
    assert services.run_asked() == len(shipped())
    assert services.run_asked() == 0
    assert {run.by for run in Run.objects.select_related("by")} == {auditor}


def test_running_from_the_api(world, reads, auditor, agent):
    world.incident(priority=1)
    made = reads(auditor).post(f"/api/v1/rules/{RULE}/run/")
    assert made.status_code == 201
    assert (made.json()["population"], made.json()["failed"], made.json()["by"]) == (1, 1, "auditor")
    found = reads(auditor).get(f"/api/v1/rules/{RULE}/exceptions/").json()["results"]
    assert [reason["code"] for reason in found[0]["reasons"]] == ["off_matrix"]
    assert reads(agent).post(f"/api/v1/rules/{RULE}/run/").status_code == 403
    assert reads(agent).get("/api/v1/rules/T-0/").status_code == 404


def test_for_a_customer_none_of_it_exists(world, reads, contact):
    ran(world)
    assert {reads(contact).get(page).status_code for page in PAGES} == {404}


def test_a_failing_rule_shows_on_the_record_in_one_query(world, reads, agent):
    incident = world.incident(priority=1, logged_at=AT, contacted_at=AT - DAY)
    panels.failing(incident, agent)
    with CaptureQueriesContext(connection) as found:
        shown = panels.failing(incident, agent)["failing"]
    assert len(found) == 1
    assert {rule.id for rule, _said, _ran_at in shown} == {"T-8.6.1a", "T-8.6.1b"}
    html = reads(agent).get(incident.get_absolute_url()).content.decode()
    assert "Rules it fails" in html
    assert "It was recorded more than five minutes after the contact." in html


def test_a_record_that_fails_none_says_nothing(world, reads, agent, contact):
    incident = world.incident()
    assert panels.failing(incident, agent) is None
    assert "Rules it fails" not in reads(agent).get(incident.get_absolute_url()).content.decode()
    assert panels.failing(world.incident(priority=1), contact) is None


SORTS = [
    ("T-8.5.1b", ("no_back_out",)), ("T-8.3.3b", ("no_exceptions",)), ("T-8.5.3", ("no_changes",)), ("T-8.5.2", ("not_accepted",)),
    ("T-8.2.6a", ("no_description",)), ("T-8.2.4b", ("owner_left",)),
]  # fmt: skip


@pytest.mark.parametrize("case", SORTS)
def test_it_shows_on_every_sort_of_page(world, reads, service_manager, case):
    record = BAD[case](world)
    if case[0] == "T-8.2.4b":
        world.an_item(service=record)
    html = reads(service_manager).get(record.get_absolute_url()).content.decode()
    assert case[0] in html


def test_an_error_is_told_as_one(world, reads, agent):
    Run.objects.create(rule=RULE, outcome="error", until=AT, error="ProgrammingError: boom", started_at=AT)
    html = reads(agent).get(f"/rules/{RULE}/").content.decode()
    assert "ProgrammingError: boom" in html
    assert Failure.objects.count() == 0
