"""Findings, and the corrective actions that prove themselves."""

from audits.grading import Because, Grade
from audits.models.action import ActionStatus, CauseMethod, Climb, CorrectiveAction, Due, DueMove, PlanApproval, Seat
from audits.models.finding import Finding, FindingStatus, SeenRecord, Source
from audits.models.verification import Verdict, VerificationSample

__all__ = [
    "ActionStatus", "Because", "CauseMethod", "Climb", "CorrectiveAction", "Due", "DueMove", "Finding", "FindingStatus", "Grade",
    "PlanApproval", "Seat", "SeenRecord", "Source", "Verdict", "VerificationSample",
]  # fmt: skip
