"""Where the approval of a change stands: rounds, stages, seats, what was said, and who may decide now."""

import dataclasses

from changes.models import ApprovalRound, Choice, Outcome, RoundKind, Seat, Stage
from changes.models.approval import FINAL
from changes.services.deciders import Deciders
from itsm.people.models import Role


@dataclasses.dataclass(frozen=True)
class SeatStanding:
    """One seat: what was said about it, in order; while it waits, who may decide now."""

    seat: Seat
    said: tuple
    able: tuple

    @property
    def role(self):
        return Role(self.seat.role).label

    @property
    def decision(self):
        """What decided the seat, or None."""
        return next((d for d in self.said if d.choice in FINAL), None)

    @property
    def remarks(self):
        """Questions and abstentions, which decide nothing."""
        return [d for d in self.said if d.choice not in FINAL]

    def decider(self, person):
        """The Decider that somebody is here now, or None."""
        return next((d for d in self.able if d.person.pk == person.pk), None)


@dataclasses.dataclass(frozen=True)
class StageStanding:
    """One stage with its seats."""

    stage: Stage
    seats: tuple

    @property
    def is_open(self):
        return self.stage.outcome == Outcome.PENDING and self.stage.opened_at is not None

    @property
    def approved(self):
        """How many seats have approved."""
        return sum(1 for s in self.seats if s.decision is not None and s.decision.choice == Choice.APPROVE)


@dataclasses.dataclass(frozen=True)
class RoundStanding:
    """One round with its stages."""

    round: ApprovalRound
    stages: tuple

    @property
    def is_after(self):
        return self.round.kind == RoundKind.AFTER

    @property
    def is_pending(self):
        return self.round.outcome == Outcome.PENDING


def of(change, at):
    """`[RoundStanding]` of a change, the newest first. Four queries, and three more while somebody has to decide."""
    rounds = change.rounds.order_by("-no").prefetch_related(
        "stages__seats__organisation", "stages__seats__decisions__person__organisation", "stages__seats__decisions__on_behalf_of"
    )
    rounds = list(rounds)
    waiting = [seat for opened in rounds for stage in _open(opened) for seat in stage.seats.all() if not _is_decided(seat)]
    everybody = Deciders(change, waiting, at, _heard(waiting, rounds)) if waiting else None
    return [RoundStanding(opened, tuple(_stage(stage, waiting, everybody) for stage in opened.stages.all())) for opened in rounds]


def _open(opened):
    pending = opened.outcome == Outcome.PENDING
    return [stage for stage in opened.stages.all() if pending and stage.outcome == Outcome.PENDING and stage.opened_at is not None]


def _is_decided(seat):
    return any(decision.choice in FINAL for decision in seat.decisions.all())


def _heard(waiting, rounds):
    """`(stage id, person id)` of who has spoken already in the stages that are open."""
    stages = {seat.stage_id for seat in waiting}
    seats = [seat for opened in rounds for stage in opened.stages.all() for seat in stage.seats.all() if stage.pk in stages]
    return {(d.stage_id, d.person_id) for seat in seats for d in seat.decisions.all() if d.choice != Choice.ASK}


def _stage(stage, waiting, everybody):
    late = stage.escalated_at is not None
    able = {seat.pk: tuple(everybody.of(seat, late=late)) for seat in waiting if seat.stage_id == stage.pk}
    return StageStanding(stage, tuple(SeatStanding(s, tuple(s.decisions.all()), able.get(s.pk, ())) for s in stage.seats.all()))


def found(rounds, person):
    """`(SeatStanding, Decider)` of the first seat that somebody may decide about now, or None."""
    seats = (seat for opened in rounds for stage in opened.stages for seat in stage.seats)
    return next(((seat, decider) for seat in seats if (decider := seat.decider(person))), None)
