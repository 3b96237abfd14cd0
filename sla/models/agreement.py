"""What was promised, and to whom."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from itsm.core.trail import tracked
from itsm.people.models import Organisation, Team


class AgreementQuerySet(models.QuerySet):
    def living(self):
        """Agreements that were not ended."""
        return self.filter(ended_at=None)

    def visible_to(self, person):
        """Staff see every agreement, others those of their own organisation."""
        return self if person.is_internal else self.filter(kind=AgreementKind.CUSTOMER, customer=person.organisation_id)


class AgreementKind(models.TextChoices):
    """Whose promise it is: ours to a customer, or one that ours rests on (8.3.3, 8.3.4)."""

    CUSTOMER = "customer", _("Service level agreement")
    INTERNAL = "internal", _("Operational level agreement")
    SUPPLIER = "supplier", _("Supplier's contract")


@tracked()
class Agreement(models.Model):
    """What was promised, for one service or for all: by us to a customer, by a team or a supplier to us (8.3.3, 8.3.4)."""

    kind = models.CharField(_("kind"), max_length=10, choices=AgreementKind, default=AgreementKind.CUSTOMER, editable=False)
    customer = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("customer"), related_name="agreements", null=True, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, verbose_name=_("team"), related_name="agreements", null=True, blank=True)
    supplier = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("supplier"), related_name="contracts", null=True, blank=True)
    service = models.ForeignKey(Service, models.PROTECT, verbose_name=_("service"), null=True, blank=True, related_name="agreements")
    name = models.CharField(_("name"), max_length=120)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["customer", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "team", "supplier", "service"], condition=Q(ended_at=None), nulls_distinct=False,
                name="sla_one_agreement_each",
                violation_error_message=_("There is an agreement for this customer and service already. Write a new version of it."),
            ),
            models.CheckConstraint(
                condition=Q(kind="customer", customer__isnull=False, team=None, supplier=None)
                | Q(kind="internal", customer=None, team__isnull=False, supplier=None)
                | Q(kind="supplier", customer=None, team=None, supplier__isnull=False),
                name="sla_agreement_party",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    @property
    def party(self):
        """The customer, team or supplier it is with."""
        return self.customer or self.team or self.supplier

    def get_absolute_url(self):
        return reverse("sla:agreement", args=[self.pk])
