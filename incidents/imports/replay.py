"""Replays a history on an unsaved incident, with the product's own steps and clock events at the times they happened."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from incidents.imports.history import Fact, History, Kind, Rating, Wait
from incidents.models import Incident, Status, matrix_priority
from incidents.models.incident import HELD, OPEN
from itsm.people.models import Person, Team
from sla import clockwork
from sla.models import Metric

WAITS = {
    Wait.CUSTOMER: "waiting_customer_info",
    Wait.SUPPLIER: "waiting_supplier",
    Wait.PROBLEM: "waiting_problem",
    Wait.EVIDENCE: "waiting_evidence",
}
UNKNOWN_WHY = {}


@dataclass(frozen=True, slots=True)
class Closing:
    """How, when, by whom and with which words an incident was closed."""

    kind: str
    at: datetime
    by: Person | None = None
    rating: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What was promised for one metric: the clockwork's terms, and what the log keeps of them."""

    terms: clockwork.Terms
    payload: dict


class World(Protocol):
    """Who is who, and what only the importing side can tell."""

    def person(self, name: str | None) -> Person | None: ...
    def actor(self, fact: Fact, incident: Incident) -> Person | None: ...
    def team(self, name: str | None) -> Team: ...
    def offer(self, incident: Incident, metric: str) -> Offer: ...
    def pauses(self, incident: Incident, reason: str) -> bool: ...
    def reason(self, fact: Fact, history: History) -> str: ...
    def solution(self, history: History) -> tuple[str, str]: ...
    def closing(self, fact: Fact, history: History) -> Closing | None: ...


@dataclass
class Timer:
    """One clock of the replayed incident: its state, and every event with who caused it, why, and its payload."""

    metric: str
    state: clockwork.State = field(default_factory=clockwork.State)
    events: list = field(default_factory=list)
    pause_reason: str = ""
    payload: dict = field(default_factory=dict)

    def take(self, kind, at, *, by=None, reason="", offer=None):
        """Fold one act; a breach found on the way comes first and is nobody's."""
        terms = offer.terms if offer else None
        self.state, written = clockwork.forward(self.state, clockwork.Event(kind, at, terms=terms))
        self.events += [(event, by, reason, offer.payload if offer else {}) for event in written]
        self.pause_reason = reason if self.state.state == clockwork.PAUSED else ""
        if offer and self.state.state in (clockwork.RUNNING, clockwork.PAUSED):
            self.payload = offer.payload

    def settle(self, at):
        """Record a breach that has passed by `at`, as a sweep would have."""
        if passed := clockwork.overdue(self.state, at):
            self.state = clockwork.apply(self.state, passed)
            self.events.append((passed, None, "", {}))


def rated(rating: Rating) -> dict:
    """The incident's fields for a rating; the source's own matrix is no reason to doubt a different priority."""
    by_matrix = rating.priority == matrix_priority(rating.impact, rating.urgency)
    levels = {"impact": rating.impact, "urgency": rating.urgency, "priority": rating.priority}
    return {**levels, "priority_reason": "" if by_matrix else "As in the source."}


