"""What the page of an agreement shows of one of its versions: its life, its targets, its terms, and what was said about it."""

from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType

from catalog.models import Criticality
from itsm.core.flow import steps_of
from itsm.core.models import StepTaken
from itsm.links.models import Receipt
from sla import differences, wording
from sla.models import AgreementKind, AgreementVersion, Metric, VersionStatus
from sla.services.checks import draft_refusals
from sla.services.offering import ACCEPTED, representatives
from sla.services.promises import metrics_of
from sla.services.risks import risks
from sla.services.terms import read_terms
from sla.stages import HUES, stages_of, stepper

SHOWN_ELSEWHERE = ("parties", wording.TARGETS)


class Happening(NamedTuple):
    """One line of a version's history."""

    kind: str
    at: object
    person: object
    label: object
    record: object


def versions_of(agreement, at):
    """`[(version, stage, hue, receipt of its acceptance or None)]`, newest first. Two queries."""
    versions = list(agreement.versions.select_related("published_by", "offered_by", "service_calendar", "maintenance_calendar"))
    receipts = {r.object_id: r for r in _receipts(versions).filter(choice=ACCEPTED)}
    stages = stages_of(agreement, versions, at)
    for version in versions:
        version.agreement = agreement
    return [(version, stages[version], HUES[stages[version]], receipts.get(version.pk)) for version in versions]


def shown(chosen, against):
    """What the page draws of a row of `versions_of`, compared with another (or nothing)."""
    version, stage, hue, receipt = chosen
    read, taken = read_terms(version), list(StepTaken.objects.about(version).select_related("by"))
    walked = {step.source for step in taken} | {step.target for step in taken} | {version.status}
    sections = [section for section in wording.sections(read) if section.key not in SHOWN_ELSEWHERE]
    return {
        "version": version, "stage": stage, "hue": hue, "receipt": receipt, "stages": stepper(version, stage, walked),
        "table": table(read), "columns": [Metric(metric).label for metric in metrics_of(version.agreement)],
        "sections": [s for s in sections if s.key != "ladder"], "ladder_lines": wording.ladder_lines(version),
        "history": _history(version, taken), "against": against[0] if against else None,
        "changes": differences.changes(read_terms(against[0]), read) if against else [],
        "applications": version.applications.select_related("applied_by") if version.published_at else (),
    }  # fmt: skip


def still_open(version, at):
    """What speaks against offering an open version, its warnings, and who would be asked."""
    customer = version.agreement.customer if version.agreement.kind == AgreementKind.CUSTOMER else None
    return {
        "refusals": draft_refusals(version, at),
        "warnings": risks(version, at),
        "readers": [person for person in representatives(customer, at) if person.email] if customer else [],
        "is_offered": version.status in (VersionStatus.OFFERED, VersionStatus.NEGOTIATED),
    }


def table(read):
    """`[(tier label, priority, [(seconds, about how many days)], calendar)]` of a version's targets."""
    held = {(t.tier, t.priority, t.metric): t for t in read.targets}
    metrics = metrics_of(read.version.agreement)
    cells = sorted({(tier, priority) for tier, priority, _metric in held})
    return [
        (Criticality(tier).label, priority, [_cell(held.get((tier, priority, metric)), read) for metric in metrics],
         list(dict.fromkeys(t.calendar for (row, p, _m), t in held.items() if (row, p) == (tier, priority))))
        for tier, priority in cells
    ]  # fmt: skip


def _cell(target, read):
    return (target.seconds, wording.in_days(target.seconds, read.hours.get(target.calendar_id))) if target else (None, "")


def _history(version, taken):
    """Steps, lines of the negotiation and receipts in the order of time; three queries with the steps."""
    labels = {step.name: step.label for step in steps_of(AgreementVersion)}
    found = [Happening("step", s.effective_at, s.by, labels.get(s.step, s.step), s) for s in taken]
    lines = version.negotiations.select_related("said_by__organisation")
    found += [Happening("line", line.said_at, line.said_by, line.about, line) for line in lines]
    found += [Happening("receipt", r.at, r.person, r.choice, r) for r in _receipts([version])]
    return sorted(found, key=lambda happening: (happening.at, happening.kind))


def _receipts(versions):
    kind = ContentType.objects.get_for_model(AgreementVersion)
    return Receipt.objects.filter(content_type=kind, object_id__in=[version.pk for version in versions]).select_related("person")
