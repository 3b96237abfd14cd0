"""Changes: what is to be done, who decided about it, and when it is done."""

from changes.models.answered import Answered
from changes.models.approval import ApprovalRound, Choice, Decision, Delegation, Outcome, RoundKind, Rule, Seat, Stage
from changes.models.change import Category, Change, ChangeQuerySet, Kind, Remark, Result, Retrospect, Status, Verdict
from changes.models.doing import Review, RunResult, StepRun
from changes.models.policy import PolicyVersion, Questionnaire, Risk, RiskAssessment
from changes.models.release import Criterion, Release, ReleaseEntry, ReleaseKind, ReleaseStatus
from changes.models.schedule import Booking, CalendarFeed, FreezeWindow, Override
from changes.models.search import SearchText
from changes.models.standard import ModelStatus, StandardModel
from changes.models.transition import Transition, TransitionKind, TransitionStatus

__all__ = [
    "Answered", "ApprovalRound", "Booking", "CalendarFeed", "Category", "Change", "ChangeQuerySet", "Choice", "Criterion", "Decision",
    "Delegation", "FreezeWindow", "Kind", "ModelStatus", "Outcome", "Override", "PolicyVersion", "Questionnaire", "Release",
    "ReleaseEntry", "ReleaseKind", "ReleaseStatus", "Remark", "Result", "Retrospect", "Review", "Risk", "RiskAssessment", "RoundKind",
    "Rule", "RunResult", "SearchText", "Seat", "Stage", "StandardModel", "Status", "StepRun", "Transition", "TransitionKind",
    "TransitionStatus", "Verdict",
]  # fmt: skip
