"""/healthz says alive; /readyz says ready only when everything is, and names what is not."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection

from itsm import heartbeat
from itsm.core import clock

pytestmark = pytest.mark.django_db


def failed(client):
    answer = client.get("/readyz")
    assert answer.status_code == (503 if answer.json()["failed"] else 200)
    return answer.json()["failed"]


def test_alive_is_answered_to_anybody_under_any_name(client):
    answer = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.content) == (200, b"alive\n")


def test_a_missing_broker_and_silent_workers_are_named(client):
    assert failed(client) == ["broker", "worker"]


def test_a_worker_counts_while_its_heartbeat_is_younger_than_thirty_seconds(client):
    now = clock.now()
    with clock.at(now - timedelta(seconds=31)):
        for queue in heartbeat.QUEUES:
            heartbeat.beat(queue)
    with clock.at(now):
        assert "worker" in failed(client)
        heartbeat.beat("default")
        assert "timers" in client.get("/readyz").json()["checks"]["worker"]
        heartbeat.beat("timers")
        assert failed(client) == ["broker"]


def test_a_migration_that_is_not_applied_is_named(client):
    assert "migrations" not in failed(client)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'incidents'")
    assert "migrations" in failed(client)
    assert "incidents.0001" in client.get("/readyz").json()["checks"]["migrations"]


def test_a_cache_table_that_is_gone_does_not_break_the_answer(client, transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cache RENAME TO cache_elsewhere")
    try:
        assert "worker" in failed(client)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE cache_elsewhere RENAME TO cache")
        cache.clear()
