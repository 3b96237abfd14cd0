"""The verbs of the clocks, what was promised, and the sweep that fires what is due."""

from sla.services.accounts import accounts, customer_accounts
from sla.services.acknowledging import acknowledge
from sla.services.agreements import default_agreement, draft_version, end_agreement, make_agreement, save_draft
from sla.services.applying import apply_version, outlook
from sla.services.checking import Population, check, take_targets
from sla.services.clocks import MAINTENANCE, allowed_reasons, cancel, close, pause, reopen, resume, solve, start, stop, window_ends_at
from sla.services.faces import record_faces, row_clocks
from sla.services.judging import decide_correction, excuse, forecast_amendment, forecast_correction, propose_correction
from sla.services.ladders import rehearse, save_ladder, targets_of_ladder
from sla.services.maintenance import Maintenance, maintenance_of
from sla.services.offering import accept_version, ask_otherwise, negotiate_version, offer_version, publish_version, withdraw_version
from sla.services.promises import Promise, Promised, next_update_of, promise, support_promise
from sla.services.pulse import ALARMING, Pulse, alarms, pulse
from sla.services.rebinding import rebind_clocks
from sla.services.retargeting import WHYS, forecast_priority, forecast_service, reclassify, retarget
from sla.services.support import answered, asked, handed
from sla.services.timers import due_clocks, fire, next_fire_at, sweep, sweep_health
from sla.services.updating import spoke
from sla.services.verifying import drifted, last_verification, run_verification, verify_clocks

__all__ = [
    "ALARMING",
    "MAINTENANCE",
    "WHYS",
    "Maintenance",
    "Population",
    "Promise",
    "Promised",
    "Pulse",
    "accept_version",
    "accounts",
    "acknowledge",
    "alarms",
    "allowed_reasons",
    "answered",
    "apply_version",
    "ask_otherwise",
    "asked",
    "cancel",
    "check",
    "close",
    "customer_accounts",
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
    "last_verification",
    "maintenance_of",
    "make_agreement",
    "negotiate_version",
    "next_fire_at",
    "next_update_of",
    "offer_version",
    "outlook",
    "pause",
    "promise",
    "propose_correction",
    "publish_version",
    "pulse",
    "rebind_clocks",
    "reclassify",
    "record_faces",
    "rehearse",
    "reopen",
    "resume",
    "retarget",
    "row_clocks",
    "run_verification",
    "save_draft",
    "save_ladder",
    "solve",
    "spoke",
    "start",
    "stop",
    "support_promise",
    "sweep",
    "sweep_health",
    "take_targets",
    "targets_of_ladder",
    "verify_clocks",
    "window_ends_at",
    "withdraw_version",
]
