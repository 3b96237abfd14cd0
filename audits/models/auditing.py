"""What an audit is made of: areas with their auditors, the team, agenda and checklist; and exceptions to independence."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import clauses
from audits.models.audit import Audit, AuditMethod
from audits.models.process import Process
from itsm.core.trail import append_only, tracked


class StandingQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not taken out again."""
        return self.filter(dropped_at=None)


def _independent_trigger():
    """Who owned or deputised a process on a day of the audited period audits it with top management's word only."""
    return pgtrigger.Trigger(
        name="audited_by_another",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__auditor__isnull=False, new__process__isnull=False, new__dropped_at__isnull=True),
        func="""
            IF TG_OP = 'UPDATE' AND OLD.auditor_id IS NOT DISTINCT FROM NEW.auditor_id THEN RETURN NEW; END IF;
            IF EXISTS (SELECT 1 FROM audits_processowner o JOIN audits_audit a ON a.id = NEW.audit_id
                WHERE o.process_id = NEW.process_id AND o.withdrawn_at IS NULL AND NEW.auditor_id IN (o.owner_id, o.deputy_id)
                  AND o.valid && daterange(a.period_from, a.period_until, '[]'))
               AND NOT EXISTS (SELECT 1 FROM audits_independenceoverride i
                WHERE i.audit_id = NEW.audit_id AND i.area_id = NEW.id AND i.person_id = NEW.auditor_id)
            THEN RAISE EXCEPTION 'nobody audits a process that was theirs: person %, process %', NEW.auditor_id, NEW.process_id; END IF;
            RETURN NEW;
        """,
    )


@tracked()
class AuditArea(models.Model):
    """A process or a clause that an audit covers, and who looks at it."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="areas")
    process = models.ForeignKey(Process, models.PROTECT, verbose_name=_("process"), null=True, blank=True, related_name="audit_areas")
    clause = models.CharField(_("clause"), max_length=12, blank=True)
    auditor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("auditor"), null=True, blank=True, related_name="audit_areas"
    )
    flagged_at = models.DateTimeField(null=True, editable=False)
    """Since when its auditor is known not to be independent any more; empty again once that is settled."""
    dropped_at = models.DateTimeField(null=True, editable=False)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("audited area")
        ordering = ["id"]
        indexes = [models.Index(fields=["auditor"], name="audits_area_auditor")]
        constraints = [
            models.UniqueConstraint(
                fields=["audit", "process"], condition=Q(process__isnull=False, dropped_at=None), name="audits_area_process"
            ),
            models.UniqueConstraint(fields=["audit", "clause"], condition=~Q(clause="") & Q(dropped_at=None), name="audits_area_clause"),
            models.CheckConstraint(
                condition=Q(process=None) & ~Q(clause="") | Q(process__isnull=False, clause=""), name="audits_area_is_one_thing"
            ),
        ]
        triggers = [_independent_trigger()]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """The process by its name, or the clause with its title, in the reader's language."""
        return self.process.label() if self.process_id else clauses.label(self.clause)


class MemberRole(models.TextChoices):
    LEAD = "lead", _("Lead auditor")
    AUDITOR = "auditor", _("Auditor")
    GUEST = "guest", pgettext_lazy("audit", "Guest")


@tracked()
class AuditMember(models.Model):
    """Who takes part in an audit; a guest until a day."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="audit_memberships")
    role = models.CharField(_("role"), max_length=10, choices=MemberRole)
    valid_until = models.DateField(_("last day"), null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, editable=False)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit team")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "person"], condition=Q(dropped_at=None), name="audits_member_once"),
            models.CheckConstraint(condition=~Q(role="guest") | Q(valid_until__isnull=False), name="audits_guest_until_a_day"),
        ]

    def __str__(self):
        return f"{self.audit_id} {self.person_id} {self.role}"


class AgendaSort(models.TextChoices):
    OPENING = "opening", _("Opening meeting")
    AREA = "area", _("Audit of an area")
    CLOSING = "closing", _("Closing meeting")
    OTHER = "other", pgettext_lazy("agenda", "Other")


@tracked()
class AgendaItem(models.Model):
    """One entry of an audit's agenda."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="agenda")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    sort = models.CharField(_("sort"), max_length=10, choices=AgendaSort)
    area = models.ForeignKey(AuditArea, models.PROTECT, verbose_name=_("area"), null=True, blank=True, related_name="agenda")
    auditee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("with whom"), null=True, blank=True, related_name="+"
    )
    words = models.CharField(_("remark"), max_length=300, blank=True)
    dropped_at = models.DateTimeField(null=True, editable=False)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="audits_agenda_in_order"),
            models.CheckConstraint(
                condition=Q(sort="area", area__isnull=False) | (~Q(sort="area") & Q(area=None)), name="audits_agenda_area"
            ),
        ]

    def __str__(self):
        return f"{self.audit_id} {self.sort}"


class ChecklistResult(models.TextChoices):
    OPEN = "open", pgettext_lazy("checklist", "Open")
    CONFORMING = "conforming", _("Conforming")
    NOT_CONFORMING = "not_conforming", _("Not conforming")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")


@tracked()
class ChecklistItem(models.Model):
    """One question of an audit: drafted from a clause and the rules that test it, or written by hand."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="checklist")
    area = models.ForeignKey(AuditArea, models.PROTECT, verbose_name=_("area"), related_name="checklist")
    no = models.PositiveSmallIntegerField()
    clause = models.CharField(_("clause"), max_length=12)
    question = models.TextField(_("question"), blank=True)
    """Own words; empty: the question of the clause, in the language of whoever reads it."""
    rule_ids = models.JSONField(default=list)
    auditor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    method = models.CharField(_("method"), max_length=10, choices=AuditMethod, blank=True)
    note = models.TextField(_("note"), blank=True)
    result = models.CharField(_("result"), max_length=15, choices=ChecklistResult, default=ChecklistResult.OPEN)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("checklist")
        ordering = ["no"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "no"], name="audits_checklist_no"),
            models.CheckConstraint(condition=Q(result__in=ChecklistResult.values), name="audits_checklist_result"),
            models.CheckConstraint(
                condition=Q(result="open") | Q(answered_by__isnull=False, answered_at__isnull=False), name="audits_checklist_answered"
            ),
        ]

    def __str__(self):
        return f"{self.audit_id} {self.no}"

    @property
    def asks(self):
        """The question in the reader's language, or as it was written by hand."""
        return self.question or clauses.question(self.clause)


class IndependenceOverride(models.Model):
    """Top management's word that somebody audits what is not independent of them: why, and who looks at it a second time."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="overrides")
    area = models.ForeignKey(AuditArea, models.PROTECT, related_name="overrides")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ties = models.JSONField(default=list)
    """[[kind, about]] of what tied them, as it was then."""
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("exception to independence")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["area", "person"], name="audits_override_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="audits_override_has_a_reason"),
            models.CheckConstraint(condition=~Q(person=F("reviewer")) & ~Q(person=F("by")), name="audits_override_by_others"),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.area_id} {self.person_id}"
