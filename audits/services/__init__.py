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
from audits.services.reporting import holds, issue_report
from audits.services.retrospect import find_rejected
from audits.services.reviewing import confirm_passes, judge_test, keep_evidence, note_fault, raise_from_paper
from audits.services.running import ask_for_all, run, run_all, run_asked, run_nightly
from audits.services.teaming import assign, blocked_areas, override, recheck, recheck_all, start, team_ties, ties_of
from audits.services.verifying import draw_sample, judge, ripe_at, unripe_because
from audits.services.writing import keep_rule, retire_rule

__all__ = [
    "answer", "answer_question", "approvals_of", "approve", "approve_programme", "ask", "ask_for_all", "assign", "assign_item",
    "blocked_areas", "cancel_audit", "climb", "close_audit", "confirm_passes", "correct", "cover", "draft_agenda", "draft_audits",
    "draft_checklist", "draw_paper", "draw_sample", "edit_audit", "edit_programme", "explain", "find_rejected", "follow_up", "hand_over",
    "holds", "implement", "invite", "issue_report", "judge", "judge_test", "keep_evidence", "keep_grade", "keep_rule", "look_around",
    "move_due", "name_owner", "note_fault", "override", "plan_audit", "prepare", "processes_named", "propose", "put_on_agenda",
    "raise_finding", "raise_from_paper", "recheck", "recheck_all", "regrade", "repeats_of", "retire_rule", "revise_programme", "ripe_at",
    "run", "run_all", "run_asked", "run_nightly", "seat_for", "seats_needed", "see_off", "send_back", "settle", "start", "step_down",
    "suggestion", "swap_item", "sweep_overdue", "take_off_agenda", "take_up", "team_ties", "ties_of", "unprepare", "unripe_because",
    "withdraw", "write_programme",
]  # fmt: skip
