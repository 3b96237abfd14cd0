"""Working calendars and their published versions. A version never changes; a new one follows it."""

import hashlib
import json
from datetime import date
from zoneinfo import ZoneInfo

from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from itsm.calendars.worktime import Hours
from itsm.core.trail import append_only, tracked


class CalendarQuerySet(models.QuerySet):
    def living(self):
        """The calendars that new agreements may use."""
        return self.filter(retired_at=None)

    def hours(self):
        """Calendars that say when a service has to be available, or when clocks run."""
        return self.filter(purpose=Purpose.HOURS)

    def windows(self):
        """Calendars that say when a service may be down as agreed."""
        return self.filter(purpose=Purpose.MAINTENANCE)

    def visible_to(self, person):
        """Staff see every calendar, nobody else any."""
        return self if person.is_internal else self.none()

    def with_current(self, at):
        """Each calendar with `current_no`, the number of its newest version published by then."""
        newest = CalendarVersion.objects.filter(calendar=models.OuterRef("pk"), published_at__lte=at).order_by("-no")
        return self.annotate(current_no=models.Subquery(newest.values("no")[:1]))


class Purpose(models.TextChoices):
    """What a calendar is for. Service and support hours are both hours; which of the two, the agreement says."""

    HOURS = "hours", _("Service and support hours")
    MAINTENANCE = "maintenance", _("Maintenance windows")


@tracked()
class Calendar(models.Model):
    """When service time runs (round the clock, or weekly hours with holidays and make-up workdays), or when maintenance may be done."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose, default=Purpose.HOURS)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True, default="")
    retired_at = models.DateTimeField(_("retired at"), null=True, editable=False)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(purpose__in=Purpose.values), name="calendars_purpose")]

    def __str__(self):
        return self.label()

    def label(self):
        """The calendar's name in the active language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    def get_absolute_url(self):
        return reverse("calendars:calendar", args=[self.code])

    def current(self, at=None):
        """The newest version (published by `at`, when given), or None."""
        versions = self.versions.order_by("-no")
        return versions.filter(published_at__lte=at).first() if at else versions.first()


class Mode(models.TextChoices):
    ALWAYS = "24x7", _("Round the clock")
    WEEKLY = "weekly", _("Weekly hours")


class CalendarVersion(models.Model):
    """What a calendar said from its publication until the next version. Append-only.

    `official`: its holidays are the published list through `covered_through`, so running clocks are rebound to it (D10).
    weekly: [[weekday 0-6, from minute, to minute]]; exceptions: {"2026-10-01": [], "2026-10-10": [[540, 720]]}.
    """

    calendar = models.ForeignKey(Calendar, models.PROTECT, verbose_name=_("calendar"), related_name="versions")
    no = models.PositiveIntegerField(_("version"))
    tz = models.CharField(_("time zone"), max_length=64)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode)
    weekly = models.JSONField(_("weekly hours"), default=list)
    exceptions = models.JSONField(_("exceptions"), default=dict)
    covered_through = models.DateField(_("holidays known through"), null=True)
    source_note = models.CharField(_("source of the holidays"), max_length=200, blank=True, default="")
    official = models.BooleanField(_("official list"), default=False)
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(_("published at"))
    publisher_id = models.BigIntegerField(null=True)  # a Person; calendars stand below people, so this is no foreign key

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        ordering = ["calendar", "-no"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "no"], name="calendars_version_once"),
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="calendars_version_mode"),
        ]
        triggers = append_only()

    def __str__(self):
        return f"{self.calendar} {self.no}"

    def hours(self):
        """The version's working time, kept a process long under its content's fingerprint."""
        if self.sha256 not in _hours:
            _hours[self.sha256] = hours_of(self.mode, self.tz, self.weekly, self.exceptions)
        return _hours[self.sha256]

    def is_provisional(self, instant):
        """Whether an instant lies beyond the last date whose holidays are official."""
        return self.covered_through is not None and instant.astimezone(ZoneInfo(self.tz)).date() > self.covered_through

    def content(self):
        """What the fingerprint covers: everything that decides about time."""
        through = self.covered_through.isoformat() if self.covered_through else None
        return {"tz": self.tz, "mode": self.mode, "weekly": self.weekly, "exceptions": self.exceptions, "covered_through": through}

    def fingerprint(self):
        """SHA-256 of the content, hexadecimal."""
        return hashlib.sha256(json.dumps(self.content(), sort_keys=True).encode()).hexdigest()


def hours_of(mode, tz, weekly, exceptions):
    """Hours from what a version stores. Raises ValueError on nonsense."""
    if mode == Mode.ALWAYS:
        return Hours.round_the_clock()
    return Hours.of(tz, weekly, {date.fromisoformat(day): parts for day, parts in exceptions.items()})


_hours = {}
