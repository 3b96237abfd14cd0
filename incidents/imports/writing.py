"""Writes replayed incidents in bulk: the one way round the services, with the same rows they would leave."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.search import SearchVector
from django.db import connection, transaction
from django.db.models import Value

from incidents.imports.copying import copy
from incidents.imports.replay import Replay
from incidents.models import Incident, SearchText
from itsm.core import trail
from itsm.core.models import StepTaken
from itsm.core.wordsearch import indexed
from sla import log
from sla.models import Clock


@dataclass
class Batch:
    """Rows that belong together, in the order in which they are written."""

    incidents: list = field(default_factory=list)
    steps: list = field(default_factory=list)
    clocks: list = field(default_factory=list)
    events: list = field(default_factory=list)
    words: list = field(default_factory=list)


def write(replays: Iterable[Replay], *, at, by, source):
    """Write what was replayed in one transaction, under one name in the trail; returns the Batch.

    Timers are not armed and nobody is told: what happened elsewhere was told there.
    """
    with trail.acting(by=by, step="import", reason=source), transaction.atomic():
        batch = _gathered(list(replays), at)
        Incident.objects.bulk_create(batch.incidents)
        copy(StepTaken, batch.steps)
        copy(Clock, batch.clocks)
        log.insert(batch.events)
        SearchText.objects.bulk_create(batch.words)
    return batch


def _gathered(replays, at):
    batch, kind = Batch(), ContentType.objects.get_for_model(Incident)
    ids, numbers = _next("incidents_incident_id_seq", len(replays)), _next("incidents_number", len(replays))
    clock_ids = _next("sla_clock_id_seq", sum(len(replay.timers) for replay in replays))
    for replay in replays:
        incident = replay.incident
        incident.pk, incident.number = next(ids), next(numbers)
        batch.incidents.append(incident)
        batch.steps += _steps(incident, kind)
        batch.words.append(_words(incident))
        for timer in replay.timers:
            clock = _clock(next(clock_ids), incident, timer, kind)
            batch.clocks.append(clock)
            batch.events += _lines(clock, timer, at)
        incident.next_due_at = _next_due(replay.timers)
    return batch


def _next(sequence, wanted):
    """The next values of a sequence: everything that points at a row is made before the row is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, wanted])
        return iter([row[0] for row in cursor.fetchall()])


def _steps(incident, kind):
    steps = incident.__dict__.pop("_queued_steps", [])
    for taken in steps:
        taken.content_type, taken.object_id = kind, incident.pk
    return steps


def _words(incident):
    return SearchText(incident=incident, words=SearchVector(Value(indexed(f"{incident.title} {incident.description}")), config="simple"))


def _clock(pk, incident, timer, kind):
    told = timer.payload
    clock = Clock(
        pk=pk, content_type=kind, object_id=incident.pk, metric=timer.metric, customer_id=incident.customer_id,
        service_id=incident.service_id, tier=told["tier"], priority=told["priority"], contacted_at=incident.contacted_at,
        agreement_version_id=told["agreement_version"], calendar_version_id=told["calendar_version"], target_s=told["target_s"],
        pause_reason=timer.pause_reason,
    )  # fmt: skip
    for name in log.FOLDED:
        setattr(clock, name, getattr(timer.state, name))
    return clock


def _lines(clock, timer, at):
    lines = []
    for event, by, reason, payload in timer.events:
        lines += log.lines(clock, [event], recorded_at=at, by=by, reason=reason, payload=payload, seq=len(lines))
    return lines


def _next_due(timers):
    return min((timer.state.due_at for timer in timers if timer.state.due_at and timer.state.state == "running"), default=None)
