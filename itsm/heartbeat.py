"""Signs of life of the workers, kept in the database (its cache table) where every web process sees them."""

from datetime import timedelta

from django.core.cache import cache

from itsm.core import clock

QUEUES = ("default", "timers")
KEPT_S = 3600


def beat(queue):
    """Leave word that a worker takes tasks from this queue."""
    cache.set(_key(queue), clock.now(), KEPT_S)


def silent_queues(longest: timedelta):
    """The queues from which no worker has been heard for longer than that."""
    now = clock.now()
    seen = cache.get_many([_key(queue) for queue in QUEUES])
    return [queue for queue in QUEUES if not (at := seen.get(_key(queue))) or now - at > longest]


def _key(queue):
    return f"heartbeat:{queue}"
