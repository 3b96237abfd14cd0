"""Verbs of audits: rules that run, owners of processes, programmes, audits, their samples and papers, findings, corrective actions."""

from audits.services.arranging import hand_over, move_due
from audits.services.auditing import (
    cancel_audit,
    close_audit,
    cover,
    edit_audit,
    follow_up,
    plan_audit,
    prepare,
    processes_named,
    unprepare,
)
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
from audits.services.drawing import assign_item, draw_paper, swap_item
from audits.services.examining import confirm_passes, judge_test, keep_evidence, note_fault, raise_from_paper
from audits.services.guests import invite, see_off
from audits.services.overdue import climb, sweep_overdue
from audits.services.preparing import answer_question, ask, draft_agenda, draft_checklist, put_on_agenda, take_off_agenda
from audits.services.processes import name_owner, step_down
from audits.services.programmes import (
    approve_programme,
    draft_audits,
    edit_programme,
    revise_programme,
    write_programme,
)
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
from audits.services.reporting import holds, issue_report
from audits.services.retrospect import find_rejected
from audits.services.reviewing import (
    answer_input,
    compile_inputs,
    compiled,
    hold_review,
    invite_to_review,
    note_attendance,
    plan_review,
    replan_review,
    top_appointments,
)
from audits.services.running import ask_for_all, run, run_all, run_asked, run_nightly
from audits.services.teaming import assign, blocked_areas, override, recheck, recheck_all, start, team_ties, ties_of
from audits.services.training import record_training, withdraw_training
from audits.services.verifying import draw_sample, judge, ripe_at, unripe_because
from audits.services.writing import keep_rule, retire_rule

__all__ = [
    "accept_decision", "accepters", "answer", "answer_input", "answer_question", "approvals_of", "approve", "approve_programme", "ask",
    "ask_for_all", "assign", "assign_item", "blocked_areas", "cancel_audit", "cancel_review", "climb", "climb_decision", "close_audit",
    "compile_inputs", "compiled", "confirm_passes", "correct", "cover", "decide", "decide_nothing", "draft_agenda", "draft_audits",
    "draft_checklist", "draw_paper", "draw_sample", "drop_decision", "edit_audit", "edit_programme", "explain", "find_rejected",
    "follow_up", "hand_decision_over", "hand_over", "hold_review", "holds", "implement", "invite", "invite_to_review", "issue_report",
    "judge", "judge_review", "judge_test", "keep_evidence", "keep_grade", "keep_rule", "last_held", "look_around", "move_decision",
    "move_due", "name_owner", "note_attendance", "note_fault", "override", "plan_audit", "plan_review", "prepare", "processes_named",
    "propose", "put_on_agenda", "raise_finding", "raise_from_paper", "recheck", "recheck_all", "record_training", "redraft", "regrade",
    "remind", "repeats_of", "replan_review", "report_decision", "retire_rule", "return_decision", "revise_programme", "ripe_at", "run",
    "run_all", "run_asked", "run_nightly", "seat_for", "seats_needed", "see_off", "send_back", "settle", "sign_review", "start",
    "step_down", "strike", "suggestion", "swap_item", "sweep_decisions", "sweep_overdue", "take_off_agenda", "take_up", "team_ties",
    "ties_of", "top_appointments", "unprepare", "unripe_because", "withdraw", "withdraw_training", "write_programme",
]  # fmt: skip
