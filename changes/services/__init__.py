"""Verbs of changes."""

from changes.services.answering import answer, unanswer
from changes.services.approving import decide, policy_in_force, submit, take_up, withdraw
from changes.services.raising import assess, cancel, edit, questions_in_force, raise_change, remark

__all__ = [
    "answer", "assess", "cancel", "decide", "edit", "policy_in_force", "questions_in_force", "raise_change", "remark", "submit",
    "take_up", "unanswer", "withdraw",
]  # fmt: skip
