"""Two people judge or speak at once: one verdict, one correction, no cycle twice."""

from datetime import timedelta

import pytest

from incidents import services
from itsm.core.errors import Refused
from itsm.people.models import Role
from sla import services as sla
from sla.models import Clock, Correction
from tests import cast
from tests.incidents.test_together import errors, together
from tests.sla.conftest import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def broken(updates_promised, log, engineer):
    return services.accept(log(), by=engineer, at=MONDAY + timedelta(minutes=40))


@pytest.fixture
def boss(team):
    return cast.staff("supervisor", Role.SUPERVISOR, team=team)


def response_of(incident):
    return Clock.objects.about(incident).get(metric="response")


def test_a_breach_is_excused_once(broken, service_manager):
    act = lambda: sla.excuse(response_of(broken), by=service_manager, reason_code="force_majeure", words="x")  # noqa: E731
    found = together(act, act)
    assert [type(error) for error in errors(found)] == [Refused]
    assert response_of(broken).events.filter(kind="excuse").count() == 1
    assert sla.verify_clocks() == []


def test_a_correction_is_decided_once(broken, boss, service_manager, team_lead):
    details = {"line": 3, "to": MONDAY + timedelta(minutes=20)}
    correction = sla.propose_correction(response_of(broken), by=boss, kind="moved", reason="x", **details)
    found = together(
        lambda: sla.decide_correction(correction, by=service_manager, accepted=True),
        lambda: sla.decide_correction(correction, by=team_lead, accepted=False),
    )
    assert [type(error) for error in errors(found)] == [Refused]
    applied = Correction.objects.get().state == "applied"
    assert response_of(broken).corrected == applied
    assert sla.verify_clocks() == []


def test_one_correction_waits_even_when_two_propose_at_once(broken, boss, service_manager):
    details = {"line": 3, "to": MONDAY + timedelta(minutes=20)}
    found = together(*[
        lambda who=who: sla.propose_correction(response_of(broken), by=who, kind="moved", reason="x", **details)
        for who in (boss, service_manager)
    ])  # fmt: skip
    assert [type(error) for error in errors(found)] == [Refused]
    assert Correction.objects.count() == 1


def test_two_messages_at_once_leave_one_open_cycle(broken, engineer, agent):
    found = together(*[lambda who=who: services.reply(broken, by=who, body="x") for who in (engineer, agent)])
    assert errors(found) == []
    cycles = Clock.objects.about(broken).filter(metric="next_update").order_by("cycle")
    assert [(clock.cycle, clock.state) for clock in cycles] == [(1, "stopped"), (2, "stopped"), (3, "running")]
    assert sla.verify_clocks() == []
