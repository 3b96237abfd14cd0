"""What happens while an incident waits: a reminder after one working day, a proposal after three (D5)."""

from datetime import timedelta

import pytest

from incidents import kinds, services
from incidents.models import Incident
from itsm.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(accepted, ready, at):
    """Waits for the customer since two minutes past the contact, a Monday."""
    return services.wait(accepted, by=ready, reason="waiting_customer_info", body="Which browser?", at=at + timedelta(minutes=2))


def told(kind):
    return [notice.person.username for notice in Notice.objects.filter(kind=kind)]


def test_the_customer_is_reminded_after_a_working_day_and_the_owner_asked_after_three(waiting, requester, at):
    assert services.sweep_waiting(at + timedelta(days=1)) == 0
    assert services.sweep_waiting(at + timedelta(days=1, minutes=2)) == 1
    assert (told(kinds.STILL_WAITING), told(kinds.PROPOSE_SOLVING)) == ([requester.username], [])
    assert services.sweep_waiting(at + timedelta(days=2)) == 0
    assert services.sweep_waiting(at + timedelta(days=3, minutes=2)) == 1
    assert told(kinds.PROPOSE_SOLVING) == ["engineer"]
    assert services.sweep_waiting(at + timedelta(days=30)) == 0


def test_sweeping_twice_reminds_once(waiting, at):
    assert [services.sweep_waiting(at + timedelta(days=1, minutes=2)) for _ in range(2)] == [1, 0]
    assert len(told(kinds.STILL_WAITING)) == 1


def test_after_an_outage_the_stages_follow_one_another(waiting, at):
    assert services.sweep_waiting(at + timedelta(days=9)) == 2
    assert (len(told(kinds.STILL_WAITING)), len(told(kinds.PROPOSE_SOLVING))) == (1, 1)


def test_nobody_is_reminded_once_it_goes_on(waiting, requester, at):
    services.answer(waiting, by=requester, body="Firefox", at=at + timedelta(hours=1))
    assert services.sweep_waiting(at + timedelta(days=9)) == 0
    assert Incident.objects.get(pk=waiting.pk).wait_at is None


def test_a_second_wait_begins_anew(waiting, requester, ready, at):
    services.answer(waiting, by=requester, body="Firefox", at=at + timedelta(hours=1))
    services.wait(waiting, by=ready, reason="waiting_customer_info", body="Which version?", at=at + timedelta(days=1))
    assert services.sweep_waiting(at + timedelta(days=1, hours=23)) == 0
    assert services.sweep_waiting(at + timedelta(days=2)) == 1


@pytest.mark.parametrize("reason", ["force_majeure", "agreed_maintenance_window"])
def test_what_the_customer_can_not_answer_reminds_the_owner(accepted, ready, at, reason):
    services.wait(accepted, by=ready, reason=reason, body="The street is closed.", at=at + timedelta(minutes=2))
    services.sweep_waiting(at + timedelta(days=1, minutes=2))
    assert (told(kinds.WAITS_LONG), told(kinds.STILL_WAITING)) == (["engineer"], [])


def test_one_poisoned_row_does_not_stop_the_others(waiting, log, ready, at, monkeypatch):
    other = services.accept(log(), by=ready, at=at)
    services.wait(other, by=ready, reason="waiting_customer_info", body="?", at=at + timedelta(minutes=2))
    Incident.objects.filter(pk=other.pk).update(assignee=None, waiting_reason="force_majeure", team=other.team)
    Incident.objects.filter(pk=other.pk).update(wait_stage=32767)
    assert services.sweep_waiting(at + timedelta(days=1, minutes=2)) == 1
    assert len(told(kinds.STILL_WAITING)) == 1
