"""Rebinding: an official list of holidays moves the clocks that run, from now on, once, whoever is at work meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from itsm.calendars import china
from itsm.calendars import services as calendars
from itsm.core import clock as time
from sla import services as sla
from sla import tasks
from sla.models import Clock, Metric
from sla.services import rebinding
from tests.threads import at_once

pytestmark = pytest.mark.django_db

EVE = datetime(2026, 12, 31, 8, 0, tzinfo=UTC)
"""16:00 in Shanghai on the last day whose holidays are official."""
LATER = EVE + timedelta(minutes=30)
OFF_2027 = {f"2027-01-0{n}": [] for n in (1, 2, 3)}


@pytest.fixture(autouse=True)
def eve():
    with time.at(EVE):
        yield


@pytest.fixture
def office(agreement):
    """The office calendar of the agreement."""
    return calendars.Calendar.objects.get(code=calendars.OFFICE)


@pytest.fixture
def started(make_incident):
    """`started(priority=4)`: an incident of just now; P4 of a core service has two hours and 24 hours of office time."""

    def start(priority=4):
        incident = make_incident(priority, contacted_at=EVE)
        incident.next_due_at = sla.start(incident, by=None, priority=priority)
        incident.save()
        return incident

    return start


def publish(office, official=True, off=OFF_2027, at=LATER):
    exceptions = office.current().exceptions | off
    return calendars.publish_list(office, by=None, year=2027, official=official, exceptions=exceptions, at=at)


def of(incident, metric=Metric.RESOLUTION):
    return Clock.objects.about(incident).get(metric=metric)


def kinds(clock):
    return [event.kind for event in clock.events.all()]


def local(text):
    return datetime.fromisoformat(f"{text}+08:00")


def test_the_official_list_moves_what_runs_and_the_incident_repeats_it(office, started):
    incident = started()
    assert (of(incident).due_at, of(incident).due_provisional) == (local("2027-01-05T16:00"), True)
    version = publish(office)
    assert sla.rebind_clocks(LATER) == 2
    moved = of(incident)
    assert (moved.due_at, moved.due_provisional, moved.calendar_version) == (local("2027-01-06T16:00"), False, version)
    assert of(incident, Metric.RESPONSE).due_at == local("2026-12-31T18:00")
    incident.refresh_from_db()
    assert incident.next_due_at == local("2026-12-31T18:00")
    sla.stop(incident, Metric.RESPONSE, at=LATER, by=None)
    assert sla.verify_clocks() == []


def test_the_incident_repeats_the_due_time_of_what_still_runs(office, started):
    incident = started()
    sla.stop(incident, Metric.RESPONSE, at=EVE + timedelta(minutes=5), by=None)
    publish(office)
    assert sla.rebind_clocks(LATER) == 1
    incident.refresh_from_db()
    assert incident.next_due_at == local("2027-01-06T16:00")


def test_what_was_measured_keeps_its_measure_and_the_log_names_the_list(office, started):
    incident = started()
    version = publish(office, off={"2026-12-31": [], **OFF_2027})
    sla.rebind_clocks(LATER)
    clock = of(incident)
    line = clock.events.last()
    assert (line.kind, line.reason_code, line.actor, line.payload["calendar_version"]) == (
        "rebind_calendar",
        "official_list",
        None,
        version.pk,
    )
    assert clock.elapsed_us == 30 * 60 * 1_000_000
    assert clock.due_at == local("2027-01-06T17:30")
    assert sla.verify_clocks() == []


def test_twice_is_once(office, started):
    incident = started()
    publish(office)
    assert sla.rebind_clocks(LATER) == 2
    assert sla.rebind_clocks(LATER) == 0
    assert tasks.rebind_clocks() == 0
    assert kinds(of(incident)) == ["start", "rebind_calendar"]


def test_a_suggestion_and_other_hours_move_nothing(office, started, service_manager):
    incident = started()
    publish(office, official=False)
    calendars.publish(office, by=service_manager, tz="Asia/Shanghai", mode="weekly", weekly=[[0, 0, 1440]])
    assert sla.rebind_clocks(LATER) == 0
    assert of(incident).due_at == local("2027-01-05T16:00")
    publish(office, off={"2027-01-01": []})
    assert sla.rebind_clocks(LATER) == 2


def test_a_list_that_changes_no_hours_still_ends_the_doubt(office, started):
    incident = started()
    publish(office, off={})
    assert sla.rebind_clocks(LATER) == 2
    clock = of(incident)
    assert (clock.due_at, clock.due_provisional) == (local("2027-01-05T16:00"), False)
    assert kinds(clock) == ["start", "rebind_calendar"]
    assert sla.rebind_clocks(LATER) == 0
    assert sla.verify_clocks() == []


def test_paused_clocks_follow_stopped_ones_when_they_are_reopened(office, started):
    paused, stopped = started(), started()
    sla.pause(paused, reason="force_majeure", at=EVE + timedelta(minutes=10), by=None)
    sla.stop(stopped, Metric.RESOLUTION, at=EVE + timedelta(minutes=10), by=None)
    version = publish(office)
    sla.rebind_clocks(LATER)
    assert of(paused).calendar_version == version
    assert of(stopped).calendar_version != version
    assert sla.resume(paused, at=LATER, by=None)
    sla.reopen(stopped, at=LATER, by=None)
    assert sla.rebind_clocks(LATER) == 1
    assert of(stopped).calendar_version == version
    assert of(paused).due_at == local("2027-01-06T16:20")
    assert sla.verify_clocks() == []


def test_a_breach_nobody_noticed_yet_is_recorded_first_as_it_was_measured(office, started):
    incident = started()
    late = local("2027-01-05T17:00")
    publish(office, at=late)
    sla.rebind_clocks(late)
    clock = of(incident)
    assert kinds(clock) == ["start", "breach", "rebind_calendar"]
    assert clock.breached_at == local("2027-01-05T16:00")
    assert sla.verify_clocks() == []


def test_a_poisoned_clock_does_not_stop_the_others(office, started):
    poisoned, well = started(), started()
    Clock.objects.filter(pk=of(poisoned).pk).update(seq=0)
    publish(office)
    assert sla.rebind_clocks(LATER) == 3
    assert of(well).calendar_version.no == 2


def test_the_sweep_asks_the_same_questions_for_one_clock_and_for_many_and_one_when_nothing_is_owed(office, started):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            sla.rebind_clocks(LATER)
        return len(captured)

    started()
    assert queries() == 1
    publish(office)
    first = queries()
    for _ in range(20):
        started()
    publish(office, off=OFF_2027 | {"2027-02-06": china.OFFICE_DAY})
    assert queries() <= first


def test_clocks_are_found_among_those_that_run_and_not_by_looking_at_all(office, started):
    incident = started()
    sla.stop(incident, Metric.RESPONSE, at=LATER, by=None)
    publish(office)
    old = of(incident, Metric.RESPONSE)
    Clock.objects.bulk_create([_copy(old, number) for number in range(1, 3000)])
    sql = rebinding.CLAIM.format(records=Incident._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sla_clock")
        cursor.execute(f"EXPLAIN {sql}", [old.content_type_id, list(rebinding.newer_lists()), 200])
        assert "sla_clock_on_calendar" in "\n".join(row[0] for row in cursor.fetchall())


def _copy(clock, number):
    return Clock(**{field.attname: getattr(clock, field.attname) for field in Clock._meta.fields} | {"id": None, "object_id": -number})


@pytest.mark.django_db(transaction=True)
def test_side_by_side_each_clock_moves_once(office, started):
    for _ in range(30):
        started()
    publish(office)
    moved = at_once(*[lambda: sla.rebind_clocks(LATER)] * 3)
    assert sum(moved) == 60
    assert all(kinds(clock) == ["start", "rebind_calendar"] for clock in Clock.objects.all())
    assert set(Incident.objects.values_list("next_due_at", flat=True)) == {local("2026-12-31T18:00")}
    assert sla.verify_clocks() == []


@pytest.mark.django_db(transaction=True)
def test_a_record_that_is_held_is_left_to_the_next_look_and_nobody_waits(office, started):
    held, free = started(), started()
    publish(office)
    with transaction.atomic():
        Incident.objects.locked(held.pk)
        assert at_once(lambda: sla.rebind_clocks(LATER)) == [2]
    assert (of(held).calendar_version.no, of(free).calendar_version.no) == (1, 2)
    assert sla.rebind_clocks(LATER) == 2


@pytest.mark.django_db(transaction=True)
def test_people_who_stop_and_sweeps_that_fire_meanwhile_lose_nothing(office, started):
    incidents = [started() for _ in range(20)]
    publish(office)

    def work():
        for incident in incidents:
            with transaction.atomic():
                locked = Incident.objects.locked(incident.pk)
                locked.next_due_at = sla.stop(locked, Metric.RESPONSE, at=LATER, by=None)
                locked.save()

    def rebind():
        return [sla.rebind_clocks(LATER) for _ in range(5)]

    answers = at_once(work, rebind, lambda: [sla.sweep(LATER) for _ in range(5)])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    sla.rebind_clocks(LATER)
    assert set(Incident.objects.values_list("next_due_at", flat=True)) == {local("2027-01-06T16:00")}
    assert sla.verify_clocks() == []


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_it_leaves_nothing_and_the_next_one_does_it_all(office, started):
    for _ in range(3):
        started()
    publish(office)
    with pytest.raises(KeyboardInterrupt):
        _killed()
    assert all(kinds(clock) == ["start"] for clock in Clock.objects.all())
    assert sla.rebind_clocks(LATER) == 6


def _killed():
    lists = rebinding.newer_lists()
    with transaction.atomic():
        rebinding.rebind(list(Clock.objects.with_terms().select_for_update(of=("self",))), lists, at=LATER)
        raise KeyboardInterrupt


def test_a_log_is_put_right_after_a_list_moved_its_clock(office, started, team_lead, service_manager):
    incident = started()
    sla.retarget(incident, priority=3, reason="misclassified", at=EVE + timedelta(minutes=10), by=None)
    version = publish(office)
    sla.rebind_clocks(LATER)
    correction = sla.propose_correction(of(incident), by=team_lead, kind="voided", reason="A slip.", line=2, at=LATER)
    sla.decide_correction(correction, by=service_manager, accepted=True, at=LATER)
    clock = of(incident)
    assert (clock.target_s, clock.calendar_version, clock.due_at) == (24 * 3600, version, local("2027-01-06T16:00"))
    assert sla.verify_clocks() == []
