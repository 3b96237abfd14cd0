"""Processes with their owners, rules and what their runs came to, findings, and the corrective actions that prove themselves."""

from audits.grading import Because, Grade
from audits.models.action import ActionStatus, CauseMethod, Climb, CorrectiveAction, Due, DueMove, PlanApproval, Seat
from audits.models.finding import Finding, FindingStatus, SeenRecord, Source
from audits.models.process import Process, ProcessOwner
from audits.models.rule import Failure, RuleVersion, Run, RunAsked, RunOutcome, WrittenRule
from audits.models.verification import Verdict, VerificationSample

__all__ = [
    "ActionStatus", "Because", "CauseMethod", "Climb", "CorrectiveAction", "Due", "DueMove", "Failure", "Finding", "FindingStatus", "Grade",
    "PlanApproval", "Process", "ProcessOwner", "RuleVersion", "Run", "RunAsked", "RunOutcome", "Seat", "SeenRecord", "Source", "Verdict",
    "VerificationSample", "WrittenRule",
]  # fmt: skip
