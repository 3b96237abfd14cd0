"""What the database does for the draft of a change, and for a decision about one."""

import itertools
import statistics
import time

from bench.changes import subjects
from bench.costs import watched
from changes import explaining, policy, services
from changes.models import Category, Change, Choice, Status
from changes.services import scope
from itsm.core import clock
from itsm.people.models import Role

WARM_UP = 5


def drafts(rounds):
    """`{what: {median_ms, p90_ms, database_ms, statements}}` for drafts of now: who has to approve, what is in the way; in turn."""
    waiting = Change.objects.filter(status__in=[Status.ASSESSED, Status.DRAFT], starts_at__gt=clock.now()).exclude(kind="standard")
    chosen = itertools.cycle(waiting.exclude(items=None).order_by("number")[: rounds + WARM_UP])
    taken = {name: [] for name in (*DRAFT, BOTH)}
    for number, change in enumerate(itertools.islice(chosen, rounds + WARM_UP)):
        found = {name: _timed(lambda act=act, change=change: act(change, clock.now())) for name, act in DRAFT.items()}
        found[BOTH] = tuple(sum(parts) for parts in zip(*(found[name] for name in TOGETHER), strict=True))
        for name, one in found.items():
            taken[name] += [one] if number >= WARM_UP else []
    return {name: _summary(found) for name, found in taken.items() if found}


def _resolved(change, _at):
    return policy.stages(services.policy_in_force().rows, scope.facts(change))


def _explained(change, at):
    return explaining.explain(explaining.draft_of(change), at)


TOGETHER = ("policy: which stages and seats", "conflicts with other changes, freezes and maintenance windows")
DRAFT = {TOGETHER[0]: _resolved, TOGETHER[1]: services.conflicts_of, "for information: who decides and by when, in words": _explained}
BOTH = "both together"


def decisions(rounds):
    """The same for decisions: the first of two seats, the last one (approved and booked), one with something in the way, a rejection."""
    count = rounds + WARM_UP
    made = [subjects.submitted(count), subjects.submitted(count, Category.INFRASTRUCTURE, subjects.BUSY),
            subjects.submitted(count, Category.INFRASTRUCTURE)]  # fmt: skip
    ops, tester = (subjects.holders(role)[0] for role in (Role.OPS_LEAD, Role.TESTER))
    taken = {name: [] for name in DECISIONS}
    for number, (quiet, busy, refused) in enumerate(zip(*made, strict=True)):
        for name, change, who, role, choice in zip(
            DECISIONS, (quiet, quiet, busy, refused), (tester, ops, ops, ops), (Role.TESTER, *[Role.OPS_LEAD] * 3), CHOICES, strict=True
        ):
            seat = subjects.seats(change)[role]
            one = _timed(lambda seat=seat, who=who, choice=choice: services.decide(seat, by=who, choice=choice, words="看过 Read"))
            taken[name] += [one] if number >= WARM_UP else []
    ended = Change.objects.filter(pk__in=[change.pk for change in made[0]], status=Status.SCHEDULED).count()
    return {"booked": ended, "of": count, "acts": {name: _summary(found) for name, found in taken.items()}}


DECISIONS = (
    "first of two seats",
    "last seat of the stage: approved, booked",
    "last seat, at a busy hour",
    "rejected",
)
CHOICES = (Choice.APPROVE, Choice.APPROVE, Choice.APPROVE, Choice.REJECT)


def _timed(act):
    """`(seconds in all, seconds of the database, statements)` of one act."""
    began = time.perf_counter()
    with watched() as watch:
        act()
    return time.perf_counter() - began, watch.seconds, watch.statements


def _summary(found):
    """Medians and p90 in milliseconds of what `_timed` gave."""
    whole, database, statements = zip(*found, strict=True)
    return {
        "median_ms": statistics.median(whole) * 1000, "p90_ms": _p90(whole), "database_ms": statistics.median(database) * 1000,
        "database_p90_ms": _p90(database), "statements": max(statements),
    }  # fmt: skip


def _p90(seconds):
    return sorted(seconds)[int(len(seconds) * 0.9)] * 1000
