"""Processes with owners, rules with their runs, audits and their papers, findings with what corrects them, management reviews."""

from audits.grading import Because, Grade
from audits.models.action import ActionStatus, CauseMethod, Climb, CorrectiveAction, Due, DueMove, PlanApproval, Seat
from audits.models.audit import Audit, AuditMethod, AuditSort, AuditStatus
from audits.models.auditing import (
    AgendaItem,
    AgendaSort,
    AuditArea,
    AuditMember,
    ChecklistItem,
    ChecklistResult,
    IndependenceOverride,
    MemberRole,
)
from audits.models.finding import Finding, FindingStatus, SeenRecord, Source
from audits.models.paper import Evidence, EvidenceKind, ItemResult, Judgement, Outcome, Sample, SampleItem, Why
from audits.models.process import Process, ProcessOwner
from audits.models.programme import Programme, ProgrammeStatus
from audits.models.report import AuditReport, ReportPaper
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
from audits.models.training import AuditorTraining
from audits.models.verification import Verdict, VerificationSample

__all__ = [
    "ActionStatus", "AgendaItem", "AgendaSort", "Answer", "Asks", "Attendee", "Audit", "AuditArea", "AuditMember", "AuditMethod",
    "AuditReport", "AuditSort", "AuditStatus", "AuditorTraining", "Because", "CauseMethod", "ChecklistItem", "ChecklistResult", "Climb",
    "CorrectiveAction", "Due", "DueMove", "Evidence", "EvidenceKind", "Failure", "Finding", "FindingStatus", "Grade",
    "IndependenceOverride", "ItemResult", "Judgement", "ManagementReview", "MemberRole", "Minutes", "Outcome", "PlanApproval",
    "Process", "ProcessOwner", "Programme", "ProgrammeStatus", "Question", "ReportPaper", "ReviewAction", "ReviewActionStatus",
    "ReviewClimb", "ReviewDueMove", "ReviewInput", "ReviewReminder", "ReviewStatus", "ReviewVerdict", "RuleVersion", "Run", "RunAsked",
    "RunOutcome", "Sample", "SampleItem", "Seat", "SeenRecord", "Sort", "Source", "Verdict", "VerificationSample", "Why", "WrittenRule",
]  # fmt: skip
