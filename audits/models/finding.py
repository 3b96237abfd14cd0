"""The finding: a requirement, the evidence and the gap between them, and what becomes of it (clauses 9.2 and 10.1)."""

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import clauses
from audits import finding_rules as rules
from audits.grading import NONCONFORMITIES, Because, Grade
from itsm.core.flow import StatusField, Stepped, step
from itsm.core.numbering import NextNumber, shown
from itsm.core.trail import append_only, tracked

PREFIX = "FND"
TITLE_LENGTH = 80


class FindingStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("finding", "Open")
    CORRECTING = "correcting", _("In correction")
    VERIFYING = "verifying", _("To be verified")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OVER = (FindingStatus.CLOSED, FindingStatus.WITHDRAWN)


class Source(models.TextChoices):
    """Where a finding came from."""

    RULE = "rule", _("A rule")
    AUDIT = "audit", _("An internal audit")
    CUSTOMER = "customer", _("A customer")
    EXTERNAL = "external", _("An external audit")
    MANAGEMENT = "management", _("Management")


STATEMENT = ("requirement", "evidence", "gap")
FIXED = (*STATEMENT, "clause", "process", "source", "source_words", "source_key", "population", "failed", "whole_stratum", "raised_by",
         "raised_at", "auditee", "audit")  # fmt: skip
"""What nobody changes once a finding is raised: the database refuses it."""


class FindingQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every finding; nobody else any."""
        return self if rules.may_read(person) else self.none()

    def locked(self, pk):
        """One finding, its row locked until the transaction ends. Raises DoesNotExist."""
        return self.select_for_update(of=("self",)).select_related("raised_by", "auditee__organisation").get(pk=pk)

    def listed(self):
        """With all that a row of a list shows."""
        return self.select_related("auditee", "raised_by")

    def nonconformities(self):
        return self.filter(grade__in=NONCONFORMITIES)


def _grade_trigger():
    """Another grade comes by a step, which keeps who, when and why."""
    return pgtrigger.Trigger(
        name="grade_moves_by_steps",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__grade__df=pgtrigger.F("new__grade")),
        func="""
            IF NEW.steps_taken <= OLD.steps_taken OR NEW.grade_why = '' OR NEW.grade_by_id IS NULL THEN
                RAISE EXCEPTION 'the grade of finding % moves by a step and with a reason only', OLD.number; END IF;
            RETURN NEW;
        """,
    )


def _closing_trigger():
    """A nonconformity is closed by a verdict that its last action works; anything else by words."""
    return pgtrigger.Trigger(
        name="closing_is_earned",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__status="closed"),
        func="""
            IF TG_OP = 'UPDATE' THEN
                IF OLD.status = 'closed' THEN RETURN NEW; END IF;
                IF OLD.status = 'open' AND NEW.grade NOT IN ('major', 'minor') AND NEW.outcome <> '' THEN RETURN NEW; END IF;
                IF EXISTS (
                    SELECT 1 FROM audits_correctiveaction a WHERE a.finding_id = NEW.id AND a.status = 'effective'
                      AND a.cycle = (SELECT max(b.cycle) FROM audits_correctiveaction b WHERE b.finding_id = NEW.id))
                THEN RETURN NEW; END IF;
            END IF;
            RAISE EXCEPTION 'finding % can not be closed: nobody independent saw that its correction works', NEW.number;
        """,
    )


@tracked(exclude=["steps_taken"])
class Finding(Stepped):
    """What an auditor, a rule or a customer found: it stays as it was written, whoever it is about."""

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("audits_finding_number"))
    status = StatusField(_("state"), choices=FindingStatus, default=FindingStatus.OPEN)
    grade = models.CharField(_("grade"), max_length=12, choices=Grade)
    grade_why = models.TextField(_("why this grade"))
    grade_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    suggested_grade = models.CharField(max_length=12, choices=Grade, blank=True, editable=False)
    suggested_because = models.CharField(max_length=12, choices=Because, blank=True, editable=False)
    suggestion_open = models.BooleanField(default=False, editable=False)
    """Whether somebody still has to say yes or no to the suggested grade."""
    requirement = models.TextField(_("requirement"))
    evidence = models.TextField(_("evidence"))
    gap = models.TextField(_("gap"))
    clause = models.CharField(_("clause"), max_length=12)
    process = models.CharField(_("process"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=12, choices=Source)
    source_words = models.CharField(_("where exactly"), max_length=200, blank=True)
    source_key = models.CharField(max_length=80, null=True, unique=True, editable=False)  # noqa: DJ001 -- null: unique where there is one
    population = models.PositiveIntegerField(_("records looked at"), default=0)
    failed = models.PositiveIntegerField(_("of them failed"), default=0)
    whole_stratum = models.BooleanField(_("every record of one process and post failed"), default=False)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("raised by"), null=True, on_delete=models.PROTECT, related_name="findings_raised"
    )
    raised_at = models.DateTimeField(_("raised at"))
    auditee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("answers for it"), on_delete=models.PROTECT, related_name="findings_answered_for"
    )
    audit = models.ForeignKey(
        "audits.Audit", verbose_name=_("audit"), null=True, blank=True, on_delete=models.PROTECT, related_name="findings"
    )
    outcome = models.TextField(_("what becomes of it"), blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = [
            models.Index(fields=["status", "-id"], name="audits_finding_status"),
            models.Index(fields=["clause", "process", "raised_at"], name="audits_finding_clause"),
            models.Index(fields=["auditee", "-id"], name="audits_finding_auditee"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(grade__in=Grade.values) & Q(source__in=Source.values), name="audits_finding_sorts"),
            models.CheckConstraint(condition=Q(failed__lte=models.F("population")), name="audits_finding_counted"),
            models.CheckConstraint(condition=~Q(requirement="") & ~Q(evidence="") & ~Q(gap=""), name="audits_finding_stated"),
            models.CheckConstraint(condition=~Q(grade_why=""), name="audits_finding_grade_has_a_reason"),
        ]
        triggers = [pgtrigger.ReadOnly(name="stays_as_raised", fields=list(FIXED)), _grade_trigger(), _closing_trigger()]

    def __str__(self):
        return self.shown_number

    @property
    def shown_number(self):
        return shown(PREFIX, self.number)

    @property
    def title(self):
        """The first line of the gap, short."""
        line = self.gap.strip().splitlines()[0] if self.gap.strip() else ""
        return line if len(line) <= TITLE_LENGTH else f"{line[: TITLE_LENGTH - 1]}…"

    @property
    def clause_label(self):
        return clauses.label(self.clause)

    @property
    def is_over(self):
        return self.status in OVER

    def get_absolute_url(self):
        return reverse("audits:finding", args=[self.number])

    @step(source=[FindingStatus.OPEN, FindingStatus.CORRECTING, FindingStatus.VERIFYING], target=None, may=rules.may_answer,
          label=_("Answer"))  # fmt: skip
    def answer(self):
        pass

    @step(source=[FindingStatus.OPEN, FindingStatus.CORRECTING, FindingStatus.VERIFYING], target=None,
          may=[rules.may_audit, rules.is_not_the_audited], label=_("Grade it anew"))  # fmt: skip
    def regrade(self, *, by, reason, grade):
        before, self.grade, self.grade_why, self.grade_by = self.grade, grade, reason, by
        self.suggestion_open = False
        return {"from": str(before), "to": str(grade)}

    @step(source=[FindingStatus.OPEN, FindingStatus.CORRECTING, FindingStatus.VERIFYING], target=None,
          may=[rules.may_audit, rules.is_not_the_audited], needs=[rules.NEEDS_SUGGESTION], label=_("Keep the grade"))  # fmt: skip
    def keep_grade(self):
        self.suggestion_open = False
        return {"grade": str(self.grade), "refused": str(self.suggested_grade)}

    @step(source=FindingStatus.OPEN, target=FindingStatus.CORRECTING, label=_("Begin the correction"))
    def begin(self, *, action):
        return {"action": action}

    @step(source=FindingStatus.CORRECTING, target=FindingStatus.VERIFYING, label=_("Wait for the verdict"))
    def await_verdict(self, *, action):
        return {"action": action}

    @step(source=FindingStatus.VERIFYING, target=FindingStatus.CORRECTING, label=_("Reopen"))
    def reopen(self, *, action, suggested):
        self.suggested_grade, self.suggested_because = suggested, Because.INEFFECTIVE
        self.suggestion_open = suggested != self.grade
        return {"action": action, "suggested": str(suggested)}

    @step(source=FindingStatus.VERIFYING, target=FindingStatus.CLOSED, label=_("Close"))
    def close(self, *, at, action):
        self.closed_at = at
        return {"action": action}

    @step(source=FindingStatus.OPEN, target=FindingStatus.CLOSED, may=rules.may_settle, needs=[rules.NEEDS_NO_NONCONFORMITY],
          label=_("Say what becomes of it"))  # fmt: skip
    def settle(self, *, at, reason):
        self.outcome, self.closed_at = reason, at

    @step(source=FindingStatus.OPEN, target=FindingStatus.WITHDRAWN, may=rules.may_withdraw, label=_("Withdraw"))
    def withdraw(self, *, at, reason):
        self.outcome, self.closed_at = reason, at


class SeenRecord(models.Model):
    """A record that a finding points at, exactly as it was when it was seen."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="seen")
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    record = GenericForeignKey()
    label = models.CharField(max_length=40)
    picture = models.JSONField()
    sha256 = models.CharField(max_length=64)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("record seen")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["finding", "content_type", "object_id"], name="audits_seen_once")]
        indexes = [models.Index(fields=["content_type", "object_id"], name="audits_seen_of_record")]
        triggers = append_only()

    def __str__(self):
        return self.label
