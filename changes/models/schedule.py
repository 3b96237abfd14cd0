"""When changes are done: bookings that exclude each other, freezes, and who overrode what."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.models import ConfigurationItem, Service
from itsm.core.trail import append_only, tracked


class Booking(models.Model):
    """One item, or one beneath it, taken by a change for a period: so that a parent meets its child and siblings don't meet.

    Active while the change stands; two active ones that nobody overrode never overlap on an item.
    """

    change = models.ForeignKey("changes.Change", on_delete=models.PROTECT, related_name="bookings")
    item = models.ForeignKey(ConfigurationItem, on_delete=models.PROTECT, related_name="+")
    period = DateTimeRangeField()
    active = models.BooleanField(default=True)
    overridden = models.BooleanField(default=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="changes_item_booked_once",
                expressions=[("item", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(active=True, overridden=False),
            ),
            models.UniqueConstraint(fields=["change", "item"], condition=Q(active=True), name="changes_booking_once"),
        ]
        indexes = [
            models.Index(fields=["change"], name="changes_booking_change"),
            models.Index(fields=["item"], condition=Q(active=True), name="changes_booking_active"),
        ]

    def __str__(self):
        return f"{self.change_id} {self.item_id}"


class FreezeQuerySet(models.QuerySet):
    def standing(self):
        """Freezes that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def meeting(self, starts_at, ends_at):
        """Standing ones that overlap a period."""
        return self.standing().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


@tracked()
class FreezeWindow(models.Model):
    """A time in which nothing is changed, for some services or for all (requirement 67)."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    reason = models.TextField(_("reason"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    services = models.ManyToManyField(
        Service, verbose_name=_("services"), blank=True, related_name="+", help_text=_("None chosen: all of them.")
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = FreezeQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="changes_freeze_in_order")]

    def __str__(self):
        return self.label()

    def get_absolute_url(self):
        return reverse("changes:freeze", args=[self.pk])

    def holds_for(self, services):
        """Whether it freezes any of these services (ids); one that names none freezes all. Its services are prefetched."""
        own = {service.pk for service in self.services.all()}
        return not own or bool(own.intersection(services))

    def label(self):
        """The name in the reader's language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Override(models.Model):
    """Somebody let a change pass in spite of one conflict, with a reason, on exactly this content. Append-only.

    `key` names the conflict as `changes.conflicts` does; `fingerprint` the content it was given for.
    """

    change = models.ForeignKey("changes.Change", on_delete=models.PROTECT, related_name="overrides")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "fingerprint", "key"], name="changes_override_once")]
        indexes = [models.Index(fields=["at"], name="changes_override_at")]
        triggers = append_only()

    def __str__(self):
        return self.key


class FeedQuerySet(models.QuerySet):
    def standing(self):
        """Feeds that open something: not renewed or taken back since, of somebody who still works here."""
        return self.filter(revoked_at=None, person__is_active=True)


class CalendarFeed(models.Model):
    """A private address at which somebody's calendar program reads the schedule; the token itself is never stored."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calendar_feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person"], condition=Q(revoked_at=None), name="changes_one_feed_a_person")]

    def __str__(self):
        return f"{self.person_id} {self.made_at:%Y-%m-%d}"
