"""What a change answers: records of upper apps that it was asked for because of."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from changes.models.change import Change
from itsm.core.trail import tracked


class AnsweredQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not taken back."""
        return self.filter(withdrawn_at=None)

    def about(self, record):
        """Those that name one record."""
        return self.filter(content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk)


@tracked()
class Answered(models.Model):
    """A change answers a record, an incident for example; taken back while the change is a draft, never removed."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="answered")
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    record = GenericForeignKey()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = AnsweredQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "content_type", "object_id"], condition=Q(withdrawn_at=None), name="changes_answered_once"
            )
        ]
        indexes = [models.Index(fields=["content_type", "object_id"], condition=Q(withdrawn_at=None), name="changes_answered_record")]

    def __str__(self):
        return f"{self.change_id} {self.content_type_id}:{self.object_id}"
