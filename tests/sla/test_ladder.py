"""Who is told: roles, deputies, empty levels; after the breach; seen or not seen; and that every step fires exactly once (K13, K14)."""

from datetime import timedelta

import pgtrigger
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from itsm.core import clock as time
from itsm.core.errors import NotAllowed, Refused
from itsm.notices.models import Notice
from itsm.notices.wording import mail, subject
from itsm.people.models import Absence, Appointment, Availability, Role, Shift
from sla import log as sla_log
from sla import services as sla
from sla.models import AgreementVersion, Clock, ClockFire, Metric
from tests import cast
from tests.sla.conftest import MONDAY
from tests.threads import at_once

pytestmark = pytest.mark.django_db
FIVE = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def monday():
    with time.at(MONDAY):
        yield


def minutes(n):
    return MONDAY + timedelta(minutes=n)


def started(make_incident, priority=3, **details):
    incident = make_incident(priority, **details)
    sla.start(incident, by=None, priority=priority)
    return incident


def response(incident):
    return Clock.objects.about(incident).get(metric=Metric.RESPONSE)


def fires(incident, metric=Metric.RESPONSE):
    """`[(step, minutes after nine)]` of a clock."""
    found = ClockFire.objects.filter(clock__in=Clock.objects.about(incident).filter(metric=metric)).order_by("id")
    return [(fire.step, (fire.scheduled_for - MONDAY) / timedelta(minutes=1)) for fire in found]


def told(kind=None):
    notices = Notice.objects.filter(kind=f"sla.{kind}") if kind else Notice.objects.filter(kind__startswith="sla.")
    return {notice.person.username for notice in notices}


def ladder_of(agreement, ladder):
    """Write a ladder into a published version, past its trigger."""
    with pgtrigger.ignore():
        AgreementVersion.objects.filter(pk=agreement.pk).update(ladder=ladder)


# -- who


def test_the_duty_dispatcher_hears_of_what_nobody_has(agreement, make_incident, agent, team_lead):
    Shift.objects.create(person=agent, starts_at=minutes(-60), ends_at=minutes(600))
    cast.staff("asleep", Role.SERVICE_DESK, team=agent_team(agent))
    started(make_incident)
    sla.sweep(minutes(8))
    assert told() == {"agent"}


def agent_team(agent):
    return agent.appointments.first().team


def test_without_a_desk_on_shift_the_supervisor_hears_of_it(agreement, make_incident, agent, team_lead):
    started(make_incident)
    sla.sweep(minutes(8))
    assert told() == {"lead"}


def test_what_somebody_has_concerns_no_dispatcher_but_its_step_is_recorded(agreement, make_incident, engineer, agent):
    incident = started(make_incident, assignee=engineer)
    sla.sweep(minutes(8))
    assert (told(), fires(incident)) == (set(), [("25", 7.5)])


def test_the_deputy_stands_in_for_somebody_absent(agreement, make_incident, engineer, other_engineer, team_lead):
    Appointment.objects.filter(person=engineer).update(deputy=other_engineer)
    Absence.objects.create(person=engineer, first_on="2026-09-27", last_on="2026-09-30")
    started(make_incident, assignee=engineer)
    sla.sweep(minutes(23))
    assert told() == {"engineer2"}


@pytest.mark.parametrize("why", ["absent", "away", "left"])
def test_nobody_there_and_no_deputy_means_the_next_level_up(agreement, make_incident, engineer, team_lead, why):
    if why == "absent":
        Absence.objects.create(person=engineer, first_on="2026-09-28", last_on="2026-09-28")
    engineer.availability = Availability.AWAY if why == "away" else engineer.availability
    engineer.is_active = why != "left"
    engineer.save()
    started(make_incident, assignee=engineer)
    sla.sweep(minutes(23))
    assert told("warning") == {"lead"}


