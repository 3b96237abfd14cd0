"""Agreements with their versions and targets; clocks with their log. The log is the truth, the clock its projection."""

from sla.models.agreement import Agreement, AgreementKind
from sla.models.applied import AppliedVersion
from sla.models.clock import Clock, ClockEvent, ClockFire, ClockState, Outcome, sealed
from sla.models.correction import Correction, CorrectionKind, CorrectionState
from sla.models.metric import CUSTOMER_FACING, CUSTOMER_SIDE, PAUSE_REASONS, Metric, pause_reasons
from sla.models.negotiation import Negotiation, WayOut
from sla.models.subject import SlaSubject
from sla.models.verification import Verification
from sla.models.version import AgreementVersion, RaiseRule, ReopenRule, Target, VersionStatus, default_thresholds

__all__ = [
    "CUSTOMER_FACING",
    "CUSTOMER_SIDE",
    "PAUSE_REASONS",
    "Agreement",
    "AgreementKind",
    "AgreementVersion",
    "AppliedVersion",
    "Clock",
    "ClockEvent",
    "ClockFire",
    "ClockState",
    "Correction",
    "CorrectionKind",
    "CorrectionState",
    "Metric",
    "Negotiation",
    "Outcome",
    "RaiseRule",
    "ReopenRule",
    "SlaSubject",
    "Target",
    "Verification",
    "VersionStatus",
    "WayOut",
    "default_thresholds",
    "pause_reasons",
    "sealed",
]
