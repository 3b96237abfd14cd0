"""The metrics of tickets computed a second way: plain Python over steps, log lines, fires and messages; shares nothing with `reports`."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

from django.contrib.contenttypes.models import ContentType

from incidents.models import Incident, Message
from itsm.calendars.models import CalendarVersion
from itsm.calendars.worktime import Hours
from itsm.core.models import StepTaken
from itsm.people.zones import company_zone
from sla.models import Clock, ClockEvent, ClockFire

NONE = timedelta(0)


def month(at):
    """The first day of the company's month of an instant."""
    return at.astimezone(ZoneInfo(company_zone())).date().replace(day=1)


@dataclass
class Told:
    """A clock read from its log, line by line."""

    metric: str
    used: timedelta = NONE
    held: timedelta = NONE
    since: object = None
    waiting: bool = False
    stopped_at: object = None
    broken_at: object = None
    excused: bool = False
    cancelled: bool = False
    target: int | None = None
    hours: Hours = field(default_factory=Hours.round_the_clock)


def told(metric, lines, calendars):
    """The Told of a log without corrections."""
    clock = Told(metric)
    for line in lines:
        _pass(clock, line.effective_at)
        if line.kind in ("start", "retarget", "rebind_calendar"):
            clock.target = line.payload.get("target_s")
            known = calendars.get(line.payload.get("calendar_version"))
            clock.hours = known.hours() if known is not None and clock.target is not None else Hours.round_the_clock()
        if line.kind in ("start", "resume", "reopen"):
            clock.since, clock.waiting, clock.stopped_at = line.effective_at, False, None
        elif line.kind == "pause":
            clock.since, clock.waiting = line.effective_at, True
        elif line.kind == "stop":
            clock.since, clock.stopped_at = None, line.effective_at
        elif line.kind == "breach":
            clock.broken_at = line.effective_at
        clock.excused = clock.excused or line.kind == "excuse"
        clock.cancelled = clock.cancelled or line.kind == "cancel"
    return clock


def _pass(clock, at):
    if clock.since is None:
        return
    length = clock.hours.between(clock.since, max(at, clock.since))
    if clock.waiting:
        clock.held += length
    else:
        clock.used += length
    clock.since = max(at, clock.since)


class World:
    """Everything that happened, by incident."""

    def __init__(self):
        kind = ContentType.objects.get_for_model(Incident)
        self.incidents = list(Incident.objects.select_related("service"))
        self.steps, self.clocks, self.messages = defaultdict(list), defaultdict(list), defaultdict(list)
        for step in StepTaken.objects.filter(content_type=kind).order_by("object_id", "seq"):
            self.steps[step.object_id].append(step)
        for message in Message.objects.filter(visibility="public", from_customer=True):
            self.messages[message.incident_id].append(message.sent_at)
        calendars, lines = CalendarVersion.objects.in_bulk(), defaultdict(list)
        for line in ClockEvent.objects.order_by("clock_id", "seq"):
            lines[line.clock_id].append(line)
        for clock in Clock.objects.filter(content_type=kind).order_by("id"):
            self.clocks[clock.object_id].append(told(clock.metric, lines[clock.pk], calendars))
        self.fires = list(ClockFire.objects.all())

    def solved(self, incident):
        """When it was solved for the last time, or None while it is not."""
        at = None
        for step in self.steps[incident.pk]:
            at = step.effective_at if step.target == "resolved" else None if step.step == "reopen" else at
        return at

    def verdicts(self, metric):
        """`(incident, month, met)` of every promise decided; what was excused is None."""
        for incident in self.incidents:
            for clock in self.clocks[incident.pk]:
                if clock.metric != metric or clock.target is None or clock.cancelled:
                    continue
                if clock.broken_at:
                    yield incident, month(clock.broken_at), None if clock.excused else False
                elif clock.stopped_at:
                    yield incident, month(clock.stopped_at), True

    def spent(self, incident):
        """`{stage: seconds}` of one incident until it was closed."""
        found, status, handed, supplier = defaultdict(float), "logging", False, False
        since = incident.contacted_at
        for step in self.steps[incident.pk]:
            waits, works = ("handed_wait", "handed_work") if handed else ("first_wait", "first_work")
            fixed = {"logging": "logging", "resolved": "confirming", "waiting": "customer", "in_progress": works}
            where = fixed.get(status, waits)
            if supplier and where.endswith(("work", "wait")):
                where = "supplier"
            at = max(since, step.effective_at)
            found[where] += (at - since).total_seconds()
            since, status = at, "new" if step.step == "log" else step.target or status
            handed |= step.step in ("reassign", "transfer", "release", "hand_over")
            supplier = step.step == "ask_supplier" or (supplier and step.step not in ("supplier_answered", "resolve"))
        return found

    def first_contact(self, incident):
        """Whether it was solved by whoever took it first."""
        steps = self.steps[incident.pk]
        first = next((step.effective_at for step in steps if step.target == "resolved"), incident.resolved_at)
        if any(step.step in ("reassign", "transfer", "hand_over") for step in steps):
            return False
        if any(incident.logged_at < sent <= first for sent in self.messages[incident.pk]):
            return False
        return not any(step.step == "reopen" and step.effective_at <= first + timedelta(days=7) for step in steps)


def mean(values):
    """The mean, or None of nothing."""
    values = list(values)
    return fmean(values) if values else None


def percent(flags):
    """Percent of what is true, or None of nothing."""
    return mean(100.0 * bool(flag) for flag in flags)


def least(values, share):
    """The least value that so many of all do not exceed, or None of nothing."""
    ordered = sorted(values)
    return next((v for no, v in enumerate(ordered, 1) if no >= share * len(ordered) - 1e-9), None)