def test_with_everybody_away_up_to_the_top_it_is_still_told_to_those_it_was_meant_for(agreement, make_incident, engineer):
    Absence.objects.create(person=engineer, first_on="2026-09-28", last_on="2026-09-28")
    Appointment.objects.exclude(person=engineer).update(withdrawn_at=MONDAY)
    started(make_incident, assignee=engineer)
    sla.sweep(minutes(23))
    assert told() == {"engineer"}


def test_an_appointed_supervisor_and_the_lead_are_two_people(agreement, make_incident, engineer, team_lead):
    cast.staff("supervisor", Role.SUPERVISOR, team=team_lead.teams_led.get())
    incident = started(make_incident, assignee=engineer)
    sla.sweep(minutes(28))
    assert told() == {"engineer", "lead"}
    sla.sweep(minutes(31))
    assert told("breach") == {"engineer", "lead", "supervisor"}
    assert response(incident).ack_due_at is None


def test_a_version_without_a_ladder_keeps_telling_as_it_did(agreement, make_incident, engineer, team_lead):
    ladder_of(agreement, [])
    incident = started(make_incident, assignee=engineer)
    for minute in (10, 23, 28, 31, 300):
        sla.sweep(minutes(minute))
    assert [step for step, _at in fires(incident)] == ["75", "90", "100"]
    assert told("breach") == {"engineer", "lead"}
    assert response(incident).next_fire_at is None


# -- after the breach


def test_after_the_breach_it_goes_up_to_the_top(agreement, make_incident, engineer, team_lead, top_manager):
    incident = started(make_incident, assignee=engineer)
    for minute in (31, 46, 61):
        sla.sweep(minutes(minute))
    assert fires(incident) == [("25", 7.5), ("75", 22.5), ("90", 27), ("100", 30), ("150", 45), ("200", 60)]
    notices = Notice.objects.filter(kind="sla.escalation").order_by("told_at")
    assert [(n.person.username, subject(n)) for n in notices] == [
        ("manager", f"16 min over the response target: P3 {incident.shown_number} Down"),
        ("boss", f"31 min over the response target: P3 {incident.shown_number} Down"),
    ]
    assert "is still open" in mail(notices[0]).body
    assert "is still open" in mail(notices[0]).alternatives[0].content
    assert (response(incident).next_fire_at, sla.verify_clocks()) == (None, [])


def test_a_clock_that_stops_after_the_breach_goes_no_further(agreement, make_incident, engineer):
    incident = started(make_incident, assignee=engineer)
    sla.sweep(minutes(31))
    sla.stop(incident, Metric.RESPONSE, at=minutes(40), by=engineer)
    sla.sweep(minutes(300))
    assert [step for step, _at in fires(incident)] == ["25", "75", "90", "100"]


def test_a_clock_paused_after_the_breach_goes_on_when_it_runs(agreement, make_incident, engineer):
    incident = started(make_incident, 1, assignee=engineer)
    sla.sweep(minutes(31))
    sla.acknowledge(incident, by=engineer, at=minutes(32))
    sla.pause(incident, reason="force_majeure", at=minutes(32), by=None)
    sla.sweep(minutes(100))
    assert [step for step, _at in fires(incident, "resolution")] == ["50", "75", "90", "100"]
    sla.resume(incident, at=minutes(132), by=None)
    sla.sweep(minutes(146))
    assert fires(incident, "resolution")[-1] == ("150", 145)


# -- seen, or not seen


def quiet(make_incident, engineer):
    """A P1 whose response is done, so that only the resolution (30 min) escalates."""
    incident = started(make_incident, 1, assignee=engineer)
    with transaction.atomic():
        sla.stop(incident, Metric.RESPONSE, at=minutes(0.1), by=engineer)
    return incident


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


