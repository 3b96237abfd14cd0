"""Processes with their owners, rules and what their runs came to, findings, and the corrective actions that prove themselves."""

from audits.grading import Because, Grade
from audits.models.action import ActionStatus, CauseMethod, Climb, CorrectiveAction, Due, DueMove, PlanApproval, Seat
from audits.models.finding import Finding, FindingStatus, SeenRecord, Source
from audits.models.process import Process, ProcessOwner
from audits.models.review import (
    Answer,
    Asks,
    Attendee,
    ManagementReview,
    Minutes,
    Question,
    ReviewInput,
    ReviewReminder,
    ReviewStatus,
    ReviewVerdict,
)
from audits.models.review_action import ReviewAction, ReviewActionStatus, ReviewClimb, ReviewDueMove, Sort
from audits.models.rule import Failure, RuleVersion, Run, RunAsked, RunOutcome, WrittenRule
from audits.models.verification import Verdict, VerificationSample

__all__ = [
    "ActionStatus", "Answer", "Asks", "Attendee", "Because", "CauseMethod", "Climb", "CorrectiveAction", "Due", "DueMove", "Failure",
    "Finding", "FindingStatus", "Grade", "ManagementReview", "Minutes", "PlanApproval", "Process", "ProcessOwner", "Question",
    "ReviewAction", "ReviewActionStatus", "ReviewClimb", "ReviewDueMove", "ReviewInput", "ReviewReminder", "ReviewStatus",
    "ReviewVerdict", "RuleVersion", "Run", "RunAsked", "RunOutcome", "Seat", "SeenRecord", "Sort", "Source", "Verdict",
    "VerificationSample", "WrittenRule",
]  # fmt: skip
