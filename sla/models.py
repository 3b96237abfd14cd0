"""Agreements with their versions and targets; clocks with their log. The log is the truth, the clock its projection."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, timedelta

import pgtrigger
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Criticality, Service
from itsm.calendars.models import Calendar, CalendarVersion
from itsm.core.trail import append_only, keep_table, tracked
from itsm.people.models import Organisation, Person, Team
from sla import clockwork


@dataclass(frozen=True, slots=True)
class SlaSubject:
    """All that a clock asks of its record."""

    number: str
    title: str
    url: str
    assignee: Person | None
    team: Team | None
    customer: Organisation
    service: Service | None
    tier: str


class Metric(models.TextChoices):
    RESPONSE = "response", _("Response")
    RESOLUTION = "resolution", _("Resolution")
    NEXT_UPDATE = "next_update", _("Next update")


PAUSE_REASONS = [
    ("waiting_customer_info", _("Customer information")),
    ("waiting_customer_confirmation_of_date", _("Customer's confirmation of a date")),
    ("customer_requested_delay", _("Delay asked for by the customer")),
    ("agreed_maintenance_window", _("Agreed maintenance window")),
    ("force_majeure", _("Force majeure")),
]


def pause_reasons():
    """Every reason for which a resolution clock may stand still (D5)."""
    return [reason for reason, _words in PAUSE_REASONS]


def default_thresholds():
    """The warning marks in percent of the target."""
    return [75, 90]


class AgreementQuerySet(models.QuerySet):
    def living(self):
        """Agreements that were not ended."""
        return self.filter(ended_at=None)

    def visible_to(self, person):
        """Staff see every agreement, others those of their own organisation."""
        return self if person.is_internal else self.filter(customer=person.organisation_id)


@tracked()
class Agreement(models.Model):
    """What we promised one customer, for one service or for all of them (8.3.3)."""

    customer = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("customer"), related_name="agreements")
    service = models.ForeignKey(Service, models.PROTECT, verbose_name=_("service"), null=True, blank=True, related_name="agreements")
    name = models.CharField(_("name"), max_length=120)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["customer", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "service"], condition=Q(ended_at=None), nulls_distinct=False, name="sla_one_agreement",
                violation_error_message=_("There is an agreement for this customer and service already. Write a new version of it."),
            )
        ]  # fmt: skip

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("sla:agreement", args=[self.pk])


class RaiseRule(models.TextChoices):
    CARRY = "carry", _("Time used counts on")


class ReopenRule(models.TextChoices):
    EXCLUDE_GAP = "exclude_gap", _("Time between solving and reopening doesn't count")
    COUNT_GAP = "count_gap", _("Time between solving and reopening counts")


def _published_stays():
    func = "RAISE EXCEPTION 'agreement version % is published and can not be changed', OLD.id;"
    return pgtrigger.Trigger(
        name="published_stays", when=pgtrigger.Before, operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__published_at__isnull=False), func=func,
    )  # fmt: skip


def _targets_stay():
    return pgtrigger.Trigger(
        name="published_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            IF EXISTS (SELECT 1 FROM sla_agreementversion v WHERE v.published_at IS NOT NULL
                       AND v.id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
                                    CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END))
            THEN RAISE EXCEPTION 'the targets of a published agreement version can not be changed'; END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


class AgreementVersion(models.Model):
    """The terms of an agreement from one day on. A draft until it is published; then it never changes."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, verbose_name=_("agreement"), related_name="versions")
    no = models.PositiveIntegerField(_("version"))
    effective_from = models.DateTimeField(_("in force from"))
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, editable=False, related_name="+")
    approved_note = models.TextField(_("how the customer agreed"), blank=True, default="")
    imported = models.BooleanField(_("imported, not agreed"), default=False, editable=False)
    pause_reasons = ArrayField(models.CharField(max_length=60), default=pause_reasons, verbose_name=_("reasons that stop the clock"))
    raise_rule = models.CharField(_("when the priority changes"), max_length=20, choices=RaiseRule, default=RaiseRule.CARRY)
    reopen_rule = models.CharField(_("when it is reopened"), max_length=20, choices=ReopenRule, default=ReopenRule.EXCLUDE_GAP)
    thresholds = ArrayField(models.PositiveSmallIntegerField(), default=default_thresholds, verbose_name=_("warnings at (percent)"))
    ladder = models.JSONField(default=list, editable=False)
    workload_limits = models.TextField(_("workload limits"), blank=True, default="")
    exceptions = models.TextField(_("exceptions"), blank=True, default="")

    class Meta:
        verbose_name = _("agreement version")
        verbose_name_plural = _("agreement versions")
        ordering = ["agreement", "-no"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "no"], name="sla_version_no"),
            models.UniqueConstraint(
                fields=["agreement", "effective_from"], condition=Q(published_at__isnull=False), name="sla_version_in_force_once",
                violation_error_message=_("Another version is in force from that day already."),
            ),
            models.UniqueConstraint(fields=["agreement"], condition=Q(published_at=None), name="sla_one_draft"),
        ]  # fmt: skip
        triggers = [_published_stays(), keep_table()]

    def __str__(self):
        return f"{self.agreement} {self.no}"

    @property
    def is_draft(self):
        return self.published_at is None


class Target(models.Model):
    """How much service time one metric has, for one tier and priority."""

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="targets")
    tier = models.CharField(_("criticality"), max_length=10, choices=Criticality)
    priority = models.PositiveSmallIntegerField(_("priority"))
    metric = models.CharField(_("metric"), max_length=20, choices=Metric)
    seconds = models.PositiveIntegerField(_("target in seconds"))
    calendar = models.ForeignKey(Calendar, models.PROTECT, verbose_name=_("calendar"), related_name="+")

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["version", "tier", "priority", "metric"]
        constraints = [
            models.UniqueConstraint(fields=["version", "tier", "priority", "metric"], name="sla_target_once"),
            models.CheckConstraint(condition=Q(priority__range=(1, 4), seconds__gt=0), name="sla_target_sane"),
        ]
        triggers = [_targets_stay(), keep_table()]

    def __str__(self):
        return f"{self.tier} P{self.priority} {self.metric}: {self.seconds} s"


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
        """Staff see every clock, others those of their own organisation."""
        return self if person.is_internal else self.filter(customer=person.organisation_id)

    def due(self, at):
        """Running clocks with a step before that instant, most overdue first."""
        return self.filter(next_fire_at__lt=at, state=ClockState.RUNNING).order_by("next_fire_at", "id")

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
    seg_started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_provisional = models.BooleanField(default=False)
    next_fire_at = models.DateTimeField(null=True)
    generation = models.PositiveIntegerField(default=1)
    steps_fired = models.PositiveSmallIntegerField(default=0)
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
            models.Index(
                fields=["decided_at", "metric", "outcome"],
                include=["final_at"],
                condition=Q(decided_at__isnull=False),
                name="sla_clock_decided",
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
        """SHA-256 over whose clock it is, the line, and the hash of the line before it; hexadecimal."""
        clock = self.clock
        line = [
            clock.content_type_id, clock.object_id, clock.metric, clock.cycle,
            self.seq, self.kind, self.effective_at.astimezone(UTC).isoformat(), self.recorded_at.astimezone(UTC).isoformat(),
            self.actor_id, self.reason_code, self.payload, self.prev_hash,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(line, sort_keys=True).encode()).hexdigest()


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
