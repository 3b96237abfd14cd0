"""How the carrying out of a change looks: each step of the plan with its planned and its real times."""

import dataclasses
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from changes import rules
from changes.models import Kind, Status, StepRun
from changes.models.change import ENDED
from changes.services import gate
from itsm.core import clock
from itsm.core.models import StepTaken

REVIEW_WHY = {
    "high_risk": _("high risk"),
    "emergency": _("emergency"),
    "failed_step": _("a step failed"),
    "first_run": _("first run of its model"),
    "outside_window": _("outside its window"),
}
"""Why a change has to be looked back on, as `services.implement` names it."""


SHOWN = (Status.APPROVED, Status.SCHEDULED, Status.IMPLEMENTING, *ENDED, Status.CLOSED)
WORDED = ("start", "start_unapproved", "implement", "back_out", "look_back", "confirm_items", "settle")


@dataclasses.dataclass(frozen=True)
class Line:
    """One step: its words, when it was to be done and when it was, and what may be ticked now."""

    no: int
    words: str
    minutes: int
    planned_from: datetime | None
    planned_until: datetime | None
    run: StepRun | None
    is_next: bool

    @property
    def is_running(self):
        return self.run is not None and self.run.finished_at is None

    @property
    def seconds(self):
        return self.minutes * 60

    @property
    def took(self):
        """Seconds that it really took, None while it has no end."""
        over = self.run is not None and self.run.finished_at is not None and self.run.result != "skipped"
        return (self.run.finished_at - self.run.started_at).total_seconds() if over else None

    @property
    def longer(self):
        """Seconds that it took longer than planned (less: negative), to the minute."""
        return None if self.took is None else round((self.took - self.seconds) / 60) * 60

    @property
    def was(self):
        """What the step was called when it was carried out, where the plan says something else by now."""
        return self.run.words if self.run is not None and self.run.words not in ("", self.words) else ""


def lines(change, runs):
    """A Line for each step of the plan; planned from the real start, before that from the window's beginning."""
    by_no = {run.no: run for run in runs}
    begins = change.started_at or change.starts_at
    coming = next((no for no in range(1, len(change.plan) + 1) if no not in by_no or by_no[no].finished_at is None), None)
    found = []
    for no, step in enumerate(change.plan, start=1):
        ends = begins + timedelta(minutes=step["minutes"]) if begins else None
        found.append(Line(no, step["words"], step["minutes"], begins, ends, by_no.get(no), no == coming))
        begins = ends
    return found


def may_tick(person, change):
    """Whether the ticking buttons are shown to somebody."""
    return change.status == Status.IMPLEMENTING and rules.may_implement(person, change)


def may_note(person, change):
    """Whether steps of an emergency may be written down afterwards: its plan may be completed while it is done and after."""
    under_way = change.status in (Status.IMPLEMENTING, *ENDED)
    return change.kind == Kind.EMERGENCY and under_way and rules.may_implement(person, change)


def carrying_out(change, person):
    """The plan with its real times and what may be ticked; two queries, and before it begins those of what keeps it from beginning."""
    if change.status not in SHOWN:
        return None
    runs = list(change.runs.select_related("by", "ended_by"))
    told = StepTaken.objects.about(change).filter(step__in=WORDED).select_related("by").order_by("seq")
    taken = {step.step: step for step in told}
    waits = change.status == Status.SCHEDULED or (change.status == Status.APPROVED and change.kind == Kind.EMERGENCY)
    planned = lines(change, runs)
    return {
        "lines": planned,
        "extra": [run for run in runs if run.no > len(planned)],
        "begun": taken.get("start") or taken.get("start_unapproved"),
        "ended": taken.get("back_out") or taken.get("implement"),
        "was_backed_out": "back_out" in taken,
        "obstacles": gate.obstacles(change, clock.now()) if waits else [],
        "may_tick": may_tick(person, change),
        "done": sum(1 for line in planned if line.run is not None and line.run.finished_at is not None),
    }
