"""Configuration items: what the services are made of, how they hold one another, and every update with its authority (8.2.6)."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.models.service import Service
from catalog.models.triggers import no_circles, updates_are_kept
from itsm.core.clock import ClockTimestamp
from itsm.core.trail import append_only, tracked
from itsm.people.models import Team

CODE = r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z"
"""What the code of an item looks like; it is part of its address."""
SERVICE_CODE = "SVC-"
"""Codes of services as items begin with it, and no others."""


class ItemStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    LIVE = "live", _("In use")
    RETIRED = "retired", _("Retired")


class RelationKind(models.TextChoices):
    """How a child hangs on its parent: whatever is done to the parent reaches the child."""

    RUNS_ON = "runs_on", _("runs on")
    DEPENDS_ON = "depends_on", _("depends on")
    PART_OF = "part_of", _("is part of")


@tracked()
class ItemType(models.Model):
    """A type of configuration item: server, database, application, service …"""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    icon = models.CharField(_("icon"), max_length=40, default="box")
    order = models.PositiveSmallIntegerField(_("order"), default=50)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self):
        return self.label()

    def label(self):
        """The name in the reader's language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Gap(models.TextChoices):
    """What an item may lack of the five attributes; code, type and state can't be missing."""

    DESCRIPTION = "description", _("No description")
    OWNER = "owner", _("Its owner has left")
    RELATIONS = "relations", _("No relation")


class ItemQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every item, nobody else any."""
        return self if person.is_internal else self.none()

    def living(self):
        """Items that are not retired."""
        return self.exclude(status=ItemStatus.RETIRED)

    def by_code(self, codes):
        """Items with one of these codes, given in capitals; codes differ in more than capitals."""
        return self.annotate(capitals=Upper("code")).filter(capitals__in=list(codes))

    def listed(self):
        """With all that a row of a list shows."""
        return self.select_related("type", "owner", "team", "service")

    def lacking(self, gap):
        """Items not retired that lack an attribute: `gap` is a Gap, or "" for any of them (T-8.2.6a)."""
        related = Relation.objects.standing().order_by()
        gaps = {
            Gap.DESCRIPTION: Q(description=""),
            Gap.OWNER: Q(owner__is_active=False),
            Gap.RELATIONS: ~Q(pk__in=related.values("child")) & ~Q(pk__in=related.values("parent")),
        }
        wanted = gaps[gap] if gap else gaps[Gap.DESCRIPTION] | gaps[Gap.OWNER] | gaps[Gap.RELATIONS]
        return self.living().filter(wanted)


@tracked()
class ConfigurationItem(models.Model):
    """Something a service is made of, or a service as an item itself."""

    code = models.CharField(
        _("code"), max_length=60, unique=True,
        validators=[RegexValidator(CODE, _("Use letters, digits, . _ and - only."))],
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=120)
    type = models.ForeignKey(ItemType, verbose_name=_("type"), on_delete=models.PROTECT, related_name="items")
    status = models.CharField(_("state"), max_length=10, choices=ItemStatus, default=ItemStatus.LIVE)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, verbose_name=_("responsible team"), null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    service = models.OneToOneField(
        Service, verbose_name=_("service"), null=True, blank=True, on_delete=models.PROTECT, related_name="item", editable=False
    )
    description = models.TextField(pgettext_lazy("item", "description"), blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [
            models.Index(fields=["type", "code"], name="catalog_item_type"),
            models.Index(fields=["owner"], name="catalog_item_owner"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ItemStatus.values), name="catalog_item_status"),
            models.UniqueConstraint(
                Upper("code"), name="catalog_item_code", violation_error_message=_("Another item has this code, written in other letters.")
            ),
        ]
        triggers = [updates_are_kept("item", "id")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("catalog:item", args=[self.code])

    def label(self):
        """The name to show: a service's own name in the reader's language."""
        return self.service.label() if self.service_id else self.name


class RelationQuerySet(models.QuerySet):
    def standing(self):
        """Relations that were not ended."""
        return self.filter(ended_at=None)


@tracked()
class Relation(models.Model):
    """A child hangs on a parent; ended, never removed."""

    child = models.ForeignKey(ConfigurationItem, verbose_name=_("item"), on_delete=models.PROTECT, related_name="parents")
    kind = models.CharField(_("kind"), max_length=12, choices=RelationKind)
    parent = models.ForeignKey(ConfigurationItem, verbose_name=_("on what"), on_delete=models.PROTECT, related_name="children")
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = RelationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "parent"], condition=Q(ended_at=None), name="catalog_relation_once"),
            models.CheckConstraint(condition=~Q(child=F("parent")), name="catalog_relation_of_two"),
            models.CheckConstraint(condition=Q(kind__in=RelationKind.values), name="catalog_relation_kind"),
        ]
        indexes = [models.Index(fields=["parent", "child"], condition=Q(ended_at=None), name="catalog_relation_down")]
        triggers = [updates_are_kept("relation", "child_id"), no_circles()]

    def __str__(self):
        return f"{self.child_id} {self.kind} {self.parent_id}"


class ItemImport(models.Model):
    """One import of a list of items: the authority for what it registered. Append-only."""

    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        triggers = append_only()

    def __str__(self):
        return self.file_name


class ItemUpdateQuerySet(models.QuerySet):
    def modifications(self):
        """Updates of what stood already; the first registration of an item is none."""
        return self.exclude(record="item", what="added")

    def unauthorised(self):
        """Modifications that no change allowed."""
        return self.modifications().filter(object_id=None)

    def unexplained(self):
        """Those of them that nobody has dealt with."""
        return self.unauthorised().filter(explained=None)

    def listed(self):
        """With all that a page tells of them."""
        ready = self.select_related("item__service", "item__type", "by", "explained__by")
        return ready.prefetch_related("authority", "explained__change")

    def visible_to(self, person):
        """Staff read every update, nobody else any."""
        return self if person.is_internal else self.none()


class ItemUpdate(models.Model):
    """One update of an item or of one of its relations, written by a trigger: append-only.

    The generic record is what allowed it: a change; the import that registered the item, or its own registration, for what came with
    it; the service whose entry in the catalogue it follows. None says that nothing did.
    """

    item = models.ForeignKey(ConfigurationItem, on_delete=models.PROTECT, related_name="updates")
    record = models.CharField(max_length=10)
    what = models.CharField(max_length=10)
    before = models.JSONField(null=True)
    after = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    content_type = models.ForeignKey(ContentType, null=True, on_delete=models.PROTECT, related_name="+")
    object_id = models.BigIntegerField(null=True)
    authority = GenericForeignKey()
    at = models.DateTimeField(db_default=ClockTimestamp())

    objects = ItemUpdateQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["item", "-id"], name="catalog_update_item"),
            models.Index(fields=["content_type", "object_id"], name="catalog_update_authority"),
            models.Index(fields=["-id"], condition=Q(object_id=None) & ~Q(record="item", what="added"), name="catalog_update_unauthorised"),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.item_id} {self.what}"


class UpdateExplained(models.Model):
    """What became of an unauthorised update: whose change it belonged to after all, or why it stays as it is. Append-only."""

    update = models.OneToOneField(ItemUpdate, on_delete=models.PROTECT, related_name="explained")
    words = models.TextField()
    content_type = models.ForeignKey(ContentType, null=True, on_delete=models.PROTECT, related_name="+")
    object_id = models.BigIntegerField(null=True)
    change = GenericForeignKey()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        triggers = append_only()

    def __str__(self):
        return self.words
