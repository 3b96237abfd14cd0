"""Clocks with their log and their fires. The log is the truth, the clock its projection."""

import hashlib
import json
from datetime import UTC, timedelta

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Criticality, Service
from itsm.calendars.models import CalendarVersion
from itsm.core.trail import append_only
from itsm.people.models import Organisation, Person
from sla import clockwork
from sla.models.metric import CUSTOMER_FACING, Metric
from sla.models.version import AgreementVersion


class ClockState(models.TextChoices):
    RUNNING = clockwork.RUNNING, _("Running")
    PAUSED = clockwork.PAUSED, _("Paused")
    STOPPED = clockwork.STOPPED, _("Stopped")
    CANCELLED = clockwork.CANCELLED, _("Cancelled")


class Outcome(models.TextChoices):
    MET = clockwork.MET, _("Met")
    BREACHED = clockwork.BREACHED, _("Breached")
    EXCUSED = clockwork.EXCUSED, _("Excused")


class ClockQuerySet(models.QuerySet):
    def about(self, record):
        """The clocks of one record."""
        return self.filter(content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk)

    def visible_to(self, person):
        """Staff see every clock, others what was promised to their own organisation."""
        return self if person.is_internal else self.ours().filter(customer=person.organisation_id)

    def ours(self):
        """What we promised to customers; not what a team or a supplier promised us."""
        return self.filter(metric__in=CUSTOMER_FACING)

    def due(self, at):
        """Running clocks with a step before that instant, most overdue first."""
        return self.filter(next_fire_at__lt=at, state=ClockState.RUNNING).order_by("next_fire_at", "id")

    def rebindable(self, calendar_versions):
        """Clocks that go on under one of these calendar versions, so that a newer official list would move them (D10)."""
        return self.filter(calendar_version__in=calendar_versions, state__in=[ClockState.RUNNING, ClockState.PAUSED])

    def decided(self, since, until):
        """Clocks whose verdict fell in [since, until): met when stopped, breached when due."""
        return self.filter(decided_at__gte=since, decided_at__lt=until)

    def with_terms(self):
        """With what `terms()` needs, in the same query."""
        return self.select_related("agreement_version", "calendar_version")


class Clock(models.Model):
    """One promise on one record: a projection of its events."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    record = GenericForeignKey()
    metric = models.CharField(_("metric"), max_length=20, choices=Metric)
    cycle = models.PositiveIntegerField(default=1)
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+")
    tier = models.CharField(max_length=10, choices=Criticality)
    priority = models.PositiveSmallIntegerField()
    contacted_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=10, choices=ClockState)
    agreement_version = models.ForeignKey(AgreementVersion, models.PROTECT, null=True, related_name="+")
    calendar_version = models.ForeignKey(CalendarVersion, models.PROTECT, null=True, related_name="+")
    target_s = models.PositiveIntegerField(null=True)
    elapsed_us = models.BigIntegerField(default=0)
    base_us = models.BigIntegerField(default=0)
    allowed_us = models.BigIntegerField(null=True)
    breach_us = models.BigIntegerField(null=True)
    seg_started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_provisional = models.BooleanField(default=False)
    next_fire_at = models.DateTimeField(null=True)
    generation = models.PositiveIntegerField(default=1)
    steps_fired = models.PositiveSmallIntegerField(default=0)
    ack_due_at = models.DateTimeField(null=True)
    corrected = models.BooleanField(default=False)
    breached_at = models.DateTimeField(null=True)
    breach_cause = models.CharField(max_length=20, blank=True, default="")
    stopped_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True, default="")
    pause_reason = models.CharField(max_length=60, blank=True, default="")
    seq = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    last_hash = models.CharField(max_length=64, blank=True, default="")

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        indexes = [
            models.Index(fields=["next_fire_at", "id"], condition=Q(next_fire_at__isnull=False), name="sla_clock_fire"),
            models.Index(fields=["id"], condition=Q(due_provisional=True, state="running"), name="sla_clock_provisional"),
            models.Index(
                fields=["decided_at", "metric", "outcome"],
                include=["final_at"],
                condition=Q(decided_at__isnull=False),
                name="sla_clock_decided",
            ),
            models.Index(fields=["calendar_version"], condition=Q(state__in=["running", "paused"]), name="sla_clock_on_calendar"),
            models.Index(
                fields=["content_type", "object_id"], include=["metric"], condition=Q(breached_at__isnull=False), name="sla_clock_broken"
            ),
            models.Index(
                fields=["content_type", "object_id"],
                include=["id", "generation", "metric"],
                condition=Q(state="running", breached_at__isnull=True),
                name="sla_clock_unbroken",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id", "metric", "cycle"], name="sla_clock_once"),
            models.CheckConstraint(condition=Q(state__in=ClockState.values), name="sla_clock_state"),
            models.CheckConstraint(condition=Q(outcome__in=["", *Outcome.values]), name="sla_clock_outcome"),
            models.CheckConstraint(
                condition=(Q(state=ClockState.RUNNING) & Q(seg_started_at__isnull=False))
                | (~Q(state=ClockState.RUNNING) & Q(seg_started_at=None, next_fire_at=None)),
                name="sla_clock_segment",
            ),
            models.CheckConstraint(
                condition=Q(target_s__isnull=False) | Q(due_at=None, next_fire_at=None, outcome=""), name="sla_clock_target"
            ),
            models.CheckConstraint(condition=Q(breached_at=None) | Q(breached_at=F("decided_at")), name="sla_clock_breach"),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.metric} {self.content_type_id}/{self.object_id}"

    @property
    def promised(self):
        """The target as a timedelta, or None."""
        return timedelta(seconds=self.target_s) if self.target_s is not None else None

    @property
    def is_final(self):
        return self.final_at is not None


class ClockEvent(models.Model):
    """One line of a clock's log: append-only, each line sealed with the hash of the one before."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason_code = models.CharField(max_length=60, blank=True, default="")
    payload = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("clock event")
        verbose_name_plural = _("clock events")
        ordering = ["clock", "seq"]
        constraints = [models.UniqueConstraint(fields=["clock", "seq"], name="sla_event_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.seq}. {self.kind}"

    def seal(self):
        """The seal that this line has to bear."""
        return sealed(self.clock, self)


def sealed(clock, line):
    """SHA-256 over whose clock it is, the line, and the hash of the line before it; hexadecimal. `line` may be a row not yet written."""
    said = [
        clock.content_type_id, clock.object_id, clock.metric, clock.cycle,
        line.seq, line.kind, line.effective_at.astimezone(UTC).isoformat(), line.recorded_at.astimezone(UTC).isoformat(),
        line.actor_id, line.reason_code, line.payload, line.prev_hash,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class ClockFire(models.Model):
    """A step that fired: once per clock, generation and step, for good."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="fires")
    generation = models.PositiveIntegerField()
    step = models.CharField(max_length=20)
    scheduled_for = models.DateTimeField()
    fired_at = models.DateTimeField()
    collapsed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("clock step")
        verbose_name_plural = _("clock steps")
        ordering = ["clock", "generation", "scheduled_for"]
        constraints = [models.UniqueConstraint(fields=["clock", "generation", "step"], name="sla_fire_once")]
        indexes = [models.Index(fields=["fired_at"], name="sla_fire_when")]
        triggers = append_only()

    def __str__(self):
        return f"{self.clock_id}/{self.generation}/{self.step}"
