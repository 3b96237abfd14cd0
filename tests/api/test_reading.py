"""Lists of the API: paged, filtered, and only what the caller may see."""

import pytest
from rest_framework.authtoken.models import Token

from incidents import services
from itsm.people.models import Person

pytestmark = pytest.mark.django_db
LISTS = ["people", "customers", "teams", "services", "calendars", "incidents", "clocks"]


@pytest.fixture
def read(client):
    """`read(person, path, **query)`: the answer."""

    def asked(person, path, **query):
        token = Token.objects.get_or_create(user=person)[0].key
        return client.get(f"/api/v1/{path}", query, headers={"Authorization": f"Token {token}"})

    return asked


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_rows_and_for_a_customers_account_none(read, agent, requester, stranger, incident, name):
    assert read(agent, f"{name}/").json()["results"] != []
    for outsider in (requester, stranger):
        assert read(outsider, f"{name}/").status_code == 404


@pytest.mark.parametrize("name", ["people", "incidents", "clocks"])
def test_pages_follow_one_another_without_gap_or_repetition(read, agent, log, ready, client, name):
    for _ in range(3):
        log()
    whole = read(agent, f"{name}/", page_size=200).json()["results"]
    assert len(whole) >= 3
    rows, answer = [], read(agent, f"{name}/", page_size=2)
    while True:
        page = answer.json()
        rows += page["results"]
        if not page["next"]:
            break
        answer = client.get(page["next"], headers={"Authorization": f"Token {Token.objects.get(user=agent).key}"})
        assert answer.status_code == 200
    assert rows == whole


@pytest.mark.parametrize(("name", "most"), [("people", 8), ("services", 8), ("calendars", 8), ("incidents", 8), ("clocks", 12)])
def test_a_longer_list_asks_no_more_questions(read, agent, log, ready, django_assert_max_num_queries, name, most):
    for _ in range(4):
        log()
    read(agent, f"{name}/")
    with django_assert_max_num_queries(most):
        assert read(agent, f"{name}/").status_code == 200


def test_filters_of_incidents(read, agent, log, ready, customer, service, at):
    usual, urgent = log(), log(impact=1, urgency=1)
    services.resolve(usual, by=agent, resolution="x", resolution_code="fixed", at=at)

    def numbers(**query):
        answer = read(agent, "incidents/", **query)
        assert answer.status_code == 200, answer.content
        return {row["number"] for row in answer.json()["results"]}

    both = {urgent.shown_number, usual.shown_number}
    assert numbers() == numbers(customer=customer.pk) == numbers(service=service.pk) == numbers(q="网银转账") == both
    assert (
        numbers(priority=1) == numbers(state="open") == numbers(q=urgent.shown_number) == numbers(overdue="true") == {urgent.shown_number}
    )
    assert numbers(state="resolved") == numbers(overdue="false") == {usual.shown_number}
    assert numbers(unassigned="true") == numbers(q="nothing of the kind") == numbers(contacted_from="2026-12-31") == set()
    assert numbers(contacted_from="2026-10-12", contacted_to="2026-10-12", assignee=ready.pk) == both


def test_filters_of_clocks(read, agent, accepted):
    assert {row["metric"] for row in read(agent, "clocks/", state="running").json()["results"]} == {"resolution", "next_update"}
    assert {row["outcome"] for row in read(agent, "clocks/", metric="response").json()["results"]} == {"met"}
    assert read(agent, "clocks/", state="flying").status_code == 400


def test_the_timeline_is_whole_and_in_order(read, agent, accepted, ready, at):
    services.note(accepted, by=ready, body="for us alone", at=at)
    services.reply(accepted, by=ready, body="for the customer", at=at)
    entries = read(agent, f"incidents/{accepted.shown_number}/timeline/").json()
    assert [e["at"] for e in entries] == sorted(e["at"] for e in entries)
    assert {"note", "message", "step"} <= {e["kind"] for e in entries}
    assert {"for us alone", "for the customer"} <= {e["text"] for e in entries}


def test_nothing_of_a_list_can_be_written(client, administrator, incident):
    headers = {"Authorization": f"Token {Token.objects.create(user=administrator).key}"}
    for path in ("people/", "customers/", "teams/", "services/", "clocks/", f"incidents/{incident.shown_number}/"):
        for method in (client.put, client.patch, client.delete, *([] if "INC" in path else [client.post])):
            assert method(f"/api/v1/{path}", {}, content_type="application/json", headers=headers).status_code == 405, path


def test_no_answer_carries_a_secret(read, agent, incident):
    for name in (*LISTS, "people/me"):
        text = read(agent, f"{name}/").content.decode()
        assert "password" not in text
        assert "token" not in text.lower()
    assert Person.objects.filter(username="agent").exists()


def test_a_calendar_comes_with_its_versions(read, agent, incident):
    office = read(agent, "calendars/china-office/").json()
    assert (office["purpose"], office["current_no"]) == ("hours", 1)
    version = office["versions"][0]
    assert (version["tz"], version["official"], version["covered_through"]) == ("Asia/Shanghai", True, "2026-12-31")
    assert version["exceptions"]["2026-10-10"] == [[540, 720], [780, 1080]]
    assert {row["code"] for row in read(agent, "calendars/", purpose="hours").json()["results"]} == {"24x7", "china-office"}
    assert read(agent, "calendars/", purpose="maintenance").json()["results"] == []
    assert read(agent, "calendars/nowhere/").status_code == 404
