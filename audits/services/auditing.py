"""Audits: planned, prepared, begun, followed up, closed (clause 9.2, requirements 79 to 97)."""

from django.utils.translation import gettext_lazy as _

from audits import audit_rules as rules
from audits import clauses, kinds
from audits.models import AgendaItem, Audit, AuditArea, AuditMember, AuditMethod, MemberRole, Process
from audits.models.audit import OPEN
from audits.services.telling import tell
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people import duty
from itsm.people.models import Role

FIELDS = ("title", "sort", "scope", "criteria", "methods", "period_from", "period_until", "starts_on", "ends_on", "lead", "programme")


@verb
def plan_audit(*, by, lead, at=None, sort="internal", criteria="", programme=None, processes=(), clauses=(), **said):
    """Plan an audit. `said`: title, scope, methods, period_from, period_until, starts_on, ends_on. Raises NotAllowed, Refused."""
    if by is not None and not rules.may_plan_audits(by):
        raise NotAllowed(rules.may_plan_audits.sentence)
    at = at or clock.now()
    fields = {**said, "lead": lead, "sort": sort, "criteria": criteria, "programme": programme}
    _check(fields, at)
    audit = Audit(planned_by=by, planned_at=at, **fields)
    audit.save()
    audit.refresh_from_db(fields=["number"])
    AuditMember.objects.create(audit=audit, person=lead, role=MemberRole.LEAD)
    if processes or clauses:
        _covered(audit, processes, clauses, at)
    tell([lead], kinds.LEADS, audit, but=by, at=at)
    return audit


def _check(fields, at):
    """Raise Refused with the first thing that does not fit."""
    lead = fields["lead"]
    for fits, sentence, code in (
        (fields["title"].strip(), _("Give the audit a title."), "title"),
        (fields["scope"].strip(), _("Say what is inside the audit, and what is not."), "scope"),
        (fields["methods"] and set(fields["methods"]) <= set(AuditMethod.values),
         _("Choose at least one method: documents, on site, or remote."), "methods"),
        (fields["starts_on"] <= fields["ends_on"], _("The last day comes before the first."), "days"),
        (fields["period_from"] <= fields["period_until"], _("The records’ last day comes before their first."), "period"),
        (fields["period_until"] <= fields["ends_on"], _("Records from after the audit can’t be looked at in it."), "period"),
        (lead.is_internal and lead.is_active, _("Somebody who works for us leads the audit; auditors from outside are guests."), "lead"),
    ):  # fmt: skip
        if not fits:
            raise Refused(sentence, code=code)
    programme = fields["programme"]
    if programme and not programme.starts_on <= fields["starts_on"] <= programme.ends_on:
        raise Refused(_("The audit begins outside the year of its programme."), code="programme")


@verb
def edit_audit(audit, *, by, at=None, **fields):
    """Change what the plan says while the report is not issued; another period makes everybody's independence a new question."""
    audit, at = Audit.objects.locked(audit.pk), at or clock.now()
    former = audit.lead
    _check({name: fields.get(name, getattr(audit, name)) for name in FIELDS}, at)
    audit.edit(by=by, at=at, fields=fields)
    audit.save()
    if audit.lead_id != former.pk:
        _hand_lead(audit, former, at)
        tell([audit.lead], kinds.LEADS, audit, but=by, at=at)
    return audit


def _hand_lead(audit, former, at):
    """Another lead: the former one stays as auditor where areas are theirs."""
    stays = audit.areas.standing().filter(auditor=former).exists()
    audit.members.standing().filter(person=former).update(**({"role": MemberRole.AUDITOR} if stays else {"dropped_at": at}))
    if not audit.members.standing().filter(person=audit.lead).update(role=MemberRole.LEAD):
        AuditMember.objects.create(audit=audit, person=audit.lead, role=MemberRole.LEAD)


@verb
def cover(audit, *, by, processes=(), clauses=(), at=None):
    """Say which processes and clauses the audit covers; those that stay keep their auditor. Raises NotAllowed, Refused."""
    audit, at = Audit.objects.locked(audit.pk), at or clock.now()
    audit.edit(by=by, at=at, fields={}) if rules.may_arrange(by, audit) else _planners_only(audit, by)
    _covered(audit, processes, clauses, at)
    audit.save()
    return audit


def _planners_only(audit, by):
    """Who plans the programme may say what an audit covers until it begins."""
    if not (audit.is_ahead and rules.may_plan_audits(by)):
        raise NotAllowed(rules.may_arrange.sentence)


def _covered(audit, processes, numbers, at):
    if unknown := [number for number in numbers if number not in clauses.known()]:
        raise Refused(_("There is no clause %(clause)s.") % {"clause": unknown[0]}, code="clause")
    wanted = {(process.pk, "") for process in processes} | {(None, number) for number in numbers}
    standing = {(area.process_id, area.clause): area for area in audit.areas.standing()}
    gone = [area for key, area in standing.items() if key not in wanted]
    if audit.status not in OPEN or (gone and not audit.is_ahead):
        raise Refused(_("The audit has begun: what it covers can grow, but not shrink."), code="begun")
    AuditArea.objects.filter(pk__in=[area.pk for area in gone]).update(dropped_at=at)
    AgendaItem.objects.standing().filter(area__in=gone).update(dropped_at=at)
    audit.checklist.filter(area__in=gone, result="open").update(result="not_applicable", answered_by=audit.lead, answered_at=at)
    for process in processes:
        if (process.pk, "") not in standing:
            AuditArea.objects.create(audit=audit, process=process)
    for number in numbers:
        if (None, number) not in standing:
            AuditArea.objects.create(audit=audit, clause=number)


@verb
def prepare(audit, *, by, at=None):
    """Everything is ready: areas with auditors, agenda, checklist."""
    audit = Audit.objects.locked(audit.pk)
    audit.prepare(by=by, at=at or clock.now())
    audit.save()
    return audit


@verb
def unprepare(audit, *, by, reason, at=None):
    """Back to planning, with a reason."""
    audit = Audit.objects.locked(audit.pk)
    audit.unprepare(by=by, at=at or clock.now(), reason=reason.strip())
    audit.save()
    return audit


@verb
def follow_up(audit, *, by, at=None):
    """The report is out; now what it found is corrected."""
    audit = Audit.objects.locked(audit.pk)
    audit.follow_up(by=by, at=at or clock.now())
    audit.save()
    return audit


@verb
def close_audit(audit, *, by, at=None):
    """Every nonconformity is closed, so the audit is."""
    audit, at = Audit.objects.locked(audit.pk), at or clock.now()
    audit.close(by=by, at=at)
    audit.save()
    tell([audit.lead, *duty.holders(Role.SERVICE_MANAGER, at)], kinds.AUDIT_CLOSED, audit, but=by, at=at)
    return audit


@verb
def cancel_audit(audit, *, by, reason, at=None):
    """It does not take place, and why."""
    audit, at = Audit.objects.locked(audit.pk), at or clock.now()
    if not reason.strip():
        raise Refused(_("Say why."), code="no_reason")
    audit.cancel(by=by, at=at, reason=reason.strip())
    audit.save()
    auditors = [member.person for member in audit.members.standing().exclude(role=MemberRole.GUEST).select_related("person")]
    tell(auditors, kinds.AUDIT_CANCELLED, audit, but=by, at=at)
    return audit


def processes_named(codes):
    """The processes of these codes."""
    return list(Process.objects.complete().filter(code__in=codes))
