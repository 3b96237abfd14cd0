"""The one place that knows what time it is: the database's clock."""

import contextlib
from contextvars import ContextVar

from django.db import connection, models

_set = ContextVar("set", default=None)


def now():
    """The database's present instant (aware, UTC). Ask once per act, after taking the lock."""
    instant = _set.get()
    if instant is not None:
        return instant
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def given():
    """The instant set by `at()`, or None: then a query may ask the database's clock by itself."""
    return _set.get()


@contextlib.contextmanager
def at(instant):
    """Let `now()` answer `instant` inside the block (tests, replays)."""
    token = _set.set(instant)
    try:
        yield instant
    finally:
        _set.reset(token)


class ClockTimestamp(models.Func):
    """`clock_timestamp()` as a column default: when the row was really written."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()
    arity = 0
