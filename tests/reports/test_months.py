"""Months: who closes them and when, what their seal says, and what would be counted otherwise since."""

from datetime import date, timedelta

import pytest
from django.db import connection

from changes.period import Period
from incidents import services as incidents
from itsm.core import clock, measures
from itsm.core.errors import NotAllowed, Refused
from reports import figures, restated, services
from reports.models import ClosedMonth, Restatement
from reports.scope import Scope
from tests.reports.facts import local
from tests.threads import at_once

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
OCTOBER = date(2026, 10, 1)
EARLY = local(date(2026, 11, 2))


@pytest.fixture
def november(resolved):
    """The beginning of November, after a ticket was solved in October."""
    services.sweep_touched()
    with clock.at(EARLY):
        yield


@pytest.fixture
def browser(client, service_manager):
    client.force_login(service_manager, backend=BACKEND)
    return client


def close(client, month="2026-10"):
    return client.post(f"/reports/months/{month}/close/")


def test_the_service_manager_closes_a_month_that_is_over(browser, november, service_manager):
    page = browser.get("/reports/months/").content.decode()
    assert "closes by itself" in page
    assert "Close now" in page
    assert close(browser).url == "/reports/months/2026-10/"
    closed = ClosedMonth.objects.get()
    assert (closed.month, closed.closed_by) == (OCTOBER, service_manager)
    page = browser.get("/reports/months/2026-10/").content.decode()
    assert closed.sha256 in page
    assert "Close now" not in page
    assert "Close now" not in browser.get("/reports/months/").content.decode()


@pytest.mark.parametrize(
    ("month", "sentence"), [("2026-11", "This month is not over yet."), ("2026-09", "Close the months before it first.")]
)  # fmt: skip
def test_what_can_not_be_closed_is_refused_with_a_sentence(browser, november, month, sentence):
    answer = close(browser, month)
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert close(browser).status_code == 302
    answer = close(browser)
    assert answer.status_code == 409
    assert "This month is closed already." in answer.content.decode()


def test_nobody_else_closes_a_month(client, november, auditor, top_manager, agent, stranger, service_manager):
    for person, status in ((auditor, 403), (top_manager, 403), (agent, 403), (stranger, 404), (service_manager, 302)):
        client.force_login(person, backend=BACKEND)
        if person != service_manager:
            assert "Close now" not in client.get("/reports/months/").content.decode()
        assert close(client).status_code == status, person
    with pytest.raises(NotAllowed):
        services.close_month(OCTOBER, by=auditor)


@pytest.mark.parametrize("url", ["/reports/months/", "/reports/months/2026-10/", "/reports/months/2026-10/?verify=1"])
def test_who_reads_months(client, november, agent, stranger, auditor, url):
    for person, status in ((agent, 403), (stranger, 404), (auditor, 200)):
        client.force_login(person, backend=BACKEND)
        assert client.get(url).status_code == status


@pytest.mark.parametrize("key", ["2026-13", "x", "9999-01"])
def test_a_month_that_does_not_exist_is_not_found(browser, november, key):
    assert browser.get(f"/reports/months/{key}/").status_code == 404
    assert close(browser, key).status_code == 404


@pytest.mark.parametrize("query", ["to=x", "to=9999-12", "to=2001-01", "after=x"])
def test_nonsense_in_the_address_does_no_harm(browser, november, query):
    assert browser.get(f"/reports/months/?{query}").status_code == 200
    assert browser.get(f"/reports/months/2026-10/?{query}").status_code == 200


def test_the_seal_is_computed_again_and_a_hand_in_the_database_shows(browser, november):
    close(browser)
    assert browser.get("/reports/months/2026-10/").context["verified"] is None
    assert browser.get("/reports/months/2026-10/?verify=1").context["verified"] is True
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE reports_ticketfact SET priority = 4 WHERE kind = 'resolved'")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    answer = browser.get("/reports/months/2026-10/?verify=1")
    assert answer.context["verified"] is False
    assert "not those that were sealed" in answer.content.decode()


def test_a_restatement_is_told_with_its_record_its_reason_and_both_figures(browser, november, resolved, ready):
    close(browser)
    incidents.reopen(resolved, by=ready, reason="Still broken", at=EARLY + timedelta(hours=1))
    services.sweep_touched()
    answer = browser.get("/reports/months/2026-10/")
    page = answer.content.decode()
    for words in (resolved.shown_number, "Still broken", "not counted", ready.name):
        assert words in page
    assert len(answer.context["told"]) == Restatement.objects.count() > 1
    compared = {measure.key: (value, again) for measure, value, again in answer.context["compared"]}
    assert compared["attainment_resolution"] == ("100.0 %", "–")
    assert compared["attainment_response"] == ("100.0 %", "")
    assert browser.get("/reports/months/").context["months"][1][0].restatements == Restatement.objects.count()


def test_what_is_restated_is_what_would_be_counted_without_a_closing(browser, november, resolved, ready):
    scope, chosen = Scope(Period(OCTOBER, OCTOBER)), list(measures.known().values())
    close(browser)
    found = figures.read(scope, chosen)
    incidents.reopen(resolved, by=ready, reason="Still broken", at=EARLY + timedelta(hours=1))
    services.sweep_touched()
    again = restated.read(scope, figures.read(scope, chosen))[""]
    assert figures.read(scope, chosen) == found
    assert {key: figure.number for key, figure in again.items()}["mttr"] == 0
    assert again["attainment_resolution"].number == 0


def test_the_lists_ask_a_fixed_number_of_questions(browser, november, resolved, ready, django_assert_max_num_queries):
    close(browser)
    incidents.reopen(resolved, by=ready, reason="Still broken", at=EARLY + timedelta(hours=1))
    services.sweep_touched()
    for url in ("/reports/months/", "/reports/months/2026-10/"):
        browser.get(url)
        with django_assert_max_num_queries(40):
            browser.get(url)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_a_month_at_once_one_is_refused(resolved, service_manager):
    services.sweep_touched()

    def act():
        return services.close_month(OCTOBER, by=service_manager, at=EARLY)

    answers = at_once(act, act)
    assert {type(answer) for answer in answers} == {ClosedMonth, Refused}
    assert ClosedMonth.objects.count() == 1
