"""A clock waits for an agreed maintenance window only as long as the window is open, and goes on by itself (D5)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import kinds, services, tasks
from incidents.models import Incident
from itsm.calendars import services as calendars
from itsm.calendars.models import Calendar, Purpose
from itsm.core import clock as time
from itsm.core.errors import Refused
from itsm.core.models import StepTaken
from itsm.notices.models import Notice
from sla import services as sla
from sla.models import Agreement, Clock, Metric
from tests.sla.conftest import LONG_AGO, minutes, published
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
NIGHTS = [part for day in range(7) for part in ([day, 0, 360], [day, 1320, 1440])]
"""22:00 to 06:00 in Shanghai, every night."""
OPENS, CLOSES = 13 * 60, 21 * 60
"""Minutes after nine on Monday morning."""
HOUR = 3600


@pytest.fixture
def windows(db):
    calendar = Calendar.objects.create(code="nights", name="夜间维护", name_en="Nights", purpose=Purpose.MAINTENANCE)
    calendars.publish(calendar, by=None, tz="Asia/Shanghai", mode="weekly", weekly=NIGHTS, at=LONG_AGO)
    return calendar


@pytest.fixture
def agreed(customer, service, calendars_of_the_house, windows):
    """Round the clock a response in four hours and a repair in sixteen; the clock may wait for maintenance at night."""
    always, _office = calendars_of_the_house
    targets = {("core", 3, "response"): (4 * HOUR, always), ("core", 3, "resolution"): (16 * HOUR, always)}
    agreement = Agreement.objects.create(customer=customer, service=service, name="SLA-M")
    reasons = ["agreed_maintenance_window", "waiting_customer_info"]
    return published(agreement, targets, pause_reasons=reasons, maintenance_calendar=windows)


@pytest.fixture
def waiting(agreed, log, engineer):
    """Accepted at ten past nine, waiting since 23:00 for the window that closes at six."""
    accepted = services.accept(log(), by=engineer, at=minutes(10))
    return wait(accepted, engineer)


def wait(incident, by, at=OPENS + 60, reason="agreed_maintenance_window"):
    return services.wait(incident, by=by, reason=reason, body="We work on it tonight.", at=minutes(at))


def of(incident):
    return Clock.objects.about(incident).get(metric=Metric.RESOLUTION)


def test_it_goes_on_by_itself_at_the_end_of_the_window_over_midnight(waiting, engineer):
    assert waiting.window_ends_at == minutes(CLOSES)
    assert services.sweep_windows(minutes(CLOSES - 1)) == 0
    assert services.sweep_windows(minutes(CLOSES)) == 1
    incident, clock = Incident.objects.get(pk=waiting.pk), of(waiting)
    assert (incident.status, incident.waiting_reason, incident.window_ends_at, incident.wait_at) == ("in_progress", "", None, None)
    assert (clock.state, clock.due_at) == ("running", minutes(CLOSES + 2 * 60))
    assert incident.next_due_at == clock.due_at
    assert Notice.objects.get(kind=kinds.WINDOW_OVER).person == engineer
    assert services.sweep_windows(minutes(CLOSES + 1)) == 0
    assert sla.verify_clocks() == []


def test_however_late_the_sweep_comes_the_clock_runs_from_the_windows_end(waiting):
    services.sweep_windows(minutes(CLOSES + 600))
    line = of(waiting).events.get(kind="resume")
    assert (line.effective_at, line.actor) == (minutes(CLOSES), None)
    assert StepTaken.objects.about(waiting).get(step="resume").effective_at == minutes(CLOSES)
    sla.sweep(minutes(CLOSES + 601))
    assert of(waiting).breached_at == minutes(CLOSES + 120)
    assert sla.verify_clocks() == []


@pytest.mark.parametrize("act", ["resume", "answer"])
def test_who_goes_on_before_the_sweep_gains_no_time(waiting, engineer, contact, act):
    at = minutes(CLOSES + 30)
    if act == "resume":
        services.resume(waiting, by=engineer, at=at)
    else:
        services.answer(waiting, by=contact, body="It works again.", at=at)
    assert of(waiting).due_at == minutes(CLOSES + 120)
    assert services.sweep_windows(at) == 0
    assert sla.verify_clocks() == []


def test_another_priority_after_the_window_finds_the_clock_running(waiting, engineer, agent):
    services.reprioritise(waiting, by=agent, impact=1, urgency=2, reason="Others, too.", at=minutes(CLOSES + 30))
    assert of(waiting).events.get(kind="resume").effective_at == minutes(CLOSES)
    assert Incident.objects.get(pk=waiting.pk).status == "in_progress"
    assert sla.verify_clocks() == []


def test_who_goes_on_within_the_window_goes_on_then(waiting, engineer):
    services.resume(waiting, by=engineer, at=minutes(OPENS + 120))
    assert of(waiting).due_at == minutes(16 * 60 + 60)
    assert services.sweep_windows(minutes(CLOSES)) == 0


def test_with_nobody_to_hold_it_it_goes_to_the_queue(waiting, engineer, service_manager):
    Incident.objects.filter(pk=waiting.pk).update(assignee=None)
    assert services.sweep_windows(minutes(CLOSES)) == 1
    assert Incident.objects.get(pk=waiting.pk).status in ("new", "assigned")
    assert of(waiting).state == "running"


def test_other_reasons_and_agreements_without_windows_wait_on(waiting, agreed, log, engineer, customer, service, calendars_of_the_house):
    services.resume(waiting, by=engineer, at=minutes(OPENS + 61))
    assert wait(waiting, engineer, at=OPENS + 62, reason="waiting_customer_info").window_ends_at is None
    sla.end_agreement(agreed.agreement, by=None, at=minutes(OPENS + 63))
    always, _office = calendars_of_the_house
    targets = {("core", 3, "response"): (4 * HOUR, always), ("core", 3, "resolution"): (16 * HOUR, always)}
    published(Agreement.objects.create(customer=customer, service=service, name="SLA-N"), targets)
    without = services.accept(log(at=minutes(OPENS + 64)), by=engineer, at=minutes(OPENS + 65))
    assert wait(without, engineer, at=OPENS + 66).window_ends_at is None
    assert services.sweep_windows(minutes(10_000)) == 0
    assert {of(waiting).state, of(without).state} == {"paused"}


def test_a_second_window_is_waited_for_only_once_it_is_open(waiting, engineer):
    services.sweep_windows(minutes(CLOSES))
    with pytest.raises(Refused, match="the next one begins 2026-09-29 14:00"):
        wait(waiting, engineer, at=CLOSES + 1)
    assert wait(waiting, engineer, at=OPENS + 24 * 60).window_ends_at == minutes(CLOSES + 24 * 60)


def test_one_poisoned_row_does_not_stop_the_others_and_an_idle_sweep_is_one_question(waiting, log, engineer):
    other = services.accept(log(), by=engineer, at=minutes(20))
    wait(other, engineer)
    Clock.objects.filter(pk=of(waiting).pk).update(seq=0)
    with time.at(minutes(CLOSES)):
        assert tasks.sweep_windows() == 1
    assert (of(waiting).state, of(other).state) == ("paused", "running")
    Clock.objects.filter(pk=of(waiting).pk).update(seq=2)
    services.sweep_windows(minutes(CLOSES))
    with CaptureQueriesContext(connection) as captured:
        assert services.sweep_windows(minutes(CLOSES)) == 0
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 1


@pytest.mark.django_db(transaction=True)
def test_side_by_side_it_goes_on_once(waiting):
    answers = at_once(*[lambda: services.sweep_windows(minutes(CLOSES))] * 3)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert of(waiting).events.filter(kind="resume").count() == 1
    assert Notice.objects.filter(kind=kinds.WINDOW_OVER).count() == 1