class Replay:
    """One incident lived again: `incident` holds the queued steps, `timers` its clocks."""

    def __init__(self, incident: Incident, history: History, world: World):
        self.incident, self.history, self._world = incident, history, world
        self._response, self._resolution = Timer(Metric.RESPONSE), Timer(Metric.RESOLUTION)
        self._named = any(f.assignee for f in history.facts if f.kind not in (Kind.RESOLVED, Kind.CLOSED))

    @property
    def timers(self):
        return (self._response, self._resolution)

    def run(self):
        """Live through every fact; returns itself."""
        for fact in self.history.facts:
            getattr(self, f"_{fact.kind}")(fact, self._world.actor(fact, self.incident))
        return self

    def _step(self, step, fact, by, reason="", **details):
        """Take a step as the system, then name who did it at the source."""
        step(by=None, at=fact.at, reason=reason or self._world.reason(fact, self.history), **details)
        self._sign(by)

    def _sign(self, by):
        self.incident.__dict__["_queued_steps"][-1].by = by

    def _logged(self, fact, by):
        self.incident.queue_step("log", "", by=by, at=fact.at)
        self._charge(clockwork.START, self.incident.contacted_at)

    def _charge(self, kind, at, by=None, reason=""):
        for timer in self.timers:
            timer.take(kind, at, by=by, reason=reason, offer=self._world.offer(self.incident, timer.metric))

    def _assigned(self, fact, by):
        self._hand(fact, by, self._world.person(fact.assignee))

    _reassigned = _assigned

    def _hand(self, fact, by, assignee):
        """Give it to somebody, or to nobody of another team, by the step that the status knows."""
        incident, status = self.incident, self.incident.status
        team = self._world.team(fact.team)
        stays = (incident.team, incident.assignee) == (team, assignee)
        incident.team = team
        if stays or (status == Status.NEW and assignee is None):
            return
        if status == Status.NEW:
            self._step(incident.assign, fact, by, assignee=assignee, why=UNKNOWN_WHY)
        elif status == Status.WAITING:
            self._step(incident.hand_over, fact, by, assignee=assignee, why=UNKNOWN_WHY)
        elif status in HELD and assignee is None:
            self._step(incident.release, fact, by)
        elif status in HELD:
            self._step(incident.reassign, fact, by, assignee=assignee, why=UNKNOWN_WHY)
            if status == Status.IN_PROGRESS:
                self._step(incident.accept, replace(fact, kind=Kind.ACCEPTED, implied=True), assignee)
        elif assignee:
            incident.assignee = assignee

    def _accepted(self, fact, by):
        incident = self.incident
        if incident.status not in (Status.NEW, Status.ASSIGNED):
            return
        if incident.assignee is None:
            incident.assignee, incident.assigned_why = self._world.person(fact.assignee) or by, UNKNOWN_WHY
        self._step(incident.accept, fact, by)
        self._answered(fact, by)

    def _answered(self, fact, by):
        if self.incident.responded_at is None:
            self.incident.responded_at = fact.at
            self._response.take(clockwork.STOP, fact.at, by=by)

    def _reprioritised(self, fact, by):
        incident, before = self.incident, self.incident.priority
        if incident.status in OPEN:
            self._step(incident.reprioritise, fact, by, **rated(fact.rating))
        else:
            vars(incident).update(rated(fact.rating))
        if incident.priority != before:
            self._charge(clockwork.RETARGET, fact.at, by, "misclassified")

    def _waiting(self, fact, by):
        self._held(fact, by)
        reason = WAITS[fact.wait]
        self._step(self.incident.wait, fact, by, reason=reason)
        if self._world.pauses(self.incident, reason):
            self._resolution.take(clockwork.PAUSE, fact.at, by=by, reason=reason)

    def _resumed(self, fact, by):
        incident = self.incident
        self._step(incident.resume if incident.assignee else incident.resume_in_queue, fact, by)
        self._resolution.take(clockwork.RESUME, fact.at, by=by)

    def _held(self, fact, by):
        """Somebody must have it before it can wait or be solved: whoever acted."""
        if self.incident.status == Status.NEW:
            self._accepted(replace(fact, kind=Kind.ACCEPTED, implied=True), by)

    def _resolved(self, fact, by):
        self._held(fact, by)
        incident = self.incident
        if fact.assignee and not self._named:
            incident.assignee = self._world.person(fact.assignee)
        text, code = self._world.solution(self.history)
        self._step(incident.resolve, fact, by, resolution=text, resolution_code=code)
        incident.resolved_by = by
        self._answered(fact, by)
        self._resolution.take(clockwork.STOP, fact.at, by=by)

    def _reopened(self, fact, by):
        self._step(self.incident.reopen, fact, by)
        self._resolution.take(clockwork.REOPEN, fact.at, by=by)

    def _closed(self, fact, _by):
        closing = self._world.closing(fact, self.history)
        if closing is None:
            return
        self.incident.close(by=None, at=closing.at, reason=closing.reason, kind=closing.kind, rating=closing.rating)
        self._sign(closing.by)
        for timer in self.timers:
            timer.take(clockwork.CLOSE, closing.at, by=closing.by)
