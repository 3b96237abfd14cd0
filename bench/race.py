"""People who stop clocks in the very moment they fall due, and what the clocks say of it afterwards."""

import random
import sys
import time
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from bench.armed import WAVE_S
from incidents.models import Incident
from itsm.core import clock
from sla import log
from sla import services as sla
from sla.models import Clock, Metric

AROUND_S = 0.25


def stop_all(part, parts):
    """Say that we are ready, be told the first and the last ticket, and stop every `parts`-th around its due time.

    Each within a quarter of a second; how many, and how late at the worst.
    """
    print("ready", flush=True)
    first, last = map(int, sys.stdin.readline().split())
    worst, stopped = 0.0, 0
    for moment, record in _planned(first, last, part, parts):
        early = (moment - clock.now()).total_seconds()
        if early > 0:
            time.sleep(early)
        worst = max(worst, -early)
        with transaction.atomic():
            sla.stop(Incident.objects.locked(record.pk), Metric.RESOLUTION, by=record.assignee)
        stopped += 1
    return {"stopped": stopped, "worst_s": worst}


def _planned(first, last, part, parts):
    """`[(moment, ticket)]` of one person's stops, in their order."""
    chance = random.Random(part)
    records = Incident.objects.filter(pk__range=(first, last)).order_by("contacted_at", "pk").select_related("assignee")[part::parts]
    planned = [(record.contacted_at + timedelta(seconds=WAVE_S + chance.uniform(-AROUND_S, AROUND_S)), record) for record in records]
    return sorted(planned, key=lambda stop: stop[0])


def drifted(first, last):
    """How many clocks of these tickets differ from their log."""
    kind = ContentType.objects.get_for_model(Incident)
    chosen = Clock.objects.filter(content_type=kind, object_id__range=(first, last)).order_by("pk").prefetch_related("events")
    return sum(bool(sla.drifted(found)) for found in log.attached(chosen))
