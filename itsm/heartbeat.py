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
    return [queue for queue, at in last_beats().items() if at is None or now - at > longest]


def last_beats():
    """`{queue: when a worker of it was last heard, or None}`; what is older than an hour is forgotten. One query."""
    seen = cache.get_many([_key(queue) for queue in QUEUES])
    return {queue: seen.get(_key(queue)) for queue in QUEUES}


def _key(queue):
    return f"heartbeat:{queue}"
