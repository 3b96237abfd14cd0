"""Verbs of changes."""

from changes.services.answering import answer, unanswer
from changes.services.approving import decide, policy_in_force, submit, take_up, withdraw
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
)  # fmt: skip
from changes.services.policies import publish_policy, publish_questions
from changes.services.raising import assess, cancel, copy_model, edit, questions_in_force, raise_change, remark

__all__ = [
    "affected", "answer", "approve_model", "assess", "cancel", "conflicts_of", "copy_model", "decide", "delegate", "edit",
    "edit_freeze", "edit_model", "find", "finish", "look_again_for", "make_feed", "no_new_conflict", "occupy", "override",
    "policy_in_force", "publish_policy", "publish_questions", "questions_in_force", "raise_change", "remark", "retire_model",
    "review_model", "revoke_feed", "rework_model", "schedule", "set_freeze", "submit", "suspend_model", "sweep_stages", "take_up",
    "unanswer", "unusable_because", "usable", "waiting_for", "waiting_on", "withdraw", "withdraw_delegation", "withdraw_freeze",
    "write_model",
]  # fmt: skip
