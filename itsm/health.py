"""Is it alive (/healthz), and may work be sent to it (/readyz)? Answered before anything else can stand in the way."""

import functools
from datetime import timedelta

import redis
import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse, JsonResponse

from itsm import heartbeat
from sla import services as sla

log = structlog.get_logger(__name__)
WELL = "well"
OLDEST_HEARTBEAT = timedelta(seconds=30)


class HealthMiddleware:
    """Answers the two addresses before hosts, sessions and sign-in are looked at."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.answers = {"/healthz": alive, "/readyz": ready}

    def __call__(self, request):
        answer = self.answers.get(request.path)
        return answer() if answer else self.get_response(request)


def alive():
    """200 as long as this process answers."""
    return HttpResponse("alive\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def ready():
    """200 when every check is well, otherwise 503 naming those that are not."""
    checks = examine()
    failed = [name for name, state in checks.items() if state != WELL]
    answer = JsonResponse({"ready": not failed, "failed": failed, "checks": checks}, status=503 if failed else 200)
    answer.headers["Cache-Control"] = "no-store"
    answer._has_been_logged = True  # what failed is logged by its check; Django need not report the 503 as well
    return answer


def examine():
    """`{check: 'well' or one sentence}`; without a database the rest is not asked."""
    checks = {"database": _asked(database)}
    if checks["database"] == WELL:
        checks["migrations"] = _asked(migrations)
        checks["broker"] = _asked(broker)
        checks["worker"] = _asked(workers)
        checks["sweep"] = _asked(sweep)
    return checks


def database():
    """The database answers a question."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return WELL


def migrations():
    """Every migration that this code brings has been applied."""
    missing = _migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations())
    return f"{len(missing)} migrations are not applied, the first is {'.'.join(min(missing))}" if missing else WELL


def broker():
    """The broker accepts a connection."""
    with redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_connect_timeout=3, socket_timeout=3) as client:
        client.ping()
    return WELL


def workers():
    """For each queue, a worker has carried out a heartbeat within the last 30 seconds."""
    silent = heartbeat.silent_queues(OLDEST_HEARTBEAT)
    return f"no worker has been heard from for 30 seconds on: {', '.join(silent)}" if silent else WELL


def sweep():
    """The sweep of SLA clocks is not behind."""
    return sla.sweep_health() or WELL


@functools.cache
def _migrations_on_disk():
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _asked(check):
    try:
        return check()
    except Exception:
        log.exception("health check failed", check=check.__name__)
        if not connection.in_atomic_block:
            connection.close()  # the next check gets a new one
        return f"the {check.__name__} check failed; the log says why"
