"""Findings: raised, answered, graded anew, settled; never edited (clauses 9.2 and 10.1, requirements 84 and 90 to 92)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from audits import audit_rules, clauses, freezing, kinds
from audits import finding_rules as rules
from audits.grading import NONCONFORMITIES, Counted, Grade, is_lower, suggest
from audits.models import Audit, AuditSort, AuditStatus, CorrectiveAction, Finding, FindingStatus, SeenRecord, Source
from audits.services.telling import auditors, tell, tell_raised
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.documents import services as documents
from itsm.people import duty
from itsm.people.models import Role
from itsm.people.zones import company_day

REPEATED_WITHIN = timedelta(days=365)
DAYS_TO_PLAN = {Grade.MAJOR: 5, Grade.MINOR: 14, Grade.OBSERVATION: 30, Grade.OPPORTUNITY: 30}
"""Days until a plan is due where nobody says another date."""


def repeats_of(clause, process, at):
    """The nonconformities about the same clause and process within the last twelve months, the newest first."""
    same = Finding.objects.nonconformities().filter(clause=clause, process=process, raised_at__gt=at - REPEATED_WITHIN, raised_at__lte=at)
    return same.exclude(status=FindingStatus.WITHDRAWN).order_by("-raised_at", "-id")


def suggestion(*, clause, process="", counted=None, at):
    """The Suggestion for a finding that is about to be raised; one query."""
    return suggest(counted or Counted(), repeats=repeats_of(clause, process, at).exists())


@verb
def raise_finding(*, by, grade, grade_why, auditee, records=(), counted=None, owner=None, answer_by=None, audit=None, at=None, **said):
    """Raise a finding; a nonconformity gets its first round of correction at once.

    `said`: requirement, evidence, gap, clause, process, source, source_words. `records`: what was seen, kept as it is now.
    `counted`: a grading.Counted. `by` is None for what a rule or the product itself found. `audit`: the audit in progress that it
    comes from; its team raises it. Raises NotAllowed, Refused.
    """
    at = at or clock.now()
    if audit is not None:
        said |= _of_audit(audit, by, said)
    elif by is not None and not rules.may_raise(by):
        raise NotAllowed(rules.may_audit.sentence)
    counted = counted or Counted()
    _check_said(said, grade_why, auditee, by)
    finding = _written(said, grade, grade_why, auditee, counted, by=by, at=at)
    keep_records(finding, records, by=by, at=at)
    if finding.grade in NONCONFORMITIES:
        open_round(finding, owner=owner or auditee, answer_by=answer_by, at=at)
    tell_raised(finding, by=by, at=at)
    return finding


def _of_audit(audit, by, said):
    """What a finding of an audit says of where it comes from. Raises NotAllowed, Refused."""
    audit = Audit.objects.locked(audit.pk)
    if not audit_rules.may_audit_here(by, audit):
        raise NotAllowed(audit_rules.may_audit_here.sentence)
    if audit.status != AuditStatus.IN_PROGRESS:
        raise Refused(_("Findings of an audit are raised while it is in progress."), code="wrong_status")
    source = Source.EXTERNAL if audit.sort == AuditSort.EXTERNAL else Source.AUDIT
    return {"audit": audit, "source": source, "source_words": said.get("source_words", "").strip() or audit.shown_number}


def _check_said(said, grade_why, auditee, by):
    for name, sentence in (
        ("requirement", _("Say what is required.")), ("evidence", _("Say what was seen, and where.")), ("gap", _("Say what is missing.")),
    ):  # fmt: skip
        if not said.get(name, "").strip():
            raise Refused(sentence, code=name)
    if not grade_why.strip():
        raise Refused(_("Say why this grade: somebody has to decide it, no rule does."), code="no_reason")
    if said.get("clause") not in clauses.known():
        raise Refused(_("Name the clause by its number, for example 8.6.1."), code="clause")
    if by is not None and by == auditee:
        raise Refused(_("Nobody audits their own work: somebody else has to answer for it, or somebody else has to raise it."), code="own")
    if not auditee.is_internal:
        raise Refused(_("Only our own people answer for a finding."), code="auditee")


def _written(said, grade, grade_why, auditee, counted, *, by, at):
    """The new finding, saved. One that the product raised leaves a suggestion of another grade open for a human."""
    proposed = suggestion(clause=said["clause"], process=said.get("process", ""), counted=counted, at=at)
    texts = {name: text.strip() if isinstance(text, str) else text for name, text in said.items()}
    finding = Finding(
        grade=grade, grade_why=grade_why.strip(), grade_by=by, auditee=auditee, raised_by=by, raised_at=at, population=counted.population,
        failed=counted.failed, whole_stratum=counted.whole_stratum, suggested_grade=proposed.grade, suggested_because=proposed.because,
        suggestion_open=by is None and is_lower(grade, proposed.grade), **texts,
    )  # fmt: skip
    finding.save()
    finding.refresh_from_db(fields=["number"])
    return finding


def keep_records(finding, records, *, by, at):
    """Keep frozen copies of records with a finding; one that is there already stays as it was."""
    rows = []
    for record in dict.fromkeys(records):
        copy = {"picture": freezing.picture(record), "sha256": freezing.digest(record)}
        rows.append(SeenRecord(finding=finding, record=record, label=str(record), seen_by=by, seen_at=at, **copy))
    SeenRecord.objects.bulk_create(rows)


def open_round(finding, *, owner, at, answer_by=None):
    """A new round of correction; its plan is due on `answer_by`, or after the days that the grade gives. Raises Refused."""
    today = company_day(at)
    answer_by = answer_by or today + timedelta(days=DAYS_TO_PLAN[finding.grade])
    if answer_by < today:
        raise Refused(_("The plan can’t be due in the past."), code="past")
    if not (owner.is_internal and owner.is_active):
        raise Refused(_("Only our own people own a corrective action."), code="owner")
    cycle = finding.actions.count() + 1
    action = CorrectiveAction(finding=finding, cycle=cycle, owner=owner, answer_by=answer_by, next_due_on=answer_by, opened_at=at)
    action.save()
    action.refresh_from_db(fields=["number"])
    if owner != finding.auditee:
        tell([owner], kinds.OWNED, action, but=None, at=at)
    return action


def running_action(finding):
    """The round that runs now, locked, or None."""
    found = finding.actions.running().order_by("-cycle").first()
    return CorrectiveAction.objects.locked(found.pk) if found else None


@verb
def answer(finding, *, by, reason, uploads=(), at=None):
    """What who answers for it has to say (`reason`), perhaps with files. It stands beside the finding, which stays as it is."""
    finding = Finding.objects.locked(finding.pk)
    at = at or clock.now()
    if not reason.strip():
        raise Refused(_("Write your answer first."), code="no_words")
    finding.answer(by=by, at=at, reason=reason.strip())
    finding.save()
    documents.attach(finding, uploads, by=by, visibility="internal", at=at)
    tell(auditors(finding, at), kinds.ANSWERED, finding, but=by, at=at)
    return finding


@verb
def regrade(finding, *, by, grade, reason, at=None):
    """Give it another grade, with a reason; the former one stays in its history. Raises NotAllowed, Refused."""
    finding = Finding.objects.locked(finding.pk)
    at = at or clock.now()
    if not reason.strip():
        raise Refused(_("Say why the grade changes."), code="no_reason")
    if grade == finding.grade:
        raise Refused(_("It has this grade already. Choose another, or keep it."), code="same")
    finding.regrade(by=by, at=at, reason=reason.strip(), grade=grade)
    finding.save()
    running = running_action(finding)
    if grade in NONCONFORMITIES and running is None and finding.status == FindingStatus.OPEN:
        running = open_round(finding, owner=finding.auditee, at=at)
    if grade == Grade.MAJOR and running is not None and running.status == "approved":
        _ask_again(running, by=by, at=at)
    people = [finding.auditee, *([running.owner] if running else [])]
    tell(people, kinds.REGRADED, finding, but=by, at=at)
    return finding


def _ask_again(action, *, by, at):
    """A plan approved for a minor nonconformity needs others now that it is a major one."""
    action.ask_again(by=by, at=at)
    action.set_next_due()
    action.save()
    people = [*duty.holders(Role.SERVICE_MANAGER, at), *duty.holders(Role.TOP_MANAGEMENT, at)]
    tell([person for person in people if person.pk != action.owner_id], kinds.APPROVE, action, but=by, at=at)


@verb
def keep_grade(finding, *, by, reason, at=None):
    """Refuse the suggested grade, with a reason."""
    finding = Finding.objects.locked(finding.pk)
    if not reason.strip():
        raise Refused(_("Say why the suggested grade is not right."), code="no_reason")
    finding.keep_grade(by=by, at=at or clock.now(), reason=reason.strip())
    finding.save()
    return finding


@verb
def take_up(finding, *, by, owner, answer_by=None, at=None):
    """Let an observation or an opportunity get a corrective action, as a nonconformity has."""
    finding = Finding.objects.locked(finding.pk)
    at = at or clock.now()
    if not rules.may_settle(by, finding):
        raise NotAllowed(rules.may_settle.sentence)
    if finding.status != FindingStatus.OPEN or running_action(finding) is not None:
        raise Refused(_("It has an action already, or is over."), code="taken_up")
    open_round(finding, owner=owner, answer_by=answer_by, at=at)
    return finding


@verb
def settle(finding, *, by, reason, at=None):
    """Say what becomes of an observation or an opportunity: done, noted, or not pursued, and why. It is closed then."""
    finding = Finding.objects.locked(finding.pk)
    at = at or clock.now()
    _must_say_why(reason)
    finding.settle(by=by, at=at, reason=reason.strip())
    _drop_running(finding, by=by, at=at)
    finding.save()
    return finding


@verb
def withdraw(finding, *, by, reason, at=None):
    """Take back a finding that was raised in error, before anything was corrected."""
    finding = Finding.objects.locked(finding.pk)
    at = at or clock.now()
    _must_say_why(reason)
    finding.withdraw(by=by, at=at, reason=reason.strip())
    _drop_running(finding, by=by, at=at)
    finding.save()
    tell([finding.auditee], kinds.WITHDRAWN, finding, but=by, at=at)
    return finding


def _must_say_why(reason):
    if not reason.strip():
        raise Refused(_("Say why."), code="no_reason")


def _drop_running(finding, *, by, at):
    running = running_action(finding)
    if running is not None:
        running.drop(by=by, at=at)
        running.set_next_due()
        running.save()