def test_the_sweep_takes_the_same_queries_for_few_and_many_teams_and_priorities(agreement, make_incident, engineer, team_lead):
    def queries():
        for priority in (1, 2, 3):
            started(make_incident, priority, assignee=engineer)
        with CaptureQueriesContext(connection) as captured:
            sla.sweep(minutes(31))
        return len(captured)

    queries()
    few = queries()
    for _ in range(10):
        started(make_incident, 1)
        started(make_incident, 3, assignee=engineer)
    assert queries() <= few + 1


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


# -- exactly once


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_side_by_side_go_up_early_once(agreement, make_incident, engineer):
    incidents = [quiet(make_incident, engineer) for _ in range(10)]
    sla.sweep(minutes(31))

    def sweep():
        with time.at(minutes(37)):
            return sla.sweep(minutes(37))

    assert sum(at_once(sweep, sweep, sweep)) == 10
    assert ClockFire.objects.filter(step="150").count() == 10
    assert {fires(incident, "resolution")[-1] for incident in incidents} == {("150", 36)}


@pytest.mark.django_db(transaction=True)
def test_seen_and_swept_at_the_same_time_is_one_or_the_other(agreement, make_incident, engineer):
    incidents = [quiet(make_incident, engineer) for _ in range(10)]
    sla.sweep(minutes(31))

    def see_all():
        with time.at(minutes(37)):
            for incident in incidents:
                sla.acknowledge(incident, by=engineer)

    def sweep():
        with time.at(minutes(37)):
            return sum(sla.sweep(minutes(37)) for _ in range(5))

    seen, _swept = at_once(see_all, sweep)
    assert not isinstance(seen, Exception)
    for incident in incidents:
        assert [step for step, _at in fires(incident, "resolution")].count("150") <= 1
    assert sla.verify_clocks() == []


acts = st.lists(
    st.tuples(st.sampled_from(["sweep", "see", "stop", "pause", "resume", "reopen", "raise", "lower"]), st.integers(1, 1200)), max_size=12
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts, st.sampled_from([1, 3]))
def test_every_step_that_has_passed_has_exactly_one_row_and_none_came_after_the_stop(agreement, make_incident, engineer, life, priority):
    with transaction.atomic():
        incident, at = started(make_incident, priority, assignee=engineer), MONDAY
        for act, gap in life:
            at += timedelta(seconds=gap)
            _do(incident, act, at, engineer)
        at += timedelta(seconds=1)
        sla.sweep(at)
        for clock in Clock.objects.about(incident).with_terms():
            _held(clock, at)
        assert sla.verify_clocks() == []
        transaction.set_rollback(True)


def _do(incident, act, at, by):
    verbs = {
        "sweep": lambda: sla.sweep(at),
        "stop": lambda: sla.stop(incident, Metric.RESOLUTION, at=at, by=by),
        "pause": lambda: sla.pause(incident, reason="force_majeure", at=at, by=by),
        "resume": lambda: sla.resume(incident, at=at, by=by),
        "reopen": lambda: sla.reopen(incident, at=at, by=by),
        "raise": lambda: sla.retarget(incident, priority=1, reason="x", at=at, by=by),
        "lower": lambda: sla.retarget(incident, priority=3, reason="x", at=at, by=by),
        "see": lambda: sla.acknowledge(incident, by=by, at=at),
    }
    try:
        verbs[act]()
    except Refused:
        assert act == "see"


def _held(clock, at):
    """K13: every step of this generation before now has its row; K14: no row came after the clock stopped."""
    state = sla_log.state_of(clock)
    fired = [int(f.step) for f in clock.fires.filter(generation=clock.generation)]
    assert len(fired) == len(set(fired))
    used = state.elapsed_at(at)
    if clock.state == "running" and clock.target_s:
        carried = [mark for mark, _us in state.steps()[: state.steps_fired]]
        assert {mark for mark, us in state.steps() if us < used} <= {*fired, *carried}
        assert clock.generation > 1 or set(carried) == set(fired)
    if clock.stopped_at and clock.state == "stopped":
        assert not clock.fires.filter(scheduled_for__gt=clock.stopped_at).exists()
