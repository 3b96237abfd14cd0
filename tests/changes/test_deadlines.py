"""Deadlines: reminded at half of the time, escalated at its end; silence never approves."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from changes import kinds, services
from changes.models import Decision, Stage, Status
from changes.services import deadlines
from changes.tasks import sweep_stages
from itsm.core import clock
from itsm.notices.models import Notice
from itsm.people.models import Person
from itsm.people.services import duty
from tests.changes.conftest import NOW
from tests.changes.plans import seat
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def sweep_at(submitted):
    """`sweep_at(instant)`: a sweep at an instant."""

    def swept(instant):
        with clock.at(instant):
            return sweep_stages()

    return swept


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("person__username", flat=True))


def test_half_of_the_time_over_who_may_decide_is_reminded_once(submitted, sweep_at, ops_lead):
    stage = submitted("low").rounds.get().stages.get()
    assert told(kinds.DECIDE) == ["ops"]
    assert sweep_at(stage.next_look_at - timedelta(seconds=1)) == 0
    assert [sweep_at(stage.next_look_at) for _ in range(3)] == [1, 0, 0]
    assert told(kinds.REMIND) == ["ops"]
    stage.refresh_from_db()
    assert (stage.reminded_at is not None, stage.escalated_at) == (True, None)


def test_at_the_deadline_deputies_managers_and_the_change_manager_are_told(
    submitted, sweep_at, ops_lead, engineer, other_engineer, service_manager
):
    ops_lead.appointments.update(deputy=engineer)
    Person.objects.filter(pk=ops_lead.pk).update(manager=other_engineer)
    change = submitted("low")
    stage = change.rounds.get().stages.get()
    assert services.waiting_for(engineer, NOW) == []
    assert sweep_at(stage.deadline_at) == 1
    assert told(kinds.LATE) == sorted([ops_lead.username, engineer.username, other_engineer.username, service_manager.username])
    stage.refresh_from_db()
    assert stage.escalated_at == stage.deadline_at
    assert [found.change for found in services.waiting_for(engineer, stage.deadline_at)] == [change]
    change.refresh_from_db()
    assert (change.status, Decision.objects.count()) == (Status.AWAITING, 0)


def test_a_month_of_silence_approves_nothing(submitted, sweep_at):
    change = submitted("high")
    for day in range(31):
        sweep_at(NOW + timedelta(days=day, hours=12))
    change.refresh_from_db()
    assert (change.status, Decision.objects.count()) == (Status.AWAITING, 0)
    assert max(Notice.objects.filter(kind=kinds.REMIND).values_list("person").distinct().count(), 1) == len(told(kinds.REMIND))


def test_a_sweep_that_comes_late_catches_up_once(submitted, sweep_at, ops_lead):
    stage = submitted("low").rounds.get().stages.get()
    assert sweep_at(stage.deadline_at + timedelta(days=3)) == 1
    assert ops_lead.notices.filter(kind__in=[kinds.REMIND, kinds.LATE]).count() == 1
    stage.refresh_from_db()
    assert stage.next_look_at > stage.deadline_at + timedelta(days=3)


def test_the_customer_is_told_by_a_mail_with_a_link(submitted, sweep_at, representative):
    change = submitted("high")
    stage = change.rounds.get().stages.get()
    sweep_at(stage.deadline_at)
    assert set(representative.notices.values_list("kind", flat=True)) == {kinds.DECIDE_CUSTOMER, kinds.LATE_CUSTOMER}


def test_where_everybody_is_absent_management_is_told_at_once(submitted, sweep_at, ops_lead, top_manager, service_manager):
    change = submitted("low")
    for person in (ops_lead, top_manager):
        duty.take_leave(person, by=person, first_on=NOW.date(), last_on=NOW.date(), at=NOW)
    soon = NOW + timedelta(seconds=30)
    assert sweep_at(soon) == 1
    assert told(kinds.NOBODY) == sorted([top_manager.username, service_manager.username])
    assert sweep_at(soon) == 0
    change.refresh_from_db()
    assert change.status == Status.AWAITING


def test_where_nobody_is_there_when_it_is_asked_management_is_told_with_the_question(submitted, ops_lead, top_manager, service_manager):
    for person in (ops_lead, top_manager):
        duty.take_leave(person, by=person, first_on=NOW.date(), last_on=NOW.date(), at=NOW)
    submitted("low")
    assert told(kinds.NOBODY) == sorted([top_manager.username, service_manager.username])
    assert told(kinds.DECIDE) == []


def test_who_stands_in_since_this_minute_is_asked_by_the_next_sweep(submitted, sweep_at, ops_lead, engineer):
    ops_lead.appointments.update(deputy=engineer)
    submitted("low")
    assert told(kinds.DECIDE) == ["ops"]
    duty.set_availability(ops_lead, "away", by=ops_lead, at=NOW)
    sweep_at(NOW + timedelta(seconds=30))
    assert told(kinds.DECIDE) == sorted(["ops", engineer.username])


def test_who_stands_in_from_tomorrow_is_asked_after_midnight(submitted, sweep_at, ops_lead, engineer):
    ops_lead.appointments.update(deputy=engineer)
    submitted("medium")
    tomorrow = NOW.date() + timedelta(days=1)
    duty.take_leave(ops_lead, by=ops_lead, first_on=tomorrow, last_on=tomorrow, at=NOW)
    sweep_at(NOW + timedelta(hours=13, minutes=59))
    assert engineer.username not in told(kinds.DECIDE)
    sweep_at(NOW + timedelta(hours=14))
    assert engineer.username in told(kinds.DECIDE)


def test_a_decided_stage_is_looked_at_no_more(submitted, sweep_at, ops_lead):
    change = submitted("low")
    services.decide(seat(change, "ops_lead"), by=ops_lead, choice="approve", at=NOW)
    assert sweep_at(NOW + timedelta(days=30)) == 0
    assert told(kinds.REMIND) == told(kinds.LATE) == []


def test_one_that_fails_does_not_stop_the_others(submitted, sweep_at, monkeypatch):
    stages = [submitted("low").rounds.get().stages.get() for _ in range(3)]
    kind_of = deadlines._what_is_due
    monkeypatch.setattr(deadlines, "_what_is_due", lambda stage, *a: 1 / 0 if stage.pk == stages[1].pk else kind_of(stage, *a))
    assert sweep_at(stages[0].deadline_at) == 2
    assert Stage.objects.filter(escalated_at=None).get() == stages[1]


def test_many_take_as_many_queries_as_one(submitted, sweep_at):
    counts = []
    for _ in range(2):
        stage = submitted("low").rounds.get().stages.get()
        submitted("low")
        with clock.at(stage.next_look_at), CaptureQueriesContext(connection) as asked:
            assert sweep_stages() >= 2
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_side_by_side_everybody_is_told_once(submitted):
    stages = [submitted("low").rounds.get().stages.get() for _ in range(8)]
    at_once(*[lambda: services.sweep_stages(stages[0].deadline_at)] * 4)
    services.sweep_stages(stages[0].deadline_at)
    assert Stage.objects.filter(escalated_at=None).count() == 0
    assert Notice.objects.filter(kind=kinds.LATE, person__username="ops").count() == 8
