"""What the changes of tests say, and answers that come to a risk."""

from changes import risk
from changes.models import Answered, Category, Seat

CONTENT = {
    "kind": "normal", "category": Category.INFRASTRUCTURE, "title": "Patch the web servers", "reason": "A hole was published.",
    "benefit": "Nobody gets in.", "impact": "",
    "plan": [{"words": "Patch node 1", "minutes": 20}, {"words": "Patch node 2", "minutes": 20}],
    "back_out_plan": "Boot the former image.", "test_evidence": "Patched in the test room, all green.",
}  # fmt: skip


def answers(level):
    """Answers to the shipped questions that come to a risk."""
    points = {"low": 0, "medium": 1, "high": 2}[level]
    return {question["code"]: points for question in risk.SHIPPED_QUESTIONS}


def seat(change, role, **more):
    """The open seat of a role in a change's newest round."""
    return Seat.objects.filter(stage__round__change=change, role=role, **more).order_by("-stage__round__no").first()


def answering(change):
    """The same change; an emergency names something that it answers (here its requester's record stands for an incident)."""
    if change.kind == "emergency":
        Answered.objects.create(change=change, record=change.requester, by=change.requester, at=change.raised_at)
    return change
