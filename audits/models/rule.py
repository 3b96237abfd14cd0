"""What every run of a rule came to, record by record; and the rules that people wrote themselves (9.1, 9.2)."""

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from itsm.core.clock import ClockTimestamp
from itsm.core.trail import append_only, tracked


class RunOutcome(models.TextChoices):
    DONE = "done", _("Run")
    ERROR = "error", _("Could not run")


class RunQuerySet(models.QuerySet):
    def of(self, rule_id):
        """The runs of one rule, the newest first."""
        return self.filter(rule=rule_id).order_by("-id")

    def done(self):
        """Those that came to a result."""
        return self.filter(outcome=RunOutcome.DONE)

    def lately(self, rule_ids, most):
        """The newest `most` runs of each of these rules, the newest first; one query by the index, however many runs there are."""
        return self.raw(
            "SELECT r.* FROM unnest(%s::text[]) AS k(rule) CROSS JOIN LATERAL "
            "(SELECT * FROM audits_run WHERE rule = k.rule ORDER BY id DESC LIMIT %s) r",
            [list(rule_ids), most],
        )


class Run(models.Model):
    """One run of one rule over its whole population: how many were looked at, how many passed. Append-only: runs are the trend."""

    rule = models.CharField(max_length=30)
    version = models.PositiveIntegerField(default=1)
    outcome = models.CharField(max_length=10, choices=RunOutcome)
    population = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()
    query_hash = models.CharField(max_length=64, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    night = models.DateField(null=True)
    """The day of a nightly run that came to a result; empty of all others."""
    error = models.TextField(blank=True, default="")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of a rule")
        verbose_name_plural = _("runs of rules")
        indexes = [models.Index(fields=["rule", "-id"], name="audits_run_of_rule")]
        constraints = [
            models.UniqueConstraint(fields=["rule", "night"], condition=Q(night__isnull=False), name="audits_once_a_night"),
            models.CheckConstraint(condition=Q(population=F("passed") + F("failed")), name="audits_run_adds_up"),
            models.CheckConstraint(
                condition=Q(outcome="done", error="") | (Q(outcome="error", population=0, night=None) & ~Q(error="")),
                name="audits_run_outcome",
            ),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.rule} {self.population}"

    @property
    def is_error(self):
        return self.outcome == RunOutcome.ERROR

    @property
    def is_empty(self):
        """Whether there was nothing to test: that is never a hundred percent."""
        return not self.is_error and self.population == 0

    @property
    def share(self):
        """How many of a hundred passed, or None where there was nothing to test."""
        return 100 * self.passed / self.population if self.population else None


class Failure(models.Model):
    """One record that did not pass a run, with the reasons by their codes and what was measured. Append-only."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="failures", db_index=False)
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    object_id = models.BigIntegerField()
    reasons = ArrayField(models.CharField(max_length=40))
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["run", "id"], name="audits_failure_of_run"),
            models.Index(fields=["content_type", "object_id", "run"], name="audits_failure_of_record"),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.run_id} {self.content_type_id}/{self.object_id}"


class RunAskedQuerySet(models.QuerySet):
    def owed(self):
        """Those that nobody has seen to yet, the oldest first."""
        return self.filter(done_at=None).order_by("id")


class RunAsked(models.Model):
    """Somebody asked that every rule runs now; a worker sees to it, for a page can't wait so long. One at a time."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    objects = RunAskedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(models.Value(1), condition=Q(done_at=None), name="audits_asked_once")]

    def __str__(self):
        return f"{self.by_id} {self.at:%Y-%m-%d %H:%M}"


class WrittenRuleQuerySet(models.QuerySet):
    def standing(self):
        """Rules that are not retired."""
        return self.filter(retired_at=None)

    def locked(self, pk):
        """One rule, its row locked until the transaction ends. Raises DoesNotExist."""
        return self.select_for_update(of=("self",)).get(pk=pk)


@tracked()
class WrittenRule(models.Model):
    """A rule that a service manager put together on a page; what it says stands in its versions."""

    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, editable=False)
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    retired_why = models.TextField(_("reason"), blank=True, default="", editable=False)

    objects = WrittenRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of our own")
        verbose_name_plural = _("rules of our own")
        constraints = [
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_why="") | (Q(retired_at__isnull=False) & ~Q(retired_why="")),
                name="audits_retired_with_reason",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="retired_stays", when=pgtrigger.Before, operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__retired_at__isnull=False), func="RAISE EXCEPTION 'rule % is retired', OLD.id;",
            )
        ]  # fmt: skip

    def __str__(self):
        return self.shown_id

    @property
    def shown_id(self):
        """What pages, runs and addresses call it."""
        return f"R-{self.pk}"


class RuleVersion(models.Model):
    """What a written rule says from one day on: a sort of record, up to five conditions. Append-only; an edit is a new version."""

    rule = models.ForeignKey(WrittenRule, models.PROTECT, related_name="versions")
    no = models.PositiveIntegerField(_("version"))
    question = models.CharField(_("question"), max_length=200)
    question_en = models.CharField(_("question in English"), max_length=200, blank=True, default="")
    clause = models.CharField(_("clause"), max_length=10)
    process = models.CharField(_("process"), max_length=40)
    record = models.CharField(_("records"), max_length=20)
    days = models.PositiveSmallIntegerField(_("of the last days"), null=True)
    conditions = models.JSONField()
    """[{"part": "only" or "must", "field", "operator", "value"}] as audits.vocabulary reads them."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-no"]
        constraints = [models.UniqueConstraint(fields=["rule", "no"], name="audits_version_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.rule_id} {self.no}"

    def label(self):
        """The question in the reader's language."""
        return self.question_en if self.question_en and (get_language() or "").startswith("en") else self.question
