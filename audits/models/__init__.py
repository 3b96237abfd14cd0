"""Processes with owners, rules and what their runs came to, audits, working papers, findings, actions that prove themselves."""

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
from audits.models.rule import Failure, RuleVersion, Run, RunAsked, RunOutcome, WrittenRule
from audits.models.verification import Verdict, VerificationSample

__all__ = [
    "ActionStatus", "AgendaItem", "AgendaSort", "Audit", "AuditArea", "AuditMember", "AuditMethod", "AuditReport", "AuditSort",
    "AuditStatus", "Because", "CauseMethod", "ChecklistItem", "ChecklistResult", "Climb", "CorrectiveAction", "Due", "DueMove", "Evidence",
    "EvidenceKind", "Failure", "Finding", "FindingStatus", "Grade", "IndependenceOverride", "ItemResult", "Judgement", "MemberRole",
    "Outcome", "PlanApproval", "Process", "ProcessOwner", "Programme", "ProgrammeStatus", "ReportPaper", "RuleVersion", "Run", "RunAsked",
    "RunOutcome", "Sample", "SampleItem", "Seat", "SeenRecord", "Source", "Verdict", "VerificationSample", "Why", "WrittenRule",
]  # fmt: skip
