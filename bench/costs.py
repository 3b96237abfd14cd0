"""What the database does for one idle sweep, for a sweep of many due clocks, and for one move of a clock."""

import contextlib
import importlib
import importlib.util
import statistics
import time
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from bench import armed
from incidents import services as incidents
from incidents.models import Incident
from itsm.core import clock
from sla import services as sla
from sla.models import AgreementVersion, Clock, Metric
from sla.services import timers

CHECKING = "sla.services.checking"
checking = importlib.import_module(CHECKING) if importlib.util.find_spec(CHECKING) else None
ROUNDS = 50
REPLY = "reply, the whole act"
WARM_UP = 5


class Watch:
    """Counts the statements of a block and adds up how long the database took for them, in seconds, the way there and back included."""

    def __init__(self):
        self.seconds, self.statements = 0.0, 0

    def __call__(self, execute, sql, params, many, context):
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.statements += 1


@contextlib.contextmanager
def watched():
    """`with watched() as watch`: a Watch over what the block asks of the database; commits are no statements and do not count."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch


def idle():
    """Milliseconds of an idle sweep: the statement that looks for due clocks as the server times it, and all that the task asks."""
    at, plans, tasks = clock.now(), [], []
    for _ in range(ROUNDS):
        with transaction.atomic():
            found = Clock.objects.due(at).select_for_update(skip_locked=True)[: timers.BATCH]
            plans.append(_server_time(found))
        with watched() as watch:
            sla.sweep()
            sla.next_fire_at(after=clock.now())
        tasks.append(watch.seconds * 1000)
    return {"statement_ms": statistics.median(plans), "task_ms": statistics.median(tasks), "statements": watch.statements}


def _server_time(found):
    """Planning and execution of a query as PostgreSQL times them, in milliseconds."""
    told = found.explain(analyze=True, format="text")
    return sum(float(line.split(":")[1].split()[0]) for line in told.splitlines() if line.startswith(("Planning Time", "Execution Time")))


def due(clocks):
    """A sweep of that many clocks when both their steps have passed: clocks moved, milliseconds of database time and in all."""
    loaded = armed.wave(clocks, due_in=timedelta(hours=1))
    at = datetime.fromisoformat(loaded["due_at"]) + timedelta(seconds=1)
    began = time.perf_counter()
    with watched() as watch:
        moved = sla.sweep(at)
    return {"clocks": moved, "database_ms": watch.seconds * 1000, "all_ms": (time.perf_counter() - began) * 1000}


def transitions(rounds):
    """`{act: {median_ms, p90_ms, statements}}` of the database's time for one move of a clock, on armed tickets, in turn."""
    kind = ContentType.objects.get_for_model(Incident)
    chosen = Clock.objects.filter(content_type=kind, priority=armed.FAR, metric=Metric.RESPONSE, state="running", customer__code=armed.CODE)
    records = list(Incident.objects.filter(pk__in=chosen.order_by("-pk").values("object_id")[: rounds + WARM_UP]))
    taken = {name: [] for name in MOVES}
    for number, record in enumerate(records):
        for name, move in MOVES.items():
            with transaction.atomic(), watched() as watch:
                move(record)
            if number >= WARM_UP:
                taken[name].append((watch.seconds * 1000, watch.statements))
    return {name: _summary(found) | {"move": name != REPLY} for name, found in taken.items() if found}


def _summary(found):
    times = [ms for ms, _statements in found]
    return {"median_ms": statistics.median(times), "p90_ms": sorted(times)[int(len(times) * 0.9)], "statements": found[0][1]}


MOVES = {
    "stop response": lambda record: sla.stop(record, Metric.RESPONSE, by=record.assignee),
    "pause": lambda record: sla.pause(record, reason="waiting_customer_info", by=record.assignee),
    "resume": lambda record: sla.resume(record, by=record.assignee),
    "other priority": lambda record: sla.retarget(record, priority=armed.SOONER, reason="bench", by=record.assignee),
    "stop resolution": lambda record: sla.stop(record, Metric.RESOLUTION, by=record.assignee),
    "reopen": lambda record: sla.reopen(record, by=record.assignee),
    REPLY: lambda record: incidents.reply(record, by=record.assignee, body="We are on it."),
}


def promise_check():
    """Seconds of the promise check's first answer over every ticket, of the slowest move of a slider, and how many tickets.

    None while the product has no promise check.
    """
    if checking is None:
        return None
    version = AgreementVersion.objects.exclude(agreement__customer__code=armed.CODE).order_by("pk").first()
    targets = {(t.tier, t.priority, t.metric): t.seconds for t in version.targets.all()}
    first_s, found = _timed_check(version, None)
    moves = [_timed_check(version, {key: seconds * 2})[0] for key, seconds in targets.items()]
    return {"tickets": found.sample.tickets, "first_s": first_s, "move_s": max(moves)}


def _timed_check(version, seconds):
    began = time.perf_counter()
    found = checking.check(version, population="desk", seconds=seconds)
    return time.perf_counter() - began, found
