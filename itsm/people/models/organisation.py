"""Organisations (ourselves, customers, suppliers) and our teams."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from itsm.core.trail import tracked
from itsm.people import rules
from itsm.people.zones import company_zone, known_zone


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Return the organisations this person may know of: staff all, everybody else only their own."""
        if rules.is_internal(person):
            return self
        return self.filter(pk=rules.organisation_id(person))

    def customers(self):
        """Return the organisations we serve."""
        return self.filter(kind=Organisation.Kind.CUSTOMER)

    def living(self):
        """Return the organisations that are not retired."""
        return self.filter(retired_at=None)


@tracked()
class Organisation(models.Model):
    """A company: ours, one we serve, or one that serves us."""

    class Kind(models.TextChoices):
        OWN = "own", _("Our company")
        CUSTOMER = "customer", _("Customer")
        SUPPLIER = "supplier", _("Supplier")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.CUSTOMER)
    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(
        _("code"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9_-]+$", _("Use letters, digits, - and _ only."))],
        help_text=_("A short code, for lists and imports."),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default=company_zone, validators=[known_zone])
    account_owner = models.ForeignKey(
        "people.Person", models.PROTECT, verbose_name=_("account owner"), null=True, blank=True, related_name="accounts_owned"
    )
    retired_at = models.DateTimeField(_("retired at"), null=True, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=models.Q(kind="own"), name="people_one_own_organisation"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_retired(self):
        return self.retired_at is not None


class TeamQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Return the teams this person may know of: staff all, nobody else any."""
        return self if rules.is_internal(person) else self.none()

    def living(self):
        """Return the teams that are not retired."""
        return self.filter(retired_at=None)

    def locked(self, pk):
        """Return the team with its row locked until the transaction ends. Raises DoesNotExist."""
        return self.select_for_update(of=("self",)).get(pk=pk)


@tracked()
class Team(models.Model):
    """People who share a queue, and the lead who answers for it."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True, default="")
    lead = models.ForeignKey("people.Person", models.PROTECT, verbose_name=_("lead"), null=True, blank=True, related_name="teams_led")
    retired_at = models.DateTimeField(_("retired at"), null=True, editable=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name", "id"]

    def __str__(self):
        return self.label()

    def label(self):
        """Return the team's name in the active language."""
        if self.name_en and (get_language() or "").startswith("en"):
            return self.name_en
        return self.name

    @property
    def is_retired(self):
        return self.retired_at is not None
