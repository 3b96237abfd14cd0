"""The verbs of the clocks, what was promised, and the sweep that fires what is due."""

from sla.services.agreements import default_agreement, draft_version, end_agreement, make_agreement, save_draft
from sla.services.clocks import cancel, close, pause, reopen, resume, retarget, start, stop
from sla.services.faces import record_faces, row_clocks
from sla.services.offering import accept_version, ask_otherwise, negotiate_version, offer_version, publish_version, withdraw_version
from sla.services.promises import Promise, Promised, next_update_of, promise, support_promise
from sla.services.timers import due_clocks, fire, next_fire_at, sweep, sweep_health
from sla.services.verifying import drifted, verify_clocks

__all__ = [
    "Promise",
    "Promised",
    "accept_version",
    "ask_otherwise",
    "cancel",
    "close",
    "default_agreement",
    "draft_version",
    "drifted",
    "due_clocks",
    "end_agreement",
    "fire",
    "make_agreement",
    "negotiate_version",
    "next_fire_at",
    "next_update_of",
    "offer_version",
    "pause",
    "promise",
    "publish_version",
    "record_faces",
    "reopen",
    "resume",
    "retarget",
    "row_clocks",
    "save_draft",
    "start",
    "stop",
    "support_promise",
    "sweep",
    "sweep_health",
    "verify_clocks",
    "withdraw_version",
]
