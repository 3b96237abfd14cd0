"""The service catalogue: what we serve, to whom, at what cost, and who bought it (clause 8.2.4, requirements 23 to 31)."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.models.triggers import is_an_item
from itsm.core import clock
from itsm.core.trail import tracked
from itsm.people.models import Organisation, Team
from itsm.people.zones import company_day


class Criticality(models.TextChoices):
    """The tier of a service: it follows the customer's business, not who shouts (requirement 6)."""

    CORE = "core", _("Core")
    NON_CORE = "non_core", _("Non-core")


class Kind(models.TextChoices):
    BASE = "base", _("Basic")
    VALUE_ADDED = "value_added", _("Value-added")


class ServiceQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see the whole catalogue; a contact sees what is live and bought by their organisation."""
        if person.is_internal:
            return self
        held = Entitlement.objects.filter(customer=person.organisation_id, valid__contains=company_day(clock.now()))
        return self.live().filter(pk__in=held.values("service"))

    def live(self):
        return self.filter(retired_at=None)


@tracked()
class Service(models.Model):
    """One promise of the catalogue, with its four facets: content, target, audience, cost."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    content = models.TextField(_("content"), help_text=_("What the customer gets."))
    content_en = models.TextField(_("content in English"), blank=True)
    target = models.TextField(_("target"), help_text=_("What we promise, in a sentence."))
    target_en = models.TextField(_("target in English"), blank=True)
    audience = models.TextField(_("audience"), help_text=_("Who uses it and which problem it solves."))
    audience_en = models.TextField(_("audience in English"), blank=True)
    cost = models.TextField(_("cost"), help_text=_("What it costs or how the price is worked out."))
    cost_en = models.TextField(_("cost in English"), blank=True)
    criticality = models.CharField(_("criticality"), max_length=10, choices=Criticality)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.BASE)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, verbose_name=_("responsible team"), on_delete=models.PROTECT, related_name="services")
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        triggers = [is_an_item()]

    def __str__(self):
        return self.told("name")

    def get_absolute_url(self):
        return reverse("catalog:service", args=[self.code])

    def told(self, facet):
        """A facet in the reader's language; without an English text, the Chinese one."""
        chosen = getattr(self, f"{facet}_en") if (get_language() or "").startswith("en") else ""
        return chosen or getattr(self, facet)

    @property
    def shown_target(self):
        return self.told("target")

    def label(self):
        """The name in the reader's language."""
        return self.told("name")

    def facets(self):
        """`[(title, text)]` of the four facets in the reader's language."""
        return [(self._meta.get_field(name).verbose_name, self.told(name)) for name in ("content", "target", "audience", "cost")]


class EntitlementQuerySet(models.QuerySet):
    def held(self, customer, service, on):
        """What `customer` has bought of `service` on that day."""
        return self.filter(customer=customer, service=service, valid__contains=on)


@tracked()
class Entitlement(models.Model):
    """A customer has bought a service for these days (requirement 28)."""

    customer = models.ForeignKey(Organisation, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="entitlements")
    service = models.ForeignKey(Service, verbose_name=_("service"), on_delete=models.PROTECT, related_name="entitlements")
    valid = DateRangeField(_("valid"))

    objects = EntitlementQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="entitled_once_at_a_time",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("service", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self):
        return f"{self.customer} – {self.service}"

    @property
    def last_on(self):
        """The last day in force, or None while it is open."""
        return self.valid.upper - timedelta(days=1) if self.valid.upper else None

    def until(self, last_on):
        """The same days, ending with `last_on`."""
        return DateRange(self.valid.lower, last_on + timedelta(days=1))
