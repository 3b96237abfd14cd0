"""Configuration items: what the services are made of, how they hold one another, and every update with its authority (8.2.6)."""

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.models.service import Service
from itsm.core.clock import ClockTimestamp
from itsm.core.trail import append_only, tracked
from itsm.people.models import Team


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


class ItemQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every item, nobody else any."""
        return self if person.is_internal else self.none()

    def living(self):
        """Items that are not retired."""
        return self.exclude(status=ItemStatus.RETIRED)


def _updates_are_kept(record, item):
    """Whatever changes an item or a relation, through any door, leaves an ItemUpdate: with the change that allowed it, or without."""
    return pgtrigger.Trigger(
        name="update_is_kept", when=pgtrigger.After, operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("authority", "text"), ("told", "jsonb")],
        func=f"""
            authority := nullif(current_setting('itsm.authority', true), '');
            told := nullif(current_setting('pghistory.context_metadata', true), '')::jsonb;
            IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
            INSERT INTO catalog_itemupdate (item_id, record, what, before, after, by_id, content_type_id, object_id)
            VALUES (NEW.{item}, '{record}', CASE TG_OP WHEN 'INSERT' THEN 'added' ELSE 'changed' END,
                    CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, to_jsonb(NEW), (told ->> 'by')::bigint,
                    split_part(authority, ':', 1)::integer, split_part(authority, ':', 2)::bigint);
            RETURN NEW;
        """,
    )  # fmt: skip


@tracked()
class ConfigurationItem(models.Model):
    """Something a service is made of, or a service as an item itself."""

    code = models.CharField(
        _("code"), max_length=60, unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", _("Use letters, digits, . _ and - only."))],
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=120)
    type = models.ForeignKey(ItemType, verbose_name=_("type"), on_delete=models.PROTECT, related_name="items")
    status = models.CharField(_("state"), max_length=10, choices=ItemStatus, default=ItemStatus.LIVE)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, verbose_name=_("responsible team"), null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    service = models.OneToOneField(
        Service, verbose_name=_("service"), null=True, blank=True, on_delete=models.PROTECT, related_name="item", editable=False
    )
    description = models.TextField(_("description"), blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [
            models.Index(fields=["type", "code"], name="catalog_item_type"),
            models.Index(fields=["owner"], name="catalog_item_owner"),
        ]
        constraints = [models.CheckConstraint(condition=Q(status__in=ItemStatus.values), name="catalog_item_status")]
        triggers = [_updates_are_kept("item", "id")]

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
        triggers = [_updates_are_kept("relation", "child_id")]

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


class ItemUpdate(models.Model):
    """One update of an item or of one of its relations, written by a trigger: append-only.

    The generic record is the change (or the import) that allowed it; None says that nothing did.
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
            models.Index(fields=["-id"], condition=Q(object_id=None), name="catalog_update_unauthorised"),
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
