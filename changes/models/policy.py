"""Data that decides: risk questions with their thresholds, and which change needs whose approval. Versions never change."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from itsm.core.clock import ClockTimestamp
from itsm.core.trail import append_only


class Risk(models.TextChoices):
    LOW = "low", _("Low risk")
    MEDIUM = "medium", _("Medium risk")
    HIGH = "high", _("High risk")


class Questionnaire(models.Model):
    """One version of the risk questions (requirements 44 and 68). Append-only.

    questions: [{"code", "text", "text_en", "weight", "options": [[score 0-3, text, text_en]]}];
    triggers: [{"code", "text", "text_en"}] that make any change high;
    medium_from, high_from: the weighted sums at which a risk begins.
    """

    no = models.PositiveIntegerField(_("version"), unique=True)
    questions = models.JSONField()
    triggers = models.JSONField(default=list)
    medium_from = models.PositiveSmallIntegerField(_("medium from"))
    high_from = models.PositiveSmallIntegerField(_("high from"))
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ["-no"]
        constraints = [models.CheckConstraint(condition=Q(high_from__gt=models.F("medium_from")), name="changes_thresholds_in_order")]
        triggers = append_only()

    def __str__(self):
        return str(_("Risk questions, version %(no)s") % {"no": self.no})


class RiskAssessment(models.Model):
    """One set of answers to one version of the questions; the change points at the one that counts. Append-only.

    answers: {question code: score}; triggers: codes of what makes it high in any case.
    """

    change = models.ForeignKey("changes.Change", on_delete=models.PROTECT, related_name="assessments")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField()
    triggers = models.JSONField(default=list)
    score = models.PositiveSmallIntegerField()
    risk = models.CharField(max_length=10, choices=Risk)
    remark = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(risk__in=Risk.values), name="changes_assessed_risk")]
        triggers = append_only()

    def __str__(self):
        return f"{self.change_id} {self.score}"


class PolicyVersion(models.Model):
    """One version of the approval policy (requirements 60 to 64): rows as `changes.policy` reads them. Append-only."""

    no = models.PositiveIntegerField(_("version"), unique=True)
    rows = models.JSONField()
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ["-no"]
        triggers = append_only()

    def __str__(self):
        return str(_("Approval policy, version %(no)s") % {"no": self.no})
