"""A change of priority that broke a promise at once, undone within minutes by somebody else (D6)."""

from datetime import timedelta

from django.utils.translation import gettext as _

from sla import clockwork
from sla.models import Correction, CorrectionKind, CorrectionState
from sla.services.correcting import correct, logs_of

SOON = timedelta(minutes=5)


def void_what_is_undone(turn, priority):
    """Void the breaches that a change of the target caused in the last five minutes, when another person goes back to `priority` now.

    Each is a Correction of kind voided: proposed by who made the change, applied by who undoes it. Two statements, and none without one.
    """
    broken = [clock for clock in turn.clocks if _may_be_undone(clock, turn.at)]
    logs = logs_of(broken) if turn.by else {}
    found = [(clock, change) for clock in broken if clock.pk in logs and (change := _undone(logs[clock.pk], priority, turn.by))]
    made = Correction.objects.bulk_create([_correction(turn, clock, change) for clock, change in found]) if found else []
    for correction in made:
        clock = next(clock for clock, _change in found if clock.pk == correction.clock_id)
        correct(turn, clock, logs[clock.pk], correction)


def _may_be_undone(clock, at):
    return clock.breach_cause == clockwork.BY_RETARGET and clock.final_at is None and at - clock.breached_at <= SOON


def _undone(kept, priority, by):
    """The line of the last change, when somebody else made it and it led away from `priority`; otherwise None."""
    place = max(index for index, line in enumerate(kept.lines) if line.kind == clockwork.RETARGET)
    change = kept.lines[place]
    former = next(line for line in reversed(kept.lines[:place]) if "target_s" in line.payload)
    undoes = change.actor_id not in (None, by.pk) and former.payload["priority"] == priority
    return change if undoes else None


def _correction(turn, clock, change):
    return Correction(
        clock=clock, kind=CorrectionKind.VOIDED, amend={"voided": [change.seq]}, reason=_("Undone within five minutes."),
        state=CorrectionState.APPLIED, proposed_by_id=change.actor_id, proposed_at=change.effective_at,
        decided_by=turn.by, decided_at=turn.at,
    )  # fmt: skip
