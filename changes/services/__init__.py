"""Verbs of changes."""

from changes.services.approving import decide, policy_in_force, submit, take_up, withdraw
from changes.services.asking import look_again_for
from changes.services.deadlines import sweep_stages
from changes.services.delegating import delegate, withdraw_delegation
from changes.services.inbox import waiting_for, waiting_on
from changes.services.raising import assess, cancel, edit, questions_in_force, raise_change, remark

__all__ = [
    "assess", "cancel", "decide", "delegate", "edit", "look_again_for", "policy_in_force", "questions_in_force", "raise_change", "remark",
    "submit", "sweep_stages", "take_up", "waiting_for", "waiting_on", "withdraw", "withdraw_delegation",
]  # fmt: skip
