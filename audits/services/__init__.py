"""Verbs of findings and corrective actions."""

from audits.services.arranging import hand_over, move_due
from audits.services.correcting import (
    approvals_of,
    approve,
    correct,
    explain,
    implement,
    look_around,
    propose,
    seat_for,
    seats_needed,
    send_back,
)
from audits.services.overdue import climb, sweep_overdue
from audits.services.raising import (
    answer,
    keep_grade,
    raise_finding,
    regrade,
    repeats_of,
    settle,
    suggestion,
    take_up,
    withdraw,
)
from audits.services.retrospect import find_rejected
from audits.services.verifying import draw_sample, judge, ripe_at, unripe_because

__all__ = [
    "answer", "approvals_of", "approve", "climb", "correct", "draw_sample", "explain", "find_rejected", "hand_over", "implement", "judge",
    "keep_grade", "look_around", "move_due", "propose", "raise_finding", "regrade", "repeats_of", "ripe_at", "seat_for", "seats_needed",
    "send_back", "settle", "suggestion", "sweep_overdue", "take_up", "unripe_because", "withdraw",
]  # fmt: skip
