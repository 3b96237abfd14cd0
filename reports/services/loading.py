"""Histories of many incidents at once: a fixed number of statements, however many they are."""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType

from incidents.models import Incident, Message
from itsm.core.models import StepTaken
from reports.deriving import History, Promise, Step
from sla import ledger, log
from sla.clockwork import CORRECT, PAUSE
from sla.models import Clock, ClockEvent, ClockFire

OWN = (
    "id", "customer_id", "service_id", "team_id", "assignee_id", "priority", "service__criticality", "contacted_at", "logged_at",
    "resolved_at", "resolved_by_id", "reassign_count", "reopen_count", "closing_kind", "closed_at", "rating",
)  # fmt: skip
CLOCK = (
    "id", "metric", "state", "target_s", "tier", "contacted_at", "elapsed_us", "stopped_at", "decided_at", "final_at", "outcome",
    "breach_cause", "corrected",
)  # fmt: skip


def histories(ids):
    """`[History]` of the incidents with these ids, in seven statements; two more when a clock of theirs ever waited."""
    kind = ContentType.objects.get_for_model(Incident)
    found = {row[0]: History(*row) for row in Incident.objects.filter(pk__in=ids).values_list(*OWN)}
    taken = StepTaken.objects.filter(content_type=kind, object_id__in=ids).order_by("object_id", "seq")
    for pk, *step in taken.values_list("object_id", "step", "target", "effective_at", "details"):
        found[pk].steps.append(Step(*step))
    wrote = Message.objects.public().filter(incident__in=ids, from_customer=True)
    for pk, sent_at in wrote.values_list("incident_id", "sent_at"):
        if sent_at > found[pk].logged_at:
            found[pk].messages.append(sent_at)
    for pk, promise in _promises(kind, ids):
        found[pk].promises.append(promise)
    return list(found.values())


def _promises(kind, ids):
    """`(incident id, Promise)` of all clocks, in the order of their cycles."""
    rows = list(Clock.objects.filter(content_type=kind, object_id__in=ids).order_by("id").values_list("object_id", *CLOCK))
    fires = defaultdict(list)
    kept = ClockFire.objects.filter(clock__in=[row[1] for row in rows]).order_by("id")
    for clock, *fire in kept.values_list("clock_id", "id", "scheduled_for", "fired_at"):
        fires[clock].append(tuple(fire))
    held = _held([row[1] for row in rows])
    return [(pk, Promise(key, *clock, held_us=held.get(key, 0), fires=tuple(fires[key]))) for pk, key, *clock in rows]


def _held(clocks):
    """`{clock id: service time paused, microseconds}` of those that ever waited, from their logs as they count."""
    waited = set(ClockEvent.objects.filter(clock__in=clocks, kind__in=[PAUSE, CORRECT]).values_list("clock_id", flat=True))
    if not waited:
        return {}
    lines = defaultdict(list)
    for line in ClockEvent.objects.filter(clock__in=waited).order_by("clock_id", "seq"):
        lines[line.clock_id].append(line)
    metrics = dict(Clock.objects.filter(pk__in=waited).values_list("pk", "metric"))
    told = [line.payload for kept in lines.values() for line in kept]
    agreements = log.agreement_versions({payload.get("agreement_version") for payload in told} - {None})
    calendars = log.calendar_versions({payload.get("calendar_version") for payload in told} - {None})
    return {
        pk: _paused([log.event_of(line, metrics[pk], agreements, calendars) for line in kept]) for pk, kept in lines.items()
    }  # fmt: skip


def _paused(events):
    """Service time in the spans that waited, microseconds; one that still waits is counted until its last line."""
    life = ledger.live(events, events[-1].at)
    held = sum((span.service_time() for span in life.spans if span.kind == ledger.HOLD), ledger.NOTHING)
    return held // ledger.MICROSECOND
