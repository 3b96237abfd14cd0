"""The verbs of the clocks, what was promised, and the sweep that fires what is due."""

from sla.services.agreements import default_agreement, draft_version, end_agreement, make_agreement, publish_version, save_draft
from sla.services.clocks import allowed_reasons, cancel, close, pause, reopen, resume, solve, start, stop
from sla.services.faces import record_faces, row_clocks
from sla.services.judging import decide_correction, excuse, forecast_amendment, forecast_correction, propose_correction
from sla.services.promises import Promise, Promised, promise
from sla.services.retargeting import WHYS, forecast_priority, forecast_service, reclassify, retarget
from sla.services.support import answered, asked, handed
from sla.services.timers import due_clocks, fire, next_fire_at, sweep, sweep_health
from sla.services.updating import spoke
from sla.services.verifying import drifted, verify_clocks

__all__ = [
    "WHYS",
    "Promise",
    "Promised",
    "allowed_reasons",
    "answered",
    "asked",
    "cancel",
    "close",
    "decide_correction",
    "default_agreement",
    "draft_version",
    "drifted",
    "due_clocks",
    "end_agreement",
    "excuse",
    "fire",
    "forecast_amendment",
    "forecast_correction",
    "forecast_priority",
    "forecast_service",
    "handed",
    "make_agreement",
    "next_fire_at",
    "pause",
    "promise",
    "propose_correction",
    "publish_version",
    "reclassify",
    "record_faces",
    "reopen",
    "resume",
    "retarget",
    "row_clocks",
    "save_draft",
    "solve",
    "spoke",
    "start",
    "stop",
    "sweep",
    "sweep_health",
    "verify_clocks",
]
