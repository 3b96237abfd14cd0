"""Seen or not seen: a P1's escalation waits five minutes for an acknowledgement, then goes up early (D9)."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from itsm.core import clock as time
from itsm.core.errors import NotAllowed, Refused
from itsm.notices.models import Notice
from itsm.notices.wording import subject
from sla import services as sla
from sla.models import Clock, ClockFire, Metric
from tests.sla.conftest import minutes
from tests.sla.test_ladder import FIVE, fires, ladder_of, quiet, response, started

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def sweep_to(last, first=0):
    """Sweep every half minute, as the clock of the wall goes."""
    for half in range(int(first * 2), int(last * 2) + 1):
        sla.sweep(minutes(half / 2) + timedelta(seconds=1))


def test_what_nobody_has_seen_goes_up_early_but_never_the_breach(agreement, make_incident, engineer, team_lead, top_manager):
    incident = quiet(make_incident, engineer)
    sweep_to(24)
    assert fires(incident, "resolution") == [("50", 15), ("75", 22.5)]
    assert Clock.objects.about(incident).get(metric="resolution").ack_due_at == minutes(22.5) + timedelta(seconds=1) + FIVE
    sweep_to(60, 24)
    second = 1 / 60
    expected = [("50", 15), ("75", 22.5), ("90", 27), ("100", 30), ("150", 35 + second), ("200", 40.5 + second)]
    assert fires(incident, "resolution") == [(step, pytest.approx(at)) for step, at in expected]
    early = Notice.objects.get(person=top_manager)
    assert subject(early) == f"Nobody has seen the last step yet. 11 min over the resolution target: P1 {incident.shown_number} Down"
    assert sla.verify_clocks() == []


def test_a_warning_that_comes_early_says_how_much_is_really_used(agreement, make_incident, engineer, team_lead):
    ladder_of(agreement, [{"mark": 75, "who": ["assignee"]}, {"mark": 95, "who": ["lead"]}, {"mark": 100, "who": ["supervisor"]}])
    incident = quiet(make_incident, engineer)
    sweep_to(28)
    assert fires(incident, "resolution") == [("75", 22.5), ("95", pytest.approx(27.5 + 1 / 60))]
    assert subject(Notice.objects.get(person=team_lead)).startswith("Nobody has seen the last step yet. 93 % of the resolution time")


def test_once_seen_the_ladder_goes_on_at_its_own_times(agreement, make_incident, engineer, team_lead, top_manager):
    incident = quiet(make_incident, engineer)
    sweep_to(31)
    assert sla.acknowledge(incident, by=engineer, at=minutes(31.2)) == incident
    sweep_to(60, 31.5)
    times = dict(fires(incident, "resolution"))
    assert times["150"] == 45
    assert times["200"] == pytest.approx(50.5 + 1 / 60 - 0.5, abs=0.1)
    events = Clock.objects.about(incident).get(metric="resolution").events.all()
    assert [(e.kind, e.actor) for e in events if e.kind == "acknowledge"] == [("acknowledge", engineer)]
    assert sla.verify_clocks() == []


def test_only_who_it_concerns_says_so_and_only_while_it_waits(agreement, make_incident, engineer, other_engineer, team_lead, agent):
    incident = quiet(make_incident, engineer)
    with pytest.raises(Refused, match="No escalation waits"):
        sla.acknowledge(incident, by=engineer, at=minutes(10))
    sla.sweep(minutes(23))
    with pytest.raises(NotAllowed):
        sla.acknowledge(incident, by=other_engineer, at=minutes(23))
    sla.acknowledge(incident, by=team_lead, at=minutes(23))
    with pytest.raises(Refused):
        sla.acknowledge(incident, by=engineer, at=minutes(23))


def test_who_was_told_by_the_last_step_may_say_so(agreement, make_incident, engineer, team_lead, top_manager):
    incident = quiet(make_incident, engineer)
    sla.sweep(minutes(31))
    with pytest.raises(NotAllowed):
        sla.acknowledge(incident, by=top_manager, at=minutes(31))
    sla.sweep(minutes(100))
    sla.acknowledge(incident, by=top_manager, at=minutes(100))


@pytest.mark.parametrize("act", ["stop", "pause", "retarget"])
def test_what_stands_still_or_is_no_p1_any_more_waits_for_nobody(agreement, make_incident, engineer, act):
    incident = quiet(make_incident, engineer)
    sla.sweep(minutes(23))
    assert Clock.objects.about(incident).exclude(ack_due_at=None).count() == 1
    if act == "stop":
        sla.stop(incident, Metric.RESOLUTION, at=minutes(24), by=engineer)
    elif act == "pause":
        sla.pause(incident, reason="force_majeure", at=minutes(24), by=None)
    else:
        sla.retarget(incident, priority=3, reason="x", at=minutes(24), by=None)
    assert Clock.objects.about(incident).exclude(ack_due_at=None).count() == 0
    before = ClockFire.objects.count()
    sla.sweep(minutes(29))
    assert ClockFire.objects.count() == before


def test_no_other_priority_waits(agreement, make_incident, engineer):
    incident = started(make_incident, 2, assignee=engineer)
    sla.sweep(minutes(9.5))
    assert fires(incident)[-1] == ("90", 9)
    assert response(incident).ack_due_at is None


# -- its doors


def test_the_owner_presses_i_have_seen_it_on_the_ticket_and_in_the_bell(client, agreement, make_incident, engineer, other_engineer):
    incident = quiet(make_incident, engineer)
    sla.sweep(minutes(23))
    door = f"/sla/clocks/{Clock.objects.about(incident).get(metric='resolution').pk}/seen/"
    with time.at(minutes(23)):
        client.force_login(other_engineer)
        assert "An escalation waits until" in client.get(incident.get_absolute_url()).content.decode()
        assert door not in client.get(incident.get_absolute_url()).content.decode()
        assert client.post(door).status_code == 403
        client.force_login(engineer)
        for address in (incident.get_absolute_url(), "/notices/"):
            page = client.get(address).content.decode()
            assert door in page
            assert "I have seen it" in page
        assert client.post(door).url == incident.get_absolute_url()
        assert client.post(door).status_code == 409
        page = client.get(incident.get_absolute_url()).content.decode()
        assert "Escalation seen by 陈可" in page
        assert door not in page + client.get("/notices/").content.decode()


def test_a_program_says_so_by_the_api(agreement, make_incident, engineer, other_engineer):
    incident, api = quiet(make_incident, engineer), APIClient()
    sla.sweep(minutes(23))
    door = f"/api/v1/incidents/{incident.shown_number}/acknowledge/"
    with time.at(minutes(23)):
        api.force_authenticate(other_engineer)
        assert api.post(door).status_code == 403
        api.force_authenticate(engineer)
        key = {"Idempotency-Key": "k1"}
        assert [api.post(door, headers=key).status_code for _ in range(2)] == [200, 200]
        assert api.post(door).json()["code"] == "nothing_waits"
