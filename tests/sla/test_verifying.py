"""The verifier finds what somebody altered behind the product's back, tells it, and repairs nothing (K11)."""

from datetime import timedelta

import pgtrigger
import pytest
from django.core.management import CommandError, call_command

from itsm.notices.models import Notice
from itsm.notices.wording import mail, subject
from sla import services as sla
from sla import tasks
from sla.models import Clock, ClockEvent, Metric, Verification
from tests.sla.conftest import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def incident(agreement, make_incident):
    made = make_incident(3)
    sla.start(made, by=None, priority=3)
    return made


def clock_of(incident, metric=Metric.RESPONSE):
    return Clock.objects.about(incident).get(metric=metric)


def night(days=1):
    return MONDAY + timedelta(days=days)


def test_a_run_writes_down_how_many_clocks_it_read_and_that_all_was_well(incident):
    run = sla.run_verification(at=night())
    assert (run.clocks, run.drifts, Verification.objects.count()) == (2, [], 1)
    assert Notice.objects.filter(kind="sla.drift").count() == 0
    assert sla.alarms(at=MONDAY) == []


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"elapsed_us": 5}, "elapsed_us"),
        ({"target_s": 99_999}, "terms"),
        ({"next_fire_at": None}, "next_fire_at"),
        ({"steps_fired": 4}, "steps_fired"),
        ({"last_hash": "0" * 64}, "last_hash"),
    ],
)
def test_a_tampered_clock_is_found_told_and_left_as_it_is(incident, service_manager, columns, named):
    Clock.objects.filter(pk=clock_of(incident).pk).update(**columns)
    run = sla.run_verification(at=night())
    assert [(drift["record"], drift["metric"]) for drift in run.drifts] == [(incident.shown_number, "response")]
    assert named in run.drifts[0]["what"]
    notice = Notice.objects.get(kind="sla.drift")
    assert (notice.person, subject(notice)) == (service_manager, "1 clock differs from its log")
    assert f"{incident.shown_number} response: " in mail(notice).body
    assert all(getattr(clock_of(incident), name) == value for name, value in columns.items())


def test_a_tampered_event_is_found(incident, service_manager):
    with pgtrigger.ignore():
        ClockEvent.objects.filter(clock=clock_of(incident)).update(effective_at=MONDAY - timedelta(hours=1))
    what = sla.run_verification(at=night()).drifts[0]["what"]
    assert "line 1" in what
    assert "seg_started_at" in what


def test_a_log_that_cannot_be_is_a_difference_and_no_accident(incident, service_manager):
    with pgtrigger.ignore():
        ClockEvent.objects.filter(clock=clock_of(incident)).update(kind="stop")
    assert sla.run_verification(at=night()).drifts[0]["what"] == ["line 1", "impossible log: stop can't be event 1"]


def test_the_alarm_stays_until_a_later_run_is_clean_even_for_a_closed_clock(incident, service_manager):
    sla.close(incident, at=MONDAY + timedelta(minutes=5), by=None)
    honest = clock_of(incident).elapsed_us
    Clock.objects.filter(pk=clock_of(incident).pk).update(elapsed_us=1)
    for days in (1, 2, 3):
        assert len(sla.run_verification(at=night(days)).drifts) == 1
        assert "differ from their log: 1" in sla.alarms(at=MONDAY)[0]
    Clock.objects.filter(pk=clock_of(incident).pk).update(elapsed_us=honest)
    assert sla.run_verification(at=night(4)).drifts == []
    assert sla.alarms(at=MONDAY) == []


def test_within_thirty_nights_every_closed_clock_is_read_missed_nights_too(agreement, make_incident):
    for _ in range(20):
        made = make_incident(3)
        sla.start(made, by=None, priority=3)
        sla.close(made, at=MONDAY + timedelta(minutes=5), by=None)
    sla.run_verification(at=night(0))
    nights = [sla.run_verification(at=night(days)).clocks for days in range(1, 31) if days not in (7, 8)]
    assert sum(nights) == 40
    assert max(nights) <= 6


def test_memory_stays_flat_in_batches(agreement, make_incident, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("sla.services.verifying.BATCH", 5)
    for _ in range(10):
        sla.start(make_incident(3), by=None, priority=3)
    with django_assert_max_num_queries(35):
        assert sla.run_verification(at=night()).clocks == 20


def test_the_task_and_the_command_run_it(incident, service_manager, capsys):
    assert tasks.verify_clocks() == 0
    call_command("verify_clocks", "--all")
    assert "2 clocks folded anew" in capsys.readouterr().out
    Clock.objects.filter(pk=clock_of(incident).pk).update(elapsed_us=5)
    with pytest.raises(CommandError):
        call_command("verify_clocks")
    assert f"{incident.shown_number} response" in capsys.readouterr().out
    assert tasks.verify_clocks() == 1
