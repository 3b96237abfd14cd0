"""A management review to test with, and its way."""

from datetime import date, timedelta

from audits import minutes, services
from audits.models import ManagementReview, Question, ReviewAction

FIRST, LAST = date(2025, 3, 1), date(2026, 2, 28)
PATH = ("planned", "prepared", "held", "closed")
REASONS = "The promises are kept, and what is missing has an owner."


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def plan(people, at, **fields):
    """A review planned by the IT service manager, chaired by top management, for the same day."""
    said = {"chair": people["top_manager"], "planned_on": at.date(), "first": FIRST, "last": LAST, **fields}
    return services.plan_review(by=people["service_manager"], at=at, **said)


def answer_all(review, people, at):
    for given in review.inputs.all():
        if given.needs_words and not given.words:
            services.answer_input(review, by=people["service_manager"], key=given.key, words="Nothing has changed.", at=at)


def decision(people, at, **fields):
    return {"title": "Train the night shift", "why": "Two breaches at night.", "sort": "improvement", "owner": people["owner"],
            "due_on": at.date() + timedelta(days=30), **fields}  # fmt: skip


def verdicts(answer="yes", reasons=REASONS):
    return dict.fromkeys(Question, (answer, reasons))


def come_to(review, status, people, *, at, nothing=""):
    """Take a review on its way as far as a status."""
    steps = PATH[: PATH.index(status) + 1]
    manager, chair = people["service_manager"], people["top_manager"]
    if "prepared" in steps:
        services.compile_inputs(review, by=manager, at=at)
    if "held" in steps:
        answer_all(review, people, at)
        services.hold_review(review, by=manager, held_on=at.date(), present=[chair, manager], at=at)
    if "closed" in steps:
        services.judge_review(review, by=chair, verdicts=verdicts(), at=at)
        if nothing:
            services.decide_nothing(review, by=chair, reason=nothing, at=at)
        else:
            services.decide(review, by=manager, at=at, **decision(people, at))
        services.sign_review(review, by=chair, sha256=minutes.digest(fresh(review)), at=at)
    return fresh(review)


def action_of(review):
    """The newest action of a review."""
    return ReviewAction.objects.filter(review=review).order_by("-id").first()


def reviews():
    return ManagementReview.objects.order_by("id")
