"""What was said about a version before it was accepted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from itsm.core.trail import append_only
from itsm.people.models import Person
from sla.models.version import AgreementVersion


class WayOut(models.TextChoices):
    """What closes the gap between what a customer wants and what we can do (requirement 72)."""

    INVEST = "invest", _("Invest")
    ACCEPT_LESS = "accept_less", _("Accept less, and promise a fast repair")
    CHANGE_HOURS = "change_hours", _("Other hours")
    OPEN = "open", _("Still open")


class Negotiation(models.Model):
    """A line of a version's negotiation: what the customer wants, what we can do, the way out (requirements 70-73). Append-only."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="negotiations")
    seq = models.PositiveIntegerField()
    about = models.CharField(_("about"), max_length=120)
    wanted = models.TextField(_("what the customer wants"))
    able = models.TextField(_("what we can do"), blank=True, default="")
    way_out = models.CharField(_("way out"), max_length=20, choices=WayOut, default=WayOut.OPEN)
    words = models.TextField(_("words"), blank=True, default="")
    said_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("negotiation")
        verbose_name_plural = _("negotiations")
        ordering = ["version", "seq"]
        constraints = [models.UniqueConstraint(fields=["version", "seq"], name="sla_negotiation_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.version_id}/{self.seq} {self.about}"
