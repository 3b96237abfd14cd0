"""The heartbeat: its page, the red bar, the figures for Prometheus."""

from datetime import timedelta

import pytest
from rest_framework.authtoken.models import Token

from itsm import heartbeat, pulse
from itsm.core import clock as time
from sla import services as sla
from sla.models import Clock
from tests.sla.conftest import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
BACKEND = "itsm.people.backends.SignInBackend"


@pytest.fixture(autouse=True)
def _mail_goes(settings):
    settings.MAIL_CONFIGURED = True


@pytest.fixture
def beating(db):
    """Workers of every queue were heard a moment ago."""
    for queue in heartbeat.QUEUES:
        heartbeat.beat(queue)


@pytest.fixture
def late(agreement, make_incident):
    """A step that is 40 seconds overdue at 09:08:10."""
    sla.start(make_incident(3), by=None, priority=3)
    return MONDAY + timedelta(minutes=7.5, seconds=40)


def beat_at(at):
    with time.at(at):
        for queue in heartbeat.QUEUES:
            heartbeat.beat(queue)


def shown(client, person, address="/notices/"):
    client.force_login(person, backend=BACKEND)
    return client.get(address).content.decode()


def test_when_the_sweep_is_late_managers_see_a_red_bar_on_every_page_and_nobody_else(client, late, service_manager, engineer):
    beat_at(late)
    with time.at(late):
        assert "The clocks are behind: the oldest step waits for 40 s." in shown(client, service_manager)
        assert "The clocks are behind" not in shown(client, engineer)
        sla.sweep(late)
        assert "c-banner" not in shown(client, service_manager)


def test_half_a_minute_is_not_late(client, late, service_manager):
    at = late - timedelta(seconds=11)
    beat_at(at)
    with time.at(at):
        assert "c-banner" not in shown(client, service_manager)


def test_a_worker_not_heard_for_half_a_minute_is_a_red_bar(client, beating, service_manager, team_lead):
    assert "c-banner" not in shown(client, service_manager)
    with time.at(MONDAY + timedelta(seconds=31)):
        assert "No worker has been heard from for 30 seconds: default, timers" in shown(client, service_manager)
        assert "No worker has been heard from" in shown(client, team_lead)


def test_the_question_takes_three_queries(beating, django_assert_num_queries):
    with django_assert_num_queries(3):
        pulse._asked()


def test_the_page_shows_lag_beats_punctuality_and_runs(client, late, service_manager, engineer, administrator):
    beat_at(late)
    with time.at(late):
        page = shown(client, service_manager, "/sla/heartbeat/")
        assert "40 s" in page
        assert "No step fired within the last 24 hours." in page
        assert "It has not run yet." in page
        sla.sweep(late)
        sla.run_verification()
        page = shown(client, administrator, "/sla/heartbeat/")
        assert "of 1 steps" in page
        assert 'class="t-green">none' in page
        client.force_login(engineer, backend=BACKEND)
        assert client.get("/sla/heartbeat/").status_code == 403


def test_the_page_reads_itself_again(client, service_manager):
    client.force_login(service_manager, backend=BACKEND)
    part = client.get("/sla/heartbeat/", headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div id="pulse"')
    assert 'hx-trigger="every 5s"' in part


def test_lags_are_counted_over_a_day(late):
    sla.sweep(late)
    lags = sla.pulse(late).lags
    assert (lags.fires, lags.late, lags.p50, lags.most, lags.punctual) == (1, 1, 40.0, 40.0, 0.0)
    assert sla.pulse(late + timedelta(days=2)).lags.fires == 0


def test_the_pulse_takes_four_queries(late, django_assert_num_queries):
    with django_assert_num_queries(4):
        now = sla.pulse(late)
    assert (now.lag_s, now.overdue, now.provisional, now.drifts) == (40.0, 1, 0, 0)
    Clock.objects.update(due_provisional=True)
    assert sla.pulse(late).provisional == 2


def test_prometheus_reads_the_same_figures(client, late, administrator):
    headers = {"Authorization": f"Token {Token.objects.create(user=administrator).key}"}
    with time.at(late):
        lines = client.get("/metrics", headers=headers).content.decode().splitlines()
        assert {"sla_sweep_lag_seconds 40.0", "sla_steps_overdue 1.0", "sla_clocks_provisional 0.0", "sla_drifts 0.0"} <= set(lines)
        sla.sweep(late)
        lines = client.get("/metrics", headers=headers).content.decode().splitlines()
    assert {'sla_fire_lag_seconds{quantile="0.99"} 40.0', "sla_sweep_lag_seconds 0.0"} <= set(lines)
