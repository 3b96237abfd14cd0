"""Clocks on records: start, stop, pause, resume, reopen, retarget, close, cancel, with their log."""

from datetime import timedelta

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction

from itsm.core.errors import Refused
from sla import services as sla
from sla.models import Clock, ClockEvent, Metric
from tests.sla.conftest import MONDAY, minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def clock_of(incident, metric=Metric.RESOLUTION):
    return Clock.objects.about(incident).with_terms().get(metric=metric)


def started(make_incident, priority=3):
    incident = make_incident(priority)
    incident.next_due_at = sla.start(incident, by=None, priority=priority)
    return incident


def test_starting_promises_response_and_resolution_from_the_contact(agreement, make_incident):
    incident = started(make_incident)
    response, resolution = clock_of(incident, Metric.RESPONSE), clock_of(incident)
    assert (response.target_s, response.due_at) == (1800, minutes(30))
    assert (resolution.target_s, resolution.due_at) == (8 * 3600, minutes(9 * 60))
    assert incident.next_due_at == minutes(30)
    assert response.next_fire_at == minutes(7.5)


def test_without_an_agreement_the_clocks_run_without_a_target(make_incident):
    incident = started(make_incident)
    assert incident.next_due_at is None
    assert {c.target_s for c in Clock.objects.about(incident)} == {None}
    sla.stop(incident, Metric.RESPONSE, at=minutes(5), by=None)
    assert clock_of(incident, Metric.RESPONSE).outcome == ""


def test_starting_takes_few_queries(agreement, make_incident, django_assert_num_queries):
    incident = make_incident()
    sla.stop(started(make_incident), Metric.RESPONSE, by=None)
    with django_assert_num_queries(4):
        sla.start(incident, by=None, priority=3)
    with django_assert_num_queries(3):
        sla.stop(incident, Metric.RESPONSE, at=minutes(5), by=None)


def test_stopping_exactly_at_the_due_time_is_met_and_a_microsecond_later_is_not(agreement, make_incident):
    kept, broken = started(make_incident), started(make_incident)
    sla.stop(kept, Metric.RESPONSE, at=minutes(30), by=None)
    sla.stop(broken, Metric.RESPONSE, at=minutes(30) + timedelta(microseconds=1), by=None)
    assert clock_of(kept, Metric.RESPONSE).outcome == "met"
    late = clock_of(broken, Metric.RESPONSE)
    assert (late.outcome, late.breached_at, late.breach_cause) == ("breached", minutes(30), "time")
    assert [e.kind for e in late.events.all()] == ["start", "breach", "stop"]


def test_stopping_twice_changes_nothing(agreement, make_incident):
    incident = started(make_incident)
    assert sla.stop(incident, Metric.RESPONSE, at=minutes(5), by=None) == minutes(540)
    sla.stop(incident, Metric.RESPONSE, at=minutes(50), by=None)
    assert clock_of(incident, Metric.RESPONSE).stopped_at == minutes(5)


def test_only_the_resolution_clock_waits_and_its_due_time_moves_by_the_wait(agreement, make_incident):
    incident = started(make_incident)
    due = sla.pause(incident, reason="waiting_customer_info", at=minutes(60), by=None)
    assert due == minutes(30)
    assert clock_of(incident).state == "paused"
    assert clock_of(incident).pause_reason == "waiting_customer_info"
    sla.resume(incident, at=minutes(120), by=None)
    assert clock_of(incident).due_at == MONDAY + timedelta(days=1, hours=1)
    assert clock_of(incident).pause_reason == ""


def test_a_reason_the_agreement_does_not_know_stops_no_clock(agreement, make_incident):
    incident = started(make_incident)
    with pytest.raises(Refused):
        sla.pause(incident, reason="waiting_supplier", at=minutes(1), by=None)
    sla.pause(incident, reason="force_majeure", at=minutes(1), by=None)
    assert clock_of(incident).state == "paused"


