"""The facts of an audit report: everything it says, as plain values, so that they can be frozen and printed again word for word."""

from django.conf import settings
from django.utils import translation

from audits import clauses, framework, independence, known, report_samples, trend
from audits.models import AuditorTraining, Grade, MemberRole
from audits.services.teaming import team_ties


def in_each(word):
    """`{language: word()}` in every language of the product."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = str(word())
    return found


def gathered(audit, *, conclusion, by, at):
    """Everything the report of an audit says."""
    areas = list(audit.areas.standing().select_related("process", "auditor"))
    return {
        "number": audit.shown_number, "title": audit.title, "sort": audit.sort, "scope": audit.scope, "criteria": audit.criteria,
        "methods": list(audit.methods), "conclusion": conclusion, "edition": _edition(), "issued_at": at.isoformat(),
        "issued_by": by.display, "lead": audit.lead.display,
        "days": [day.isoformat() for day in (audit.starts_on, audit.ends_on, audit.period_from, audit.period_until)],
        "team": _team(audit), "training": _training(audit),
        "areas": [_area(area) for area in areas], "agenda": _agenda(audit), "checklist": _checklist(audit),
        "overrides": _overrides(audit), "warnings": _warnings(audit, areas), "findings": [_finding(f) for f in _findings(audit)],
        "counts": {str(grade): audit.findings.exclude(status="withdrawn").filter(grade=grade).count() for grade in Grade},
        "samples": report_samples.facts(audit, in_each),
    }  # fmt: skip


def _edition():
    stated = framework.edition()
    return f"{stated.standard}:{stated.year}"


def _training(audit):
    """What the team was trained in on the audit's first day."""
    people = audit.members.standing().exclude(role=MemberRole.GUEST).values("person")
    held = AuditorTraining.objects.valid(audit.starts_on).filter(person__in=people).select_related("person").order_by("person_id", "id")
    return [[one.person.display, one.course, one.provider, one.completed_on.isoformat()] for one in held]


def _team(audit):
    members = audit.members.standing().select_related("person").order_by("id")
    return [[member.person.display, member.role] for member in members]


def _area(area):
    return {"id": area.pk, "label": in_each(lambda: area.label), "auditor": area.auditor.display if area.auditor else ""}


def _agenda(audit):
    rows = audit.agenda.standing().select_related("area__process", "auditee")
    return [
        {"from": item.starts_at.isoformat(), "until": item.ends_at.isoformat(), "sort": item.sort, "words": item.words,
         "area": in_each(lambda item=item: item.area.label) if item.area_id else None, "with": item.auditee.display if item.auditee else ""}
        for item in rows
    ]  # fmt: skip


def _checklist(audit):
    rows = list(audit.checklist.select_related("area__process", "answered_by"))
    rules = known.rules()
    runs = trend.lately([name for item in rows for name in item.rule_ids], 1)
    return [
        {"no": item.no, "clause": item.clause, "area": in_each(lambda item=item: item.area.label),
         "question": in_each(lambda item=item: item.asks), "result": item.result, "note": item.note,
         "by": item.answered_by.display if item.answered_by else "",
         "rules": [_rule(rules[name], runs[name]) for name in item.rule_ids if name in rules]}
        for item in rows
    ]  # fmt: skip


def _rule(rule, runs):
    last = runs[-1] if runs else None
    counted = [last.population, last.passed, last.started_at.isoformat()] if last else None
    return {"id": rule.id, "counted": counted}


def _overrides(audit):
    rows = audit.overrides.select_related("area__process", "person", "reviewer", "by")
    return [
        {"area": in_each(lambda one=one: one.area.label), "person": one.person.display, "reviewer": one.reviewer.display,
         "reason": one.reason, "by": one.by.display, "at": one.at.isoformat(), "ties": one.ties}
        for one in rows
    ]  # fmt: skip


def _warnings(audit, areas):
    """What ties an auditor without keeping them away: said, not hidden."""
    found = []
    ties = team_ties(audit, areas)
    for area in areas:
        for tie in ties[area.pk]:
            if not tie.blocks:
                label = in_each(lambda tie=tie: independence.LABELS[tie.kind])
                found.append({"area": in_each(lambda area=area: area.label), "person": area.auditor.display, "tie": label})
    return found


def _findings(audit):
    return audit.findings.exclude(status="withdrawn").select_related("auditee", "raised_by").order_by("number")


def _finding(finding):
    return {
        "number": finding.shown_number, "grade": finding.grade, "why": finding.grade_why, "clause": finding.clause,
        "clause_label": in_each(lambda: clauses.label(finding.clause)), "requirement": finding.requirement, "evidence": finding.evidence,
        "gap": finding.gap, "auditee": finding.auditee.display, "counted": [finding.population, finding.failed],
        "raised_by": finding.raised_by.display if finding.raised_by else "",
    }  # fmt: skip
