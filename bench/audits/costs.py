"""What rules and samples take, measured in this process."""

import dataclasses
import resource
import time

from django.urls import reverse

from audits import known, populations, sampling, services
from audits.models import Run
from incidents.models import Incident
from itsm.core import clock
from sla.models import Clock

MILLI = 1000
KIND, YEARS = "incidents", 3650


def judged():
    """Every rule over its whole population of ten years: seconds, records, exceptions, and by how much the process grew, MB."""
    chosen = [dataclasses.replace(rule, days=YEARS) for rule in known.rules().values()]
    before, began = _memory(), time.perf_counter()
    runs = services.run_all(chosen)
    taken = time.perf_counter() - began
    return {
        "rules": len(runs), "seconds": taken, "slowest_s": max(_seconds(run) for run in runs), "errors": sum(run.is_error for run in runs),
        "records": sum(run.population for run in runs), "failed": sum(run.failed for run in runs), "memory_mb": _memory() - before,
        "incidents": Incident.objects.count(), "clocks": Clock.objects.count(), "known": len(known.rules()),
    }  # fmt: skip


def _seconds(run):
    return (run.ended_at - run.started_at).total_seconds()


def largest():
    """The rule with the most exceptions: its address and how many they are."""
    run = Run.objects.order_by("-failed").first()
    return {"rule": run.rule, "failed": run.failed, "url": reverse("audits:rule", args=[run.rule])}


def drawn(rounds):
    """A sample of all incidents: `population` of them, `chosen`, and the seconds of each draw."""
    taken, at = [], clock.now()
    oldest = Incident.objects.order_by("contacted_at").values_list("contacted_at", flat=True).first()
    for number in range(rounds):
        began = time.perf_counter()
        rows = populations.population(KIND, oldest, at)
        sample = sampling.draw(rows, number)
        taken.append(time.perf_counter() - began)
    return {"population": sample.population, "chosen": len(sample.keys), "taken": taken}


def _memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
