"""Person: everybody, with or without an account."""

from functools import cached_property
from typing import NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from itsm.core.trail import tracked
from itsm.people import rules
from itsm.people.models.appointment import Appointment, Role
from itsm.people.models.organisation import Organisation, Team
from itsm.people.zones import company_zone, known_zone


class Availability(models.TextChoices):
    AVAILABLE = "available", _("Available")
    BUSY = "busy", _("Busy")
    AWAY = "away", _("Away")


class Language(models.TextChoices):
    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class Post(NamedTuple):
    """What somebody holds today: a role, or the lead of a team (role "")."""

    role: str
    team_id: int | None
    organisation_id: int | None


class PersonQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Return the people this person may know of: staff everybody, a customer's people their own organisation's."""
        if rules.is_internal(person):
            return self
        if person is None or not person.is_authenticated:
            return self.none()
        if person.is_contact:
            return self.filter(organisation_id=person.organisation_id)
        return self.filter(pk=person.pk)

    def internal(self):
        """Return the people who work for us."""
        return self.filter(models.Q(organisation=None) | models.Q(organisation__kind=Organisation.Kind.OWN))

    def contacts(self):
        """Return the people who belong to a customer."""
        return self.filter(organisation__kind=Organisation.Kind.CUSTOMER)

    def active(self):
        """Return the people who have not left."""
        return self.filter(is_active=True)

    def found(self, words):
        """Return the people whose name, user name, mail or phone contains the words."""
        words = words.replace("\0", "")
        if not words:
            return self
        return self.filter(
            models.Q(name__icontains=words)
            | models.Q(username__icontains=words)
            | models.Q(email__icontains=words)
            | models.Q(phone__icontains=words)
        )

    def locked(self, pk):
        """Return the person with the row locked until the transaction ends. Raises DoesNotExist."""
        return self.select_for_update(of=("self",)).get(pk=pk)


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):
    def create_user(self, username, password=None, **fields):
        """Create a person; without a password none will ever be accepted."""
        person = self.model(username=self.model.normalize_username(username), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, username, password=None, **fields):
        """Create an administrator of the whole product."""
        return self.create_user(username, password, **{"is_staff": True, "is_superuser": True, **fields})


@tracked(exclude=["password", "last_login"])
class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody we know: staff, a customer's contact or representative, a guest."""

    username = models.CharField(
        _("user name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This user name is taken.")},
    )
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001 -- null: contacts without mail
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, choices=Language.choices, default=Language.CHINESE)
    time_zone = models.CharField(_("time zone"), max_length=64, default=company_zone, validators=[known_zone])
    organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, verbose_name=_("organisation"), null=True, blank=True, related_name="people"
    )
    manager = models.ForeignKey("self", models.PROTECT, verbose_name=_("manager"), null=True, blank=True, related_name="reports")
    is_staff = models.BooleanField(_("may open the administration pages"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    availability = models.CharField(
        _("availability"), max_length=10, choices=Availability.choices, default=Availability.AVAILABLE, editable=False
    )
    availability_since = models.DateTimeField(_("available since"), null=True, editable=False)
    capacity = models.PositiveSmallIntegerField(
        _("capacity"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("How much weight of open tickets this person takes: P1 counts 8, P2 4, P3 2, P4 1."),
    )
    works_on = models.ForeignKey(
        "calendars.Calendar", models.PROTECT, verbose_name=_("working calendar"), null=True, blank=True, related_name="people"
    )
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, editable=False)
    forgotten_at = models.DateTimeField(_("personal data blanked at"), null=True, editable=False)

    objects = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["organisation", "name"], name="people_person_org_name"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="people_person_name_trgm"),
        ]

    def __str__(self):
        return self.display

    @property
    def display(self):
        """The name to show, or what is left of somebody whose data was blanked."""
        return self.name or _("Former person %(number)s") % {"number": self.pk}

    def get_full_name(self):
        """Return the name; Django and its admin ask for it under this name."""
        return self.display

    def get_short_name(self):
        """Return the name; Django and its admin ask for it under this name."""
        return self.display

    @property
    def is_contact(self):
        return self.organisation_id is not None and self.organisation.kind == Organisation.Kind.CUSTOMER

    @property
    def is_internal(self):
        return self.organisation_id is None or self.organisation.kind == Organisation.Kind.OWN

    @cached_property
    def posts(self):
        """What this person holds today as Posts; one query, kept with the instance."""
        held = Appointment.objects.current().filter(person=self).order_by().values_list("role", "team_id", "organisation_id")
        led = Team.objects.living().filter(lead=self).order_by()
        leads = led.values_list(models.Value(""), "id", models.Value(None, output_field=models.BigIntegerField()))
        return tuple(Post(*row) for row in held.union(leads, all=True))

    @cached_property
    def roles(self):
        """The roles held today, as values of Role."""
        return frozenset(post.role for post in self.posts if post.role)

    def has_role(self, *roles):
        """Tell whether this person holds any of the roles today."""
        return not self.roles.isdisjoint(roles)

    def leads(self, team_id):
        """Tell whether this person is lead or supervisor of the team today."""
        return any(post.team_id == team_id and post.role in ("", Role.SUPERVISOR) for post in self.posts)

    def represents(self, organisation_id):
        """Tell whether this person is a customer representative of the organisation today."""
        return Post(Role.CUSTOMER_REPRESENTATIVE, None, organisation_id) in self.posts

    @cached_property
    def team_ids(self):
        """Ids of the teams this person belongs to or leads today."""
        return frozenset(post.team_id for post in self.posts if post.team_id)

    def refresh_from_db(self, *args, **kwargs):
        """Reload the row and forget what was cached about appointments."""
        for name in ("posts", "roles", "team_ids"):
            self.__dict__.pop(name, None)
        super().refresh_from_db(*args, **kwargs)
