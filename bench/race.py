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
    chance, worst, stopped = random.Random(part), 0.0, 0
    records = list(Incident.objects.filter(pk__range=(first, last)).order_by("contacted_at", "pk").select_related("assignee")[part::parts])
    for record in records:
        moment = record.contacted_at + timedelta(seconds=WAVE_S + chance.uniform(-AROUND_S, AROUND_S))
        early = (moment - clock.now()).total_seconds()
        if early > 0:
            time.sleep(early)
        worst = max(worst, -early)
        with transaction.atomic():
            sla.stop(Incident.objects.locked(record.pk), Metric.RESOLUTION, by=record.assignee)
        stopped += 1
    return {"stopped": stopped, "worst_s": worst}


def drifted(first, last):
    """How many clocks of these tickets differ from their log."""
    kind = ContentType.objects.get_for_model(Incident)
    chosen = Clock.objects.filter(content_type=kind, object_id__range=(first, last)).order_by("pk").prefetch_related("events")
    return sum(bool(sla.drifted(found)) for found in log.attached(chosen))
