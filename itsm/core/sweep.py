"""Work that is owed: claim a batch, act on it, go on until nothing is left."""

import contextlib
import time

import structlog
from django.db import connection, transaction

log = structlog.get_logger(__name__)
FIRST_BATCH = 50
A_MOMENT_S = 0.06


class Pace:
    """How many rows a batch takes: few at first, then twice as many each time while a batch takes but a moment, half as many when longer.

    So a process that is killed throws little away, and one that is left alone works in bulk. Never fewer than at first: a batch
    costs something whatever its size.
    """

    def __init__(self, most):
        self.most, self.least = most, min(most, FIRST_BATCH)
        self.size = self.least

    def took(self, seconds):
        """A batch of this size took so long."""
        if seconds > A_MOMENT_S:
            self.size = max(self.least, self.size // 2)
        elif seconds < A_MOMENT_S / 2:
            self.size = min(self.most, self.size * 2)


def sweep(claim, act, *, batch=200, limit=10_000):
    """Run `act(rows)` over batches that `claim(most)` selects with `FOR UPDATE SKIP LOCKED`, at most `batch` rows each; return how many.

    One transaction a batch. If a batch fails it is taken row by row, so that one poisoned row is logged and
    passed over instead of stopping the rest. Safe to run twice, late, or side by side.
    """
    done, poisoned, pace = 0, set(), Pace(batch)
    while done < limit:
        began = time.monotonic()
        try:
            with transaction.atomic():
                rows = [row for row in claim(pace.size + len(poisoned)) if row.pk not in poisoned]
                if not rows:
                    return done
                act(rows)
        except Exception:
            log.exception("sweep batch failed", act=getattr(act, "__name__", str(act)))
            done += _one_by_one(claim, act, pace.size, poisoned)
            continue
        done += len(rows)
        pace.took(time.monotonic() - began)
    return done


def _one_by_one(claim, act, batch, poisoned):
    """Act on each row of a batch alone; remember those that fail."""
    with transaction.atomic():
        keys = [row.pk for row in claim(batch + len(poisoned)) if row.pk not in poisoned]
    done = 0
    for key in keys:
        try:
            with transaction.atomic():
                rows = [row for row in claim(batch + len(poisoned)) if row.pk == key]
                if rows:
                    act(rows)
                    done += 1
        except Exception:
            poisoned.add(key)
            log.exception("sweep row failed", row=key)
    return done


def each(rows, act):
    """Run `act(row)` for every row, each in the transaction of its own verb; return how many went well.

    One that fails is logged and passed over instead of stopping the rest.
    """
    done = 0
    for row in rows:
        try:
            act(row)
            done += 1
        except Exception:
            log.exception("sweep row failed", act=getattr(act, "__name__", str(act)), row=row.pk)
    return done


@contextlib.contextmanager
def alone(number):
    """Hold the database's lock of this number inside the block, if nobody holds it; tell whether we do. Never waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        is_alone = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
