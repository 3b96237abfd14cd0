"""An audit to test with, and the way of it."""

from datetime import date

from audits import services
from audits.models import Audit, Process

SAID = {
    "title": "Internal audit 2026/1", "scope": "Everything we do for customers.", "criteria": "Our procedures.",
    "methods": ["documents", "on_site"], "period_from": date(2025, 9, 1), "period_until": date(2026, 2, 28),
    "starts_on": date(2026, 3, 5), "ends_on": date(2026, 3, 6),
}  # fmt: skip
PATH = ("planned", "prepared", "in_progress", "reported", "follow_up", "closed")
AREA = {"clause": "8.6.1", "process": "incident"}


def processes(*codes):
    return list(Process.objects.complete().filter(code__in=codes))


def planned(lead, *codes, by=None, at=None, **fields):
    """An audit of these processes (change management alone unless others are named)."""
    return services.plan_audit(by=by or lead, lead=lead, at=at, processes=processes(*(codes or ("change",))), **{**SAID, **fields})


def fresh(audit):
    return Audit.objects.get(pk=audit.pk)


def come_to(audit, status, *, at):
    """Take an audit on its way as far as a status; its lead audits every area."""
    lead, steps = audit.lead, PATH[: PATH.index(status) + 1]
    for area in audit.areas.standing().filter(auditor=None):
        services.assign(area, by=lead, auditor=lead, at=at)
    if "prepared" in steps:
        services.draft_agenda(audit, by=lead, at=at)
        services.draft_checklist(audit, by=lead, at=at)
        services.prepare(audit, by=lead, at=at)
    if "in_progress" in steps:
        services.start(audit, by=lead, at=at)
    if "reported" in steps:
        for item in audit.checklist.all():
            services.answer_question(item, by=lead, result="conforming", at=at)
        services.issue_report(audit, by=lead, conclusion="It conforms and it works.", at=at)
    if "follow_up" in steps:
        services.follow_up(audit, by=lead, at=at)
    if "closed" in steps:
        services.close_audit(audit, by=lead, at=at)
    return fresh(audit)
