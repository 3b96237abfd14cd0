"""Who is told: roles, deputies, empty levels; after the breach; seen or not seen; and that every step fires exactly once (K13, K14)."""

from datetime import timedelta

import pgtrigger
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsm.core import clock as time
from itsm.core.errors import Refused
from itsm.notices.models import Notice
from itsm.notices.wording import mail, subject
from itsm.people.models import Absence, Appointment, Availability, Role, Shift
from sla import log as sla_log
from sla import services as sla
from sla.models import AgreementVersion, Clock, ClockFire, Metric
from tests import cast
from tests.sla.conftest import MONDAY, minutes
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
FIVE = timedelta(minutes=5)


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


def quiet(make_incident, engineer):
    """A P1 whose response is done, so that only the resolution (30 min) escalates."""
    incident = started(make_incident, 1, assignee=engineer)
    with transaction.atomic():
        sla.stop(incident, Metric.RESPONSE, at=minutes(0.1), by=engineer)
    return incident


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
