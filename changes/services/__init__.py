"""Verbs of changes."""

from changes.services.approving import decide, policy_in_force, submit, take_up, withdraw
from changes.services.feeding import make_feed, revoke_feed
from changes.services.freezing import affected, edit_freeze, set_freeze, withdraw_freeze
from changes.services.meeting import conflicts_of, find
from changes.services.raising import assess, cancel, edit, questions_in_force, raise_change, remark
from changes.services.scheduling import finish, no_new_conflict, occupy, override, schedule

__all__ = [
    "affected", "assess", "cancel", "conflicts_of", "decide", "edit", "edit_freeze", "find", "finish", "make_feed", "no_new_conflict",
    "occupy", "override", "policy_in_force", "questions_in_force", "raise_change", "remark", "revoke_feed", "schedule", "set_freeze",
    "submit", "take_up", "withdraw", "withdraw_freeze",
]  # fmt: skip