def test_reopening_withdraws_the_verdict_and_leaves_the_gap_out(agreement, make_incident):
    incident = started(make_incident)
    sla.stop(incident, Metric.RESOLUTION, at=minutes(60), by=None)
    assert clock_of(incident).outcome == "met"
    sla.reopen(incident, at=minutes(120), by=None)
    again = clock_of(incident)
    assert (again.state, again.outcome, again.decided_at, again.generation) == ("running", "", None, 2)
    assert again.elapsed_us == 3_600_000_000
    assert again.due_at == MONDAY + timedelta(days=1, hours=1)


def test_after_closing_the_verdict_is_final_and_nothing_reopens_it(agreement, make_incident):
    incident = started(make_incident)
    sla.stop(incident, Metric.RESPONSE, at=minutes(5), by=None)
    sla.stop(incident, Metric.RESOLUTION, at=minutes(60), by=None)
    assert sla.close(incident, at=minutes(90), by=None) is None
    assert clock_of(incident).final_at == minutes(90)
    sla.reopen(incident, at=minutes(95), by=None)
    assert clock_of(incident).state == "stopped"


def test_a_higher_priority_keeps_the_time_used(agreement, make_incident):
    incident = started(make_incident)
    sla.retarget(incident, priority=2, reason="misclassified", at=minutes(20), by=None)
    resolution = clock_of(incident)
    assert (resolution.priority, resolution.target_s, resolution.due_at) == (2, 7200, minutes(120))
    response = clock_of(incident, Metric.RESPONSE)
    assert (response.breached_at, response.breach_cause) == (minutes(20), "retarget")


def test_there_and_back_leaves_the_due_time(agreement, make_incident):
    incident = started(make_incident)
    before = clock_of(incident).due_at
    sla.retarget(incident, priority=4, reason="x", at=minutes(5), by=None)
    sla.retarget(incident, priority=3, reason="x", at=minutes(20), by=None)
    assert clock_of(incident).due_at == before


def test_a_cancelled_clock_has_no_verdict(agreement, make_incident):
    incident = started(make_incident)
    assert sla.cancel(incident, at=minutes(5), by=None) is None
    assert {(c.state, c.outcome) for c in Clock.objects.about(incident)} == {("cancelled", "")}


def test_log_and_projection_agree_after_everything(agreement, make_incident):
    incident = started(make_incident)
    sla.retarget(incident, priority=2, reason="x", at=minutes(5), by=None)
    sla.stop(incident, Metric.RESPONSE, at=minutes(30), by=None)
    sla.pause(incident, reason="force_majeure", at=minutes(60), by=None)
    sla.resume(incident, at=minutes(90), by=None)
    sla.stop(incident, Metric.RESOLUTION, at=minutes(300), by=None)
    sla.reopen(incident, at=minutes(310), by=None)
    sla.close(incident, at=minutes(400), by=None)
    assert sla.verify_clocks() == []


def test_the_verifier_finds_a_projection_that_lies(agreement, make_incident):
    incident = started(make_incident)
    clock = clock_of(incident)
    Clock.objects.filter(pk=clock.pk).update(due_at=minutes(9999))
    assert sla.verify_clocks() == [clock.pk]
    assert sla.drifted(clock_of(incident)) == ["due_at"]


def test_the_verifier_finds_an_altered_line(agreement, make_incident):
    clock = clock_of(started(make_incident))
    with pgtrigger.ignore():
        clock.events.update(reason_code="forged")
    assert sla.verify_clocks() == [clock.pk]


@pytest.mark.parametrize("sql", ["UPDATE sla_clockevent SET kind = 'x'", "DELETE FROM sla_clockevent", "TRUNCATE sla_clockevent CASCADE"])
def test_the_database_keeps_the_log(agreement, make_incident, sql):
    started(make_incident)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert ClockEvent.objects.count() == 2


def test_the_promise_shown_is_the_promise_kept(agreement, make_incident, customer, service, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        shown = sla.promise(customer, service, 1, MONDAY)
    incident = started(make_incident, 1)
    assert {m: p.due_at for m, p in shown.targets.items()} == {c.metric: c.due_at for c in Clock.objects.about(incident)}
    assert "SLA-jianglan" in shown.explanation
