"""What two people put right in a clock's log."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from itsm.core.trail import tracked
from itsm.people.models import Person
from sla.models.clock import Clock


class CorrectionKind(models.TextChoices):
    """What can be wrong in a log (D3, D5, D6)."""

    CONTACT_LATER = "contact_later", _("The contact came later than it says")
    MOVED = "moved", _("Something happened at another time")
    WAITED = "waited", _("A pause was not noted")
    VOIDED = "voided", _("A change of the target should not count")


class CorrectionState(models.TextChoices):
    PENDING = "pending", _("Waits for a second person")
    APPLIED = "applied", _("Applied")
    REFUSED = "refused", _("Refused")


@tracked()
class Correction(models.Model):
    """A correction of a clock's log: proposed by one person, applied or refused by another (D5, D6)."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="corrections")
    kind = models.CharField(_("what was wrong"), max_length=20, choices=CorrectionKind)
    amend = models.JSONField(_("amendment"))
    reason = models.TextField(_("reason"))
    state = models.CharField(_("state"), max_length=10, choices=CorrectionState, default=CorrectionState.PENDING)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    remark = models.TextField(_("remark"), blank=True, default="")

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["clock"], condition=Q(state="pending"), name="sla_one_correction_waits"),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="sla_correction_two_people"),
            models.CheckConstraint(
                condition=Q(state="pending", decided_by=None, decided_at=None)
                | (~Q(state="pending") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="sla_correction_decided",
            ),
        ]

    def __str__(self):
        return f"{self.clock_id} {self.kind}"
