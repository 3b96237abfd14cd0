"""Verbs of changes."""

from changes.services.answering import answer, unanswer
from changes.services.approving import decide, policy_in_force, submit, take_up, withdraw
from changes.services.asking import look_again_for
from changes.services.deadlines import sweep_stages
from changes.services.delegating import delegate, withdraw_delegation
from changes.services.doing import back_out, begin_step, end_step, implement, note_step, start
from changes.services.emergency import reachable, settle, start_unapproved
from changes.services.ending import close, confirm_items, look_back
from changes.services.feeding import make_feed, revoke_feed
from changes.services.freezing import affected, edit_freeze, set_freeze, withdraw_freeze
from changes.services.inbox import waiting_for, waiting_on
from changes.services.meeting import conflicts_of, find
from changes.services.models import (
    approve_model,
    edit_model,
    retire_model,
    review_model,
    rework_model,
    suspend_model,
    unusable_because,
    usable,
    write_model,
)
from changes.services.policies import publish_policy, publish_questions
from changes.services.raising import assess, cancel, copy_model, edit, questions_in_force, raise_change, remark
from changes.services.scheduling import finish, no_new_conflict, occupy, override, schedule
from changes.services.updating import update_item

__all__ = [
    "affected", "answer", "approve_model", "assess", "back_out", "begin_step", "cancel", "close", "confirm_items", "conflicts_of",
    "copy_model", "decide", "delegate", "edit", "edit_freeze", "edit_model", "end_step", "find", "finish", "implement",
    "look_again_for", "look_back", "make_feed", "no_new_conflict", "note_step", "occupy", "override", "policy_in_force",
    "publish_policy", "publish_questions", "questions_in_force", "raise_change", "reachable", "remark", "retire_model", "review_model",
    "revoke_feed", "rework_model", "schedule", "set_freeze", "settle", "start", "start_unapproved", "submit", "suspend_model",
    "sweep_stages", "take_up", "unanswer", "unusable_because", "update_item", "usable", "waiting_for", "waiting_on", "withdraw",
    "withdraw_delegation", "withdraw_freeze", "write_model",
]  # fmt: skip
