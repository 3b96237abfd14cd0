"""An audit in progress to test samples and working papers with."""

from datetime import date

from audits.models import Audit, AuditArea, AuditMember, Process
from tests.audits.records import AT

FIRST, LAST = date(2026, 7, 1), date(2026, 10, 10)


def running(world, lead, *members, process="incident", **fields):
    """An audit of one process that is in progress, led by `lead`."""
    said = {
        "title": "Incidents of the quarter", "scope": "Incidents", "methods": ["documents"], "period_from": FIRST, "period_until": LAST,
        "starts_on": LAST, "ends_on": LAST, "lead": lead, "planned_at": AT, "status": "in_progress",
    }  # fmt: skip
    audit = world.kept(Audit, **{**said, **fields})
    audit.refresh_from_db(fields=["number"])
    area = Process.objects.complete().get(code=process)
    world.kept(AuditArea, audit=audit, process=area, auditor=lead)
    world.kept(AuditMember, audit=audit, person=lead, role="lead")
    for person in members:
        world.kept(AuditMember, audit=audit, person=person, role="auditor")
    return audit


def incidents(world, count, **fields):
    """So many incidents of the period, spread over two months and three priorities."""
    made = []
    for no in range(count):
        at = AT.replace(month=8 + no % 2, day=1 + no % 20)
        priority = 2 + no % 3
        made.append(world.incident(**{"contacted_at": at, "impact": 2, "urgency": priority - 1, "priority": priority, **fields}))
    return made
