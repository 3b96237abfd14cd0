"""Files that belong to a record."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from itsm.core import trail


class Visibility(models.TextChoices):
    PUBLIC = "public", _("The customer may see it")
    INTERNAL = "internal", _("Only our people")


class AttachmentQuerySet(models.QuerySet):
    def of(self, record):
        """Return the files of one record, oldest first."""
        return self.of_all([record]) if record else self.none()

    def of_all(self, records):
        """Return the files of several records of one model in one query, oldest first."""
        if not records:
            return self.none()
        kind = ContentType.objects.get_for_model(type(records[0]))
        return self.filter(content_type=kind, object_id__in=[record.pk for record in records]).order_by("uploaded_at", "id")

    def public(self):
        """Return the files that the customer may see."""
        return self.filter(visibility=Visibility.PUBLIC)


class Attachment(models.Model):
    """A file as it was given to us; its bytes lie in the state directory under their hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    record = GenericForeignKey()
    visibility = models.CharField(_("visibility"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC)
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    media_type = models.CharField(_("media type"), max_length=120)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("uploaded by"), related_name="attachments"
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["uploaded_at", "id"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="documents_attachment_record")]
        triggers = trail.append_only()

    def __str__(self):
        return self.name

    @property
    def path(self):
        """Where the bytes lie: under the state directory, never under a name somebody typed."""
        return settings.STATE_DIR / "attachments" / self.sha256[:2] / self.sha256

    def get_absolute_url(self):
        return reverse("documents:download", args=[self.pk])
