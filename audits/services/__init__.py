"""Verbs of audits: rules that run, owners of processes, samples and working papers, findings and corrective actions."""

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
from audits.services.drawing import assign_item, draw_paper, swap_item
from audits.services.overdue import climb, sweep_overdue
from audits.services.processes import name_owner, step_down
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
from audits.services.reviewing import confirm_passes, judge_test, keep_evidence, note_fault, raise_from_paper
from audits.services.running import ask_for_all, run, run_all, run_asked, run_nightly
from audits.services.verifying import draw_sample, judge, ripe_at, unripe_because
from audits.services.writing import keep_rule, retire_rule

__all__ = [
    "answer", "approvals_of", "approve", "ask_for_all", "assign_item", "climb", "confirm_passes", "correct", "draw_paper", "draw_sample",
    "explain", "find_rejected", "hand_over", "implement", "judge", "judge_test", "keep_evidence", "keep_grade", "keep_rule", "look_around",
    "move_due", "name_owner", "note_fault", "propose", "raise_finding", "raise_from_paper", "regrade", "repeats_of", "retire_rule",
    "ripe_at", "run", "run_all", "run_asked", "run_nightly", "seat_for", "seats_needed", "send_back", "settle", "step_down", "suggestion",
    "swap_item", "sweep_overdue", "take_up", "unripe_because", "withdraw",
]  # fmt: skip
