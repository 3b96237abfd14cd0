"""Turns the rows of one incident, in order of time, into facts. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from incidents.imports.history import Fact, Flaw, Kind, Rating, Wait


class State(StrEnum):
    """Where a row says the incident stands."""

    NEW = "new"
    ACTIVE = "active"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


DONE = (State.RESOLVED, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Update:
    """One usable row: the state it tells, since when, and who has the incident."""

    line: int
    at: datetime
    state: State
    wait: Wait | None
    by: str | None
    team: str | None
    assignee: str | None
    rating: Rating
    reopened: int


class Teller:
    """Keeps what was known so far and says what each further row changes."""

    def __init__(self, ref, note):
        self._ref = ref
        self._note = note
        self._facts: list[Fact] = []
        self._state = State.NEW
        self._wait = None
        self._team = self._assignee = None
        self._reopened = 0

    def log(self, update: Update, *, at, by):
        """Begin with the first row; a person named there is assigned at that row's time."""
        self._team, self._rating = update.team, update.rating
        self._add(Kind.LOGGED, replace(update, at=at, by=by or update.by))

    def tell(self, update: Update):
        """Add the facts of one more row: who has it, how bad it is, where it stands."""
        if self._goes_back(update):
            self._note(Flaw(update.line, self._ref, f"goes back to {update.state} although nobody reopened it: its state is not used"))
            return
        self._tell_handover(update)
        self._tell_rating(update)
        self._tell_state(update)
        self._reopened = max(self._reopened, update.reopened)

    def facts(self, resolver=None) -> tuple[Fact, ...]:
        """Everything told so far; whoever resolved it stands in where the rows never named an engineer."""
        facts = self._without_early_closings()
        if resolver and not any(fact.assignee for fact in facts):
            facts = [replace(fact, assignee=resolver) if fact.kind in (Kind.RESOLVED, Kind.CLOSED) else fact for fact in facts]
        return tuple(facts)

    def _goes_back(self, update):
        """New again, or worked on again after the end without the source counting a reopening and out of its place."""
        if update.state is State.NEW:
            return self._state is not State.NEW
        return self._state in DONE and update.state not in DONE and update.reopened <= self._reopened and self._came_early(update)

    def _came_early(self, update):
        return any(fact.line > update.line for fact in self._facts)

    def _tell_handover(self, update):
        if self._state is State.CLOSED:
            return
        team = update.team or self._team
        moved = team != self._team
        assignee = update.assignee if moved or update.assignee else self._assignee
        if not moved and assignee == self._assignee:
            return
        first = not moved and self._assignee is None and not self._had(Kind.ASSIGNED)
        known = self._team is not None or self._assignee is not None
        self._team, self._assignee = team, assignee
        if first or known:
            self._add(Kind.ASSIGNED if first else Kind.REASSIGNED, update)

    def _tell_rating(self, update):
        if update.rating != self._rating and self._state is not State.CLOSED:
            self._rating = update.rating
            self._add(Kind.REPRIORITISED, update)

    def _tell_state(self, update):
        was, now = self._state, update.state
        if (was, self._wait) == (now, update.wait) or (was, now) == (State.CLOSED, State.RESOLVED):
            return
        for kind, implied in _way(was, now):
            self._add(kind, update, implied=implied)
        self._state, self._wait = now, update.wait

    def _had(self, kind):
        return any(fact.kind is kind for fact in self._facts)

    def _add(self, kind, update, implied=False):
        wait = update.wait if kind is Kind.WAITING else None
        self._facts.append(Fact(kind, update.at, update.by, update.line, self._team, self._assignee, self._rating, wait, implied))

    def _without_early_closings(self):
        """A closed record stays closed here, so a closing that was taken back is not taken over."""
        last = max((no for no, fact in enumerate(self._facts) if fact.kind is Kind.REOPENED), default=-1)
        for fact in self._facts[: last + 1]:
            if fact.kind is Kind.CLOSED:
                self._note(Flaw(fact.line, self._ref, "closed and reopened later: this closing is not taken over", used=True))
        return [fact for no, fact in enumerate(self._facts) if no > last or fact.kind is not Kind.CLOSED]


def _way(was, now) -> list[tuple[Kind, bool]]:
    """The facts that lead from one state to another, those no row states marked as implied."""
    way = []
    if was in DONE and now not in DONE:
        way.append((Kind.REOPENED, False))
    elif was is State.NEW and now is State.ACTIVE:
        way.append((Kind.ACCEPTED, False))
    elif was is State.NEW:
        way.append((Kind.ACCEPTED, True))
    elif was is State.WAITING:
        way.append((Kind.RESUMED, now is not State.ACTIVE))
    if now is State.CLOSED and was is not State.RESOLVED:
        way.append((Kind.RESOLVED, True))
    own = {State.WAITING: Kind.WAITING, State.RESOLVED: Kind.RESOLVED, State.CLOSED: Kind.CLOSED}
    return [*way, (own[now], False)] if now in own else way
