"""What auditors were trained in (clause 7.2, requirement 81)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from itsm.core.trail import tracked


class TrainingQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not taken back."""
        return self.filter(withdrawn_at=None)

    def valid(self, day):
        """Those that count on a day."""
        return self.standing().filter(Q(expires_on=None) | Q(expires_on__gte=day), completed_on__lte=day)


@tracked()
class AuditorTraining(models.Model):
    """One course that an auditor completed; it stays as it was recorded, and can only be taken back with a reason."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("auditor"), related_name="audit_trainings")
    course = models.CharField(_("course"), max_length=200)
    provider = models.CharField(_("given by"), max_length=200, blank=True)
    completed_on = models.DateField(_("completed on"))
    expires_on = models.DateField(_("counts until"), null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    recorded_at = models.DateTimeField(editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    withdrawn_why = models.TextField(_("why it was taken back"), blank=True, default="", editable=False)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = _("auditor training")
        verbose_name_plural = _("auditor trainings")
        ordering = ["-completed_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(course=""), name="audits_training_named"),
            models.CheckConstraint(condition=Q(expires_on=None) | Q(expires_on__gte=F("completed_on")), name="audits_training_in_order"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_why="") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
                name="audits_training_withdrawn_with_reason",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="stays_as_recorded",
                fields=["person", "course", "provider", "completed_on", "expires_on", "recorded_by", "recorded_at"],
            )
        ]

    def __str__(self):
        return self.course

    def counts_on(self, day):
        """Whether it is still good on a day."""
        return self.completed_on <= day and (self.expires_on is None or self.expires_on >= day)
