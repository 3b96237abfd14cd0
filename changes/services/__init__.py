"""Verbs of changes."""

from changes.services.approving import decide, policy_in_force, submit, take_up, withdraw
from changes.services.doing import back_out, begin_step, end_step, implement, note_step, start
from changes.services.emergency import reachable, settle, start_unapproved
from changes.services.ending import close, confirm_items, look_back
from changes.services.raising import assess, cancel, edit, questions_in_force, raise_change, remark
from changes.services.updating import update_item

__all__ = [
    "assess", "back_out", "begin_step", "cancel", "close", "confirm_items", "decide", "edit", "end_step", "implement", "look_back",
    "note_step", "policy_in_force", "questions_in_force", "raise_change", "reachable", "remark", "settle", "start", "start_unapproved",
    "submit", "take_up", "update_item", "withdraw",
]  # fmt: skip
