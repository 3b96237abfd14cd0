"""Notices: what somebody is to be told, and the deliveries still owed."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Return a person's own notices; nobody reads another's."""
        return self.filter(person_id=person.pk) if person and person.is_authenticated else self.none()

    def in_app(self):
        """Return the notices that the bell shows."""
        return self.filter(in_app=True)

    def unread(self):
        """Return the notices of the bell that were not opened yet."""
        return self.in_app().filter(read_at=None)

    def about(self, record):
        """Return the notices about one record."""
        kind = ContentType.objects.get_for_model(type(record))
        return self.filter(content_type=kind, object_id=record.pk)


class Notice(models.Model):
    """One thing one person is to be told. Kind and parameters only: it is worded when read or sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="notices")
    kind = models.CharField(_("kind"), max_length=60)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    object_id = models.BigIntegerField(null=True)
    record = GenericForeignKey()
    key = models.CharField(max_length=120)
    params = models.JSONField(default=dict)
    in_app = models.BooleanField(_("shown in the bell"), default=True)
    told_at = models.DateTimeField(_("told at"))
    read_at = models.DateTimeField(_("read at"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-told_at", "id"]
        indexes = [
            models.Index(fields=["person", "-told_at"], name="notices_notice_person"),
            models.Index(fields=["person"], condition=models.Q(read_at=None, in_app=True), name="notices_notice_unread"),
            models.Index(fields=["content_type", "object_id", "kind"], name="notices_notice_record"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "content_type", "object_id", "key", "person"], nulls_distinct=False, name="notices_notice_once"
            )
        ]

    def __str__(self):
        return f"{self.kind} → {self.person_id}"


class Delivery(models.Model):
    """A mail that is owed for a notice, until a mail server has accepted it."""

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="delivery")
    owed_at = models.DateTimeField(_("owed since"))
    next_try_at = models.DateTimeField(_("next try"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True)
    last_error = models.TextField(_("last error"), blank=True, default="")

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-owed_at", "id"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(accepted_at=None, given_up_at=None), name="notices_delivery_owed"),
            models.Index(fields=["given_up_at"], condition=models.Q(given_up_at__isnull=False), name="notices_delivery_given_up"),
        ]

    def __str__(self):
        return f"{self.notice_id} × {self.tries}"


class Preference(models.Model):
    """A kind of notice somebody does not want by mail; the bell shows everything."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notice_preferences")
    kind = models.CharField(_("kind"), max_length=60)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="notices_preference_once")]

    def __str__(self):
        return f"{self.person_id}: {self.kind}"
