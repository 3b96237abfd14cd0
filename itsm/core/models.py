"""What the kernel itself keeps: steps taken, and answers already given to a retried request."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from itsm.core import trail
from itsm.core.clock import ClockTimestamp


class StepTakenQuerySet(models.QuerySet):
    def about(self, record):
        """The steps of one record, oldest first."""
        kind = ContentType.objects.get_for_model(type(record))
        return self.filter(content_type=kind, object_id=record.pk).order_by("seq")


class StepTaken(models.Model):
    """Business history: one step of one record. Append-only; timelines, measures and rules read it."""

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    record = GenericForeignKey()
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=40)
    source = models.CharField(max_length=20, blank=True)
    target = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = StepTakenQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_type", "object_id", "seq"], name="step_once")]
        triggers = trail.append_only()

    def __str__(self):
        return f"{self.seq}. {self.step}"


class AnswerGiven(models.Model):
    """A request key and the record its first arrival made, so that a retry gets the same answer."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    act = models.CharField(max_length=40)
    content_type = models.ForeignKey(ContentType, null=True, on_delete=models.PROTECT, related_name="+")
    object_id = models.BigIntegerField(null=True)
    record = GenericForeignKey()
    given_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="answer_once")]

    def __str__(self):
        return f"{self.act} {self.key}"
