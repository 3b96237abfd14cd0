"""Logging an incident."""

from datetime import timedelta

import pytest

from incidents import services
from incidents.models import Incident, Status
from incidents.views.logging import PICKED
from itsm.core.errors import NotAllowed, Refused
from itsm.core.models import StepTaken
from itsm.notices.models import Notice
from itsm.people.models import Person
from sla.models import Clock
from tests.incidents.conftest import on_shift

pytestmark = pytest.mark.django_db


def test_an_incident_gets_number_priority_clocks_and_an_idle_engineer(log, ready, at):
    incident = Incident.objects.get(pk=log().pk)
    assert incident.shown_number.startswith("INC-")
    assert (incident.priority, incident.status, incident.assignee) == (3, Status.ASSIGNED, ready)
    assert incident.assigned_why["rule"] == "idle"
    assert incident.next_due_at == at + timedelta(minutes=30)
    assert {(c.metric, c.due_at) for c in Clock.objects.about(incident)} == {
        ("response", at + timedelta(minutes=30)),
        ("resolution", at + timedelta(days=1)),
    }
    assert [s.step for s in StepTaken.objects.about(incident)] == ["log", "assign"]


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"), [(1, 1, 1), (1, 2, 2), (1, 3, 3), (2, 1, 2), (2, 2, 3), (2, 3, 4), (3, 1, 3), (3, 2, 4), (3, 3, 4)]
)
def test_the_matrix_gives_the_priority(log, impact, urgency, priority):
    assert log(impact=impact, urgency=urgency).priority == priority


def test_another_priority_needs_a_reason(log):
    with pytest.raises(Refused, match="P3"):
        log(priority=1)
    assert Incident.objects.count() == 0
    assert log(priority=1, priority_reason="VIP").priority == 1


def test_contact_and_logging_time_are_two_facts(log, at):
    late = log(contacted_at=at - timedelta(minutes=6))
    assert not late.logged_in_time
    assert log(contacted_at=at - timedelta(minutes=5)).logged_in_time


@pytest.mark.parametrize(
    ("minutes", "reason", "accepted"),
    [(0.5, "", True), (2, "", False), (-10, "", True), (-16, "", False), (-16, "phone was down", True), (-8 * 24 * 60, "x", False)],
)
def test_the_contact_time_is_plausible(log, at, minutes, reason, accepted):
    details = {"contacted_at": at + timedelta(minutes=minutes), "contacted_reason": reason}
    if accepted:
        assert log(**details).contacted_at <= at
    else:
        with pytest.raises(Refused):
            log(**details)


def test_clocks_run_from_the_contact(log, at):
    contacted = at - timedelta(minutes=10)
    assert log(contacted_at=contacted).next_due_at == contacted + timedelta(minutes=30)


def test_what_was_not_bought_is_marked_and_still_logged(log, service):
    assert log().entitled
    service.entitlements.update(valid="[2020-01-01,2020-02-01)")
    assert not log().entitled


def test_without_anybody_idle_it_waits_and_the_lead_is_told(log, team_lead):
    incident = log()
    assert (incident.status, incident.assignee) == (Status.NEW, None)
    assert Notice.objects.filter(person=team_lead, kind="incidents.nobody_on_shift").count() == 1


def test_a_full_engineer_gets_no_more_but_a_p1(log, ready):
    for _ in range(4):
        assert log().assignee == ready
    assert log().assignee is None
    assert log(impact=1, urgency=1).assignee == ready


def test_the_least_loaded_gets_it(log, ready, other_engineer):
    first = log()
    on_shift(other_engineer)
    assert first.assignee == ready
    assert log().assignee == other_engineer


def test_a_contact_or_an_auditor_logs_nothing(log, auditor, requester, agent):
    for stranger in (auditor, requester):
        with pytest.raises(NotAllowed):
            log(by=stranger)
    assert log(by=agent).pk


def test_the_portals_name_opens_the_door_for_its_customer_alone(log, auditor, stranger, requester):
    for other in (auditor, stranger):
        with pytest.raises(NotAllowed):
            log(by=other, channel="portal")
    assert log(by=requester, channel="portal").logged_by == requester


def test_only_who_works_on_it_corrects_what_was_written(log, auditor, agent, requester):
    incident = log()
    said = {"title": "New", "description": "New words", "contact": requester}
    with pytest.raises(NotAllowed):
        services.edit(incident, by=auditor, **said)
    assert services.edit(incident, by=agent, **said).title == "New"


def test_one_contact_among_many_is_found_by_typing(client, agent, customer, requester, stranger):
    made = [Person(username=f"c{n}", name=f"Contact {n:03}", organisation=customer, phone=f"138{n:04}") for n in range(PICKED + 5)]
    Person.objects.bulk_create(made)
    client.force_login(agent, backend="itsm.people.backends.SignInBackend")

    def picked(**query):
        answer = client.get("/incidents/log/contacts/", {"customer": customer.pk, **query})
        return [row["text"] for row in answer.json()["results"]]

    assert len(picked()) == PICKED
    assert picked(q=requester.name) == [requester.name]
    assert picked(q=f"138{PICKED + 4:04}") == [f"Contact {PICKED + 4}"]
    assert picked(q=stranger.name) == []
