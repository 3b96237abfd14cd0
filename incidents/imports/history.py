"""What happened to one incident at another desk: the words every reader speaks and the writer understands. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """The facts a history is made of, in our own terms."""

    LOGGED = "logged"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    RESUMED = "resumed"
    REASSIGNED = "reassigned"
    REPRIORITISED = "reprioritised"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"


class Wait(StrEnum):
    """Whom a waiting incident waits for."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    PROBLEM = "problem"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Rating:
    """How bad it is: impact and urgency 1 high to 3 low, priority 1 to 4 as the source computed it."""

    impact: int
    urgency: int
    priority: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened at one instant; team and assignee are those that hold from then on.

    `implied` says that no row states it: it must have happened for the next one to be possible.
    """

    kind: Kind
    at: datetime
    by: str | None
    line: int
    team: str | None
    assignee: str | None
    rating: Rating
    wait: Wait | None = None
    implied: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """One incident of the source with everything that happened to it, in order of time."""

    ref: str
    contacted_at: datetime
    channel: str
    caller: str | None
    category: str | None
    closed_code: str | None
    kept_promise: bool | None
    rows: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """A row that could not be used (`used` false), or was used with a correction, and why."""

    line: int
    ref: str
    reason: str
    used: bool = False
