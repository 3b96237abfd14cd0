"""The sweep: every step fires once, whatever happens to the workers."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from itsm.core import clock as time
from itsm.notices.models import Notice
from itsm.people.models import Role
from sla import services as sla
from sla import tasks
from sla.models import Clock, ClockFire, Metric
from tests import cast
from tests.sla.conftest import MONDAY, minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def started(make_incident, priority=3, **details):
    incident = make_incident(priority, **details)
    sla.start(incident, by=None, priority=priority)
    return incident


def fires(metric=Metric.RESPONSE):
    return list(ClockFire.objects.filter(clock__metric=metric).order_by("id").values_list("step", "collapsed"))


def told(kind):
    return {notice.person.username for notice in Notice.objects.filter(kind=kind)}


def test_each_step_tells_more_people_at_its_time(agreement, make_incident, engineer, team_lead):
    boss = cast.staff("supervisor", Role.SUPERVISOR, team=team_lead.teams_led.get())
    incident = started(make_incident, assignee=engineer)
    assert (sla.sweep(minutes(8)), sla.sweep(minutes(22))) == (1, 0)
    assert told("sla.warning") == set()
    sla.sweep(minutes(23))
    assert told("sla.warning") == {"engineer"}
    sla.sweep(minutes(28))
    assert told("sla.warning") == {"engineer", "lead"}
    assert Clock.objects.about(incident).get(metric="response").breached_at is None
    sla.sweep(minutes(31))
    assert told("sla.breach") == {"engineer", "lead", boss.username}
    assert fires() == [("25", False), ("75", False), ("90", False), ("100", False)]
    response = Clock.objects.about(incident).get(metric="response")
    assert (response.breached_at, response.outcome, response.next_fire_at) == (minutes(30), "breached", minutes(45))
    assert sla.verify_clocks() == []


def test_with_nobody_assigned_the_supervisor_is_warned(agreement, make_incident, team_lead):
    started(make_incident)
    sla.sweep(minutes(23))
    assert told("sla.warning") == {"lead"}


def test_with_nobody_in_the_team_the_service_manager_hears_of_it(agreement, make_incident):
    started(make_incident)
    sla.sweep(minutes(31))
    assert told("sla.breach") == {"manager"}


def test_what_an_outage_hid_is_told_once_to_everybody_of_every_step(agreement, make_incident, engineer, team_lead, top_manager):
    started(make_incident, assignee=engineer)
    sla.sweep(minutes(300))
    assert fires() == [("25", True), ("75", True), ("90", True), ("100", True), ("150", True), ("200", False)]
    assert Notice.objects.filter(person=engineer).count() == 1
    assert told("sla.escalation") == {"engineer", "lead", "manager", "boss"}
    assert told("sla.warning") | told("sla.breach") == set()
    assert Clock.objects.get(metric="response").breached_at == minutes(30)


def test_two_minutes_warn_once_and_tell_the_lead_with_it(agreement, make_incident, engineer, team_lead):
    started(make_incident, 1, assignee=engineer)
    sla.sweep(minutes(1.6))
    assert told("sla.warning") == {"engineer", "lead"}
    sla.sweep(minutes(1.9))
    assert fires() == [("25", True), ("50", True), ("75", False)]


def test_the_task_sweeps_and_ends_when_nothing_is_due_within_the_second(agreement, make_incident):
    started(make_incident)
    with time.at(minutes(31)):
        assert tasks.sweep_clocks() == 1
        assert tasks.sweep_clocks() == 0
    assert tasks.verify_clocks() == 0


def test_sweeping_twice_fires_once(agreement, make_incident):
    started(make_incident)
    assert sla.sweep(minutes(31)) == 1
    assert sla.sweep(minutes(31)) == 0
    assert len(fires()) == 4


def test_exactly_at_the_due_time_nothing_is_broken(agreement, make_incident):
    started(make_incident)
    sla.sweep(minutes(30))
    assert Clock.objects.get(metric="response").outcome == ""


def test_a_breach_first_noticed_by_the_stop_is_told_like_any_other(agreement, make_incident, engineer, team_lead):
    incident = started(make_incident, assignee=engineer)
    sla.stop(incident, Metric.RESPONSE, at=minutes(31), by=engineer)
    assert told("sla.breach") == {"engineer", "lead"}
    assert fires() == [("25", True), ("75", True), ("90", True), ("100", False)]
    assert sla.sweep(minutes(40)) == 0
    assert sla.verify_clocks() == []


def test_a_raise_that_uses_the_time_up_at_once_is_one_notice(agreement, make_incident, engineer, team_lead):
    incident = started(make_incident, assignee=engineer)
    sla.retarget(incident, priority=1, reason="worse", at=minutes(20), by=engineer)
    assert told("sla.breach") == {"engineer", "lead"}
    assert Notice.objects.filter(person=engineer).count() == 1
    assert fires() == [("25", True), ("50", True), ("75", True), ("100", False)]
    assert sla.sweep(minutes(20.5)) == 1
    assert fires("resolution") == [("50", False)]
    assert sla.verify_clocks() == []


def test_paused_and_stopped_clocks_do_not_fire(agreement, make_incident):
    incident = started(make_incident)
    sla.stop(incident, Metric.RESPONSE, at=minutes(5), by=None)
    sla.pause(incident, reason="force_majeure", at=minutes(6), by=None)
    assert sla.sweep(minutes(10_000)) == 0


def test_a_poisoned_clock_does_not_stop_the_others(agreement, make_incident):
    poisoned, well = started(make_incident), started(make_incident)
    bad = Clock.objects.about(poisoned).get(metric="response")
    ClockFire.objects.create(clock=bad, generation=1, step="75", scheduled_for=minutes(22), fired_at=minutes(22))
    assert sla.sweep(minutes(23)) == 1
    assert ClockFire.objects.filter(clock__object_id=well.pk).count() == 2
    assert sla.sweep_health(minutes(23)) is not None


def test_an_assignee_who_left_is_passed_over(agreement, make_incident, engineer, team_lead):
    engineer.is_active = False
    engineer.save(update_fields=["is_active"])
    started(make_incident, assignee=engineer)
    sla.sweep(minutes(23))
    assert told("sla.warning") == {"lead"}


def test_health_is_none_when_all_is_fired(agreement, make_incident):
    started(make_incident)
    assert sla.sweep_health(minutes(7)) is None
    assert "32 min" in sla.sweep_health(minutes(40))
    sla.sweep(minutes(40))
    assert sla.sweep_health(minutes(40)) is None


def test_the_sweep_takes_the_same_queries_for_one_clock_and_for_many(agreement, make_incident, engineer, team_lead):
    def queries(minute):
        with CaptureQueriesContext(connection) as captured:
            sla.sweep(minutes(minute))
        return len(captured)

    started(make_incident, assignee=engineer)
    queries(23)
    first = queries(28)
    for _ in range(20):
        started(make_incident, assignee=engineer)
    queries(23)
    assert queries(28) <= first


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_side_by_side_fire_each_step_once(agreement, make_incident):
    for _ in range(30):
        started(make_incident)
    swept = _at_once(lambda: sla.sweep(minutes(31)), lambda: sla.sweep(minutes(31)))
    assert sum(swept) == 30
    assert ClockFire.objects.count() == 120
    assert sla.verify_clocks() == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_half_way_leaves_nothing_and_the_next_one_does_it_all(agreement, make_incident):
    for _ in range(5):
        started(make_incident)
    with pytest.raises(KeyboardInterrupt):
        _killed_after_firing()
    assert ClockFire.objects.count() == 0
    assert sla.sweep(minutes(31)) == 5
    assert ClockFire.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_two_people_stop_the_same_clock_and_one_stop_is_recorded(agreement, make_incident):
    incident = started(make_incident)
    _at_once(*[lambda n=n: _stop(incident, minutes(n)) for n in (5, 6)])
    response = Clock.objects.about(incident).get(metric="response")
    assert [event.kind for event in response.events.all()] == ["start", "stop"]
    assert sla.verify_clocks() == []


@pytest.mark.django_db(transaction=True)
def test_a_stop_racing_the_sweep_gives_one_verdict(agreement, make_incident):
    incidents = [started(make_incident) for _ in range(20)]
    late = minutes(31)

    def stop_all():
        for incident in incidents:
            _stop(incident, late)

    _at_once(stop_all, lambda: [sla.sweep(late) for _ in range(5)])
    assert {clock.outcome for clock in Clock.objects.filter(metric="response")} == {"breached"}
    assert all([e.kind for e in c.events.all()] == ["start", "breach", "stop"] for c in Clock.objects.filter(metric="response"))
    assert sla.verify_clocks() == []


def _killed_after_firing():
    with transaction.atomic():
        sla.fire(sla.due_clocks(minutes(31)), at=minutes(31))
        raise KeyboardInterrupt


def _stop(incident, at):
    with transaction.atomic():
        sla.stop(incident, Metric.RESPONSE, at=at, by=None)


def _at_once(*acts):
    """Run each act in a thread of its own; their answers."""
    barrier, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        try:
            with time.at(MONDAY):
                barrier.wait()
                answers[index] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
