"""What the verifier found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from itsm.core.trail import append_only


class Verification(models.Model):
    """One run of the verifier: how many clocks were folded anew, and which differed from their log (K11). Append-only."""

    ran_at = models.DateTimeField(_("ran at"))
    ended_at = models.DateTimeField(_("ended at"))
    clocks = models.PositiveIntegerField(_("clocks"))
    drifts = models.JSONField(_("differences"), default=list)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-ran_at", "-id"]
        triggers = append_only()

    def __str__(self):
        return f"{self.ran_at:%Y-%m-%d %H:%M}"
