"""The verbs of the clocks, what was promised, and the sweep that fires what is due."""

from sla.services.agreements import default_agreement, draft_version, end_agreement, make_agreement, publish_version, save_draft
from sla.services.checking import Population, check, take_targets
from sla.services.clocks import cancel, close, pause, reopen, resume, retarget, start, stop
from sla.services.faces import record_faces, row_clocks
from sla.services.promises import Promise, Promised, promise
from sla.services.timers import due_clocks, fire, next_fire_at, sweep, sweep_health
from sla.services.verifying import drifted, verify_clocks

__all__ = [
    "Population",
    "Promise",
    "Promised",
    "cancel",
    "check",
    "close",
    "default_agreement",
    "draft_version",
    "drifted",
    "due_clocks",
    "end_agreement",
    "fire",
    "make_agreement",
    "next_fire_at",
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
    "sweep",
    "sweep_health",
    "take_targets",
    "verify_clocks",
]
