"""A finding to test with, and the way of its action."""

from datetime import timedelta

from audits import services
from audits.models import CorrectiveAction, Finding
from catalog.models import Service

SAID = {
    "requirement": "An incident is closed after the customer has confirmed it.",
    "evidence": "INC-001719 and INC-001714 were closed by the engineer on the same day.",
    "gap": "The customer had not confirmed, and nobody had reminded them a second time.",
    "clause": "8.6.1",
    "process": "incident",
    "source": "audit",
    "grade": "minor",
    "grade_why": "Two of twenty, no customer was harmed.",
}
CAUSE = "The form for closing offers the button at any time, since no step asks for a receipt."
PATH = ("opened", "corrected", "explained", "planning", "proposed", "approved", "implemented", "verifying", "effective")


def service(owner, team):
    """The service that incidents are about."""
    return Service.objects.get_or_create(
        code="banking", defaults={"name": "银行云", "name_en": "Banking", "criticality": "core", "owner": owner, "team": team}
    )[0]


def action_of(finding):
    """The newest action of a finding, fresh."""
    return CorrectiveAction.objects.filter(finding=finding).order_by("-cycle").first()


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def plan(owner, at, **fields):
    """The fields of a plan."""
    return {
        "plan": "Offer closing only with a receipt; train the desk.", "owner": owner, "due_on": (at + timedelta(days=20)).date(),
        "criterion": "Every closed incident has a receipt.", "sampled_from": "incidents", "after_days": 30, "after_records": 10,
        "needed_percent": 90, **fields,
    }  # fmt: skip


def approve(action, company, at):
    """Everybody whose approval is needed gives it."""
    finding = Finding.objects.get(pk=action.finding_id)
    for who in ("service_manager", "top_manager") if finding.grade == "major" else ("auditee",):
        services.approve(action, by=company[who], at=at)
    return fresh(action)


def come_to(action, status, company, *, at):
    """Take an action on its way as far as a status before the sample."""
    by, steps = action.owner, PATH[: PATH.index(status) + 1]
    if "corrected" in steps:
        services.correct(action, by=by, correction="The two customers were asked, both confirmed.", at=at)
    if "explained" in steps:
        services.explain(action, by=by, method="free", cause=CAUSE, at=at)
    if "planning" in steps:
        services.look_around(action, by=by, extent="All 412 closed in the quarter were searched: 29 more.", at=at)
    if "proposed" in steps:
        services.propose(action, by=by, at=at, **plan(by, at))
    if "approved" in steps:
        approve(action, company, at)
    if "implemented" in steps:
        services.implement(action, by=by, implementer=company["fixer"], implementation="Released with CHG-000012.", at=at)
    return fresh(action)


def results(action, failing=0):
    """A verdict on every record of its sample, so many of which fail."""
    keys = [record["key"] for record in fresh(action).sample.records]
    return {key: (no >= failing, "" if no >= failing else "No receipt.") for no, key in enumerate(keys)}
