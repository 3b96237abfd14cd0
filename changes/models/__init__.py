"""Changes: what is to be done, who decided about it, and when it is done."""

from changes.models.approval import ApprovalRound, Choice, Decision, Delegation, Outcome, RoundKind, Rule, Seat, Stage
from changes.models.change import Category, Change, ChangeQuerySet, Kind, Remark, Result, Retrospect, Status, Verdict
from changes.models.doing import Review, RunResult, StepRun
from changes.models.policy import PolicyVersion, Questionnaire, Risk, RiskAssessment
from changes.models.schedule import Booking, FreezeWindow, Override
from changes.models.standard import ModelStatus, StandardModel

__all__ = [
    "ApprovalRound", "Booking", "Category", "Change", "ChangeQuerySet", "Choice", "Decision", "Delegation", "FreezeWindow", "Kind",
    "ModelStatus", "Outcome", "Override", "PolicyVersion", "Questionnaire", "Remark", "Result", "Retrospect", "Review", "Risk",
    "RiskAssessment", "RoundKind", "Rule", "RunResult", "Seat", "Stage", "StandardModel", "Status", "StepRun", "Verdict",
]  # fmt: skip
