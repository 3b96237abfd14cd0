"""What was done with a version beyond new tickets."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from itsm.core.trail import append_only, tracked
from itsm.people.models import Person
from sla.models.version import AgreementVersion

ROWS_STAY, _TABLE_STAYS = append_only()


@tracked()
class AppliedVersion(models.Model):
    """A version applied to tickets that were open already: how the other side agreed, who did it, what it moved (D10). Never changed."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="applications")
    agreed = models.TextField(_("how it was agreed"))
    applied_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(_("applied at"))
    tickets = models.PositiveIntegerField(_("tickets"))
    clocks = models.PositiveIntegerField(_("clocks"))
    broken = models.PositiveIntegerField(_("broken at once"))

    class Meta:
        verbose_name = _("application to open tickets")
        verbose_name_plural = _("applications to open tickets")
        ordering = ["-applied_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(agreed=""), name="sla_applied_as_agreed")]
        triggers = [ROWS_STAY]

    def __str__(self):
        return f"{self.version_id} {self.applied_at:%Y-%m-%d %H:%M}"
