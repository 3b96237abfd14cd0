"""Verbs of audits: rules that run, owners of processes, findings and corrective actions."""

from audits.services.arranging import hand_over, move_due
from audits.services.concluding import cancel_review, decide, decide_nothing, judge_review, redraft, sign_review, strike
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
from audits.services.deciding import (
    accept_decision,
    accepters,
    drop_decision,
    hand_decision_over,
    move_decision,
    report_decision,
    return_decision,
)
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
from audits.services.reminding import climb_decision, last_held, remind, sweep_decisions
from audits.services.retrospect import find_rejected
from audits.services.reviewing import (
    answer_input,
    compile_inputs,
    compiled,
    hold_review,
    invite,
    note_attendance,
    plan_review,
    replan_review,
    top_appointments,
)
from audits.services.running import ask_for_all, run, run_all, run_asked, run_nightly
from audits.services.verifying import draw_sample, judge, ripe_at, unripe_because
from audits.services.writing import keep_rule, retire_rule

__all__ = [
    "accept_decision", "accepters", "answer", "answer_input", "approvals_of", "approve", "ask_for_all", "cancel_review", "climb",
    "climb_decision", "compile_inputs", "compiled", "correct", "decide", "decide_nothing", "draw_sample", "drop_decision", "explain",
    "find_rejected", "hand_decision_over", "hand_over", "hold_review", "implement", "invite", "judge", "judge_review", "keep_grade",
    "keep_rule", "last_held", "look_around", "move_decision", "move_due", "name_owner", "note_attendance", "plan_review", "propose",
    "raise_finding", "redraft", "regrade", "remind", "repeats_of", "replan_review", "report_decision", "retire_rule", "return_decision",
    "ripe_at", "run", "run_all", "run_asked", "run_nightly", "seat_for", "seats_needed", "send_back", "settle", "sign_review",
    "step_down", "strike", "suggestion", "sweep_decisions", "sweep_overdue", "take_up", "top_appointments", "unripe_because",
    "withdraw",
]  # fmt: skip
