"""The report of an audit: its facts frozen with their hash, and printed in every language once and for all (requirement 96)."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audits import kinds, report_facts, report_paper, sampling
from audits.models import Audit, AuditReport, ReportPaper
from audits.services.teaming import blocked_areas, refusal_of
from audits.services.telling import tell
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.documents import paper
from itsm.people import duty
from itsm.people.models import Role


@verb
def issue_report(audit, *, by, conclusion, at=None):
    """Freeze what the audit came to and print it in every language; the audit is reported then. Raises NotAllowed, Refused."""
    audit, at = Audit.objects.locked(audit.pk), at or clock.now()
    if not conclusion.strip():
        raise Refused(_("Write the conclusion first: does the system conform, and does it work?"), code="conclusion")
    if refusal := Audit.report.step.refusal(audit, by):
        raise refusal
    if blocked := blocked_areas(audit):
        raise Refused(" ".join(refusal_of(area, area.auditor, ties) for area, ties in blocked), code="not_independent")
    facts = report_facts.gathered(audit, conclusion=conclusion.strip(), by=by, at=at)
    report = AuditReport.objects.create(audit=audit, facts=facts, sha256=sampling.digest(facts), issued_by=by, issued_at=at)
    for language, _name in settings.LANGUAGES:
        content = report_paper.printed(facts, report.sha256, language)
        ReportPaper.objects.create(report=report, language=language, content=content, sha256=paper.sha256(content))
    audit.report(by=by, at=at, conclusion=conclusion.strip(), sha256=report.sha256)
    audit.save()
    tell(_readers(audit, at), kinds.REPORTED, audit, but=by, at=at)
    return audit


def _readers(audit, at):
    """Who gets the report: the management, who answers for a finding, and who was audited."""
    auditees = [finding.auditee for finding in audit.findings.select_related("auditee")]
    audited = [item.auditee for item in audit.agenda.standing().select_related("auditee") if item.auditee]
    return [*duty.holders(Role.SERVICE_MANAGER, at), *duty.holders(Role.TOP_MANAGEMENT, at), *auditees, *audited]


def holds(report):
    """Whether a report still says what its hash says, and so its prints; `{what: bool}`, what is "facts" or a language."""
    found = {"facts": sampling.digest(report.facts) == report.sha256}
    return found | {one.language: paper.sha256(bytes(one.content)) == one.sha256 for one in report.papers.all()}
