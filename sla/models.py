"""Agreements with their versions and targets; clocks with their log. The log is the truth, the clock its projection."""

import hashlib
import json
from datetime import UTC, timedelta
from typing import Protocol

import pgtrigger
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Criticality, Service
from itsm.calendars.models import Calendar, CalendarVersion
from itsm.core.flow import StatusField, Stepped, step
from itsm.core.trail import append_only, keep_table, tracked
from itsm.people.models import Organisation, Person, Team
from sla import clockwork, ladder, rules


class SlaSubject(Protocol):
    """All that a clock asks of its record; what another row holds is loaded only when it is asked for."""

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
    SUPPORT = "support", _("Internal or supplier promise")


CUSTOMER_FACING = (Metric.RESPONSE, Metric.RESOLUTION, Metric.NEXT_UPDATE)
"""What is promised to the customer; how we and our suppliers help one another stays with us."""

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


CUSTOMER_SIDE = ("waiting_customer_info", "waiting_customer_confirmation_of_date", "customer_requested_delay")
"""While we wait for one of these, the customer is owed no update (D4)."""


def default_thresholds():
    """The warning marks in percent of the target."""
    return [75, 90]


class AgreementQuerySet(models.QuerySet):
    def living(self):
        """Agreements that were not ended."""
        return self.filter(ended_at=None)

    def visible_to(self, person):
        """Staff see every agreement, others those of their own organisation."""
        return self if person.is_internal else self.filter(kind=AgreementKind.CUSTOMER, customer=person.organisation_id)


class AgreementKind(models.TextChoices):
    """Whose promise it is: ours to a customer, or one that ours rests on (8.3.3, 8.3.4)."""

    CUSTOMER = "customer", _("Service level agreement")
    INTERNAL = "internal", _("Operational level agreement")
    SUPPLIER = "supplier", _("Supplier's contract")


@tracked()
class Agreement(models.Model):
    """What was promised, for one service or for all: by us to a customer, by a team or a supplier to us (8.3.3, 8.3.4)."""

    kind = models.CharField(_("kind"), max_length=10, choices=AgreementKind, default=AgreementKind.CUSTOMER, editable=False)
    customer = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("customer"), related_name="agreements", null=True, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, verbose_name=_("team"), related_name="agreements", null=True, blank=True)
    supplier = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("supplier"), related_name="contracts", null=True, blank=True)
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
                fields=["customer", "team", "supplier", "service"], condition=Q(ended_at=None), nulls_distinct=False,
                name="sla_one_agreement_each",
                violation_error_message=_("There is an agreement for this customer and service already. Write a new version of it."),
            ),
            models.CheckConstraint(
                condition=Q(kind="customer", customer__isnull=False, team=None, supplier=None)
                | Q(kind="internal", customer=None, team__isnull=False, supplier=None)
                | Q(kind="supplier", customer=None, team=None, supplier__isnull=False),
                name="sla_agreement_party",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    @property
    def party(self):
        """The customer, team or supplier it is with."""
        return self.customer or self.team or self.supplier

    def get_absolute_url(self):
        return reverse("sla:agreement", args=[self.pk])


class RaiseRule(models.TextChoices):
    CARRY = "carry", _("Time used counts on")


class ReopenRule(models.TextChoices):
    EXCLUDE_GAP = "exclude_gap", _("Time between solving and reopening doesn't count")
    COUNT_GAP = "count_gap", _("Time between solving and reopening counts")


class VersionStatus(models.TextChoices):
    """How far a version has come; in force, superseded and ended follow from the days (D10)."""

    DRAFT = "draft", _("Draft")
    OFFERED = "offered", _("Offered")
    NEGOTIATED = "negotiated", _("In negotiation")
    ACCEPTED = "accepted", pgettext_lazy("agreement", "Accepted")


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


def _accepted_by_somebody():
    """The database's own word on acceptance: imported, a receipt of an accepted offer, or a note how it was agreed."""
    return pgtrigger.Trigger(
        name="accepted_by_somebody",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__status="accepted", new__imported=False),
        func="""
            IF btrim(NEW.approved_note) = '' AND NOT EXISTS (
                SELECT 1 FROM links_receipt r JOIN django_content_type c ON c.id = r.content_type_id
                WHERE c.app_label = 'sla' AND c.model = 'agreementversion' AND r.object_id = NEW.id
                AND r.purpose = 'accept' AND r.choice = 'accepted')
            THEN RAISE EXCEPTION 'agreement version % was accepted by nobody', NEW.id; END IF;
            RETURN NEW;
        """,
    )


class AgreementVersionQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every version, others the accepted ones of their own organisation's agreements."""
        if person.is_internal:
            return self
        mine = {"agreement__kind": AgreementKind.CUSTOMER, "agreement__customer": person.organisation_id}
        return self.filter(published_at__isnull=False, **mine)


class AgreementVersion(Stepped):
    """The terms of an agreement from one day on. A draft until it is accepted; then it never changes.

    Three sorts of hours (design §4): each target's own calendar (support hours, when its clock runs), `service_calendar`
    (when the service has to be available) and `maintenance_calendar` (windows in which it may be down).
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, verbose_name=_("agreement"), related_name="versions")
    no = models.PositiveIntegerField(_("version"))
    status = StatusField(_("state"), choices=VersionStatus, default=VersionStatus.DRAFT)
    effective_from = models.DateTimeField(_("in force from"))
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, editable=False, related_name="+")
    approved_note = models.TextField(_("how the customer agreed"), blank=True, default="")
    imported = models.BooleanField(_("imported, not agreed"), default=False, editable=False)
    pause_reasons = ArrayField(models.CharField(max_length=60), default=pause_reasons, verbose_name=_("reasons that stop the clock"))
    raise_rule = models.CharField(_("when the priority changes"), max_length=20, choices=RaiseRule, default=RaiseRule.CARRY)
    reopen_rule = models.CharField(_("when it is reopened"), max_length=20, choices=ReopenRule, default=ReopenRule.EXCLUDE_GAP)
    thresholds = ArrayField(models.PositiveSmallIntegerField(), default=default_thresholds, verbose_name=_("warnings at (percent)"))
    ladder = models.JSONField(_("escalation ladder"), default=ladder.default, editable=False)
    service_calendar = models.ForeignKey(Calendar, models.PROTECT, verbose_name=_("service hours"), related_name="+", null=True, blank=True)
    maintenance_calendar = models.ForeignKey(
        Calendar, models.PROTECT, verbose_name=_("maintenance windows"), related_name="+", null=True, blank=True
    )
    availability = models.DecimalField(_("availability target in percent"), max_digits=6, decimal_places=3, null=True, blank=True)
    monthly_tickets = models.PositiveIntegerField(_("tickets a month at most"), null=True, blank=True)
    workload_limits = models.TextField(_("workload limits"), blank=True, default="")
    exceptions = models.TextField(_("exceptions"), blank=True, default="")
    risks_accepted = models.TextField(_("why it is offered in spite of the warnings"), blank=True, default="")
    offered_at = models.DateTimeField(_("offered at"), null=True, editable=False)
    offered_by = models.ForeignKey(Person, models.PROTECT, null=True, editable=False, related_name="+")

    objects = AgreementVersionQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(status="accepted", published_at__isnull=False) | (~Q(status="accepted") & Q(published_at=None)),
                name="sla_version_accepted",
            ),
            models.CheckConstraint(condition=Q(availability=None) | Q(availability__gt=0, availability__lte=100), name="sla_availability"),
        ]  # fmt: skip
        triggers = [_published_stays(), _accepted_by_somebody(), keep_table()]

    def __str__(self):
        return f"{self.agreement} {self.no}"

    def get_absolute_url(self):
        return f"{self.agreement.get_absolute_url()}?version={self.no}"

    @property
    def is_draft(self):
        return self.published_at is None

    @property
    def rungs(self):
        """The rungs of its ladder, lowest mark first; none for versions from before there were ladders."""
        held = self.__dict__.get("_rungs")
        if held is None or held[0] is not self.ladder:
            held = self.__dict__["_rungs"] = (self.ladder, ladder.read(self.ladder))
        return held[1]

    @step(source=[VersionStatus.DRAFT, VersionStatus.NEGOTIATED], target=VersionStatus.OFFERED, may=rules.may_keep_this, label=_("Offer"))
    def offer(self, *, by, at):
        self.offered_by, self.offered_at = by, at

    @step(source=VersionStatus.OFFERED, target=VersionStatus.NEGOTIATED, label=_("Ask for something else"))
    def negotiate(self):
        pass

    @step(
        source=[VersionStatus.OFFERED, VersionStatus.NEGOTIATED],
        target=VersionStatus.DRAFT,
        may=rules.may_keep_this,
        label=_("Take the offer back"),
    )
    def withdraw(self):
        self.offered_by = self.offered_at = None

    @step(source=VersionStatus.OFFERED, target=VersionStatus.ACCEPTED, label=pgettext_lazy("agreement", "Accept"))
    def accept(self, *, by, at):
        self.published_by, self.published_at = by, at

    @step(
        source=[VersionStatus.DRAFT, VersionStatus.OFFERED, VersionStatus.NEGOTIATED],
        target=VersionStatus.ACCEPTED,
        may=rules.may_keep_this,
        label=_("Publish"),
    )
    def publish(self, *, by, at):
        """Agreed outside of the product: the note says how."""
        self.published_by, self.published_at = by, at


class WayOut(models.TextChoices):
    """What closes the gap between what a customer wants and what we can do (requirement 72)."""

    INVEST = "invest", _("Invest")
    ACCEPT_LESS = "accept_less", _("Accept less, and promise a fast repair")
    CHANGE_HOURS = "change_hours", _("Other hours")
    OPEN = "open", _("Still open")


class Negotiation(models.Model):
    """A line of a version's negotiation: what the customer wants, what we can do, the way out (requirements 70-73). Append-only."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="negotiations")
    seq = models.PositiveIntegerField()
    about = models.CharField(_("about"), max_length=120)
    wanted = models.TextField(_("what the customer wants"))
    able = models.TextField(_("what we can do"), blank=True, default="")
    way_out = models.CharField(_("way out"), max_length=20, choices=WayOut, default=WayOut.OPEN)
    words = models.TextField(_("words"), blank=True, default="")
    said_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("negotiation")
        verbose_name_plural = _("negotiations")
        ordering = ["version", "seq"]
        constraints = [models.UniqueConstraint(fields=["version", "seq"], name="sla_negotiation_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.version_id}/{self.seq} {self.about}"


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


class CorrectionKind(models.TextChoices):
    """What can be wrong in a log (D3, D5, D6)."""

    CONTACT_LATER = "contact_later", _("The contact came later than it says")
    MOVED = "moved", _("Something happened at another time")
    WAITED = "waited", _("A pause was not noted")
    VOIDED = "voided", _("A change of the target should not count")


class CorrectionState(models.TextChoices):
    PENDING = "pending", _("Waits for a second person")
    APPLIED = "applied", _("Applied")
    REFUSED = "refused", _("Refused")


@tracked()
class Correction(models.Model):
    """A correction of a clock's log: proposed by one person, applied or refused by another (D5, D6)."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="corrections")
    kind = models.CharField(_("what was wrong"), max_length=20, choices=CorrectionKind)
    amend = models.JSONField(_("amendment"))
    reason = models.TextField(_("reason"))
    state = models.CharField(_("state"), max_length=10, choices=CorrectionState, default=CorrectionState.PENDING)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    remark = models.TextField(_("remark"), blank=True, default="")

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["clock"], condition=Q(state="pending"), name="sla_one_correction_waits"),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="sla_correction_two_people"),
            models.CheckConstraint(
                condition=Q(state="pending", decided_by=None, decided_at=None)
                | (~Q(state="pending") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="sla_correction_decided",
            ),
        ]

    def __str__(self):
        return f"{self.clock_id} {self.kind}"


class Verification(models.Model):
    """One run of the verifier: how many clocks were folded anew, and which differed from their log (K11). Append-only."""

    ran_at = models.DateTimeField(_("ran at"))
    ended_at = models.DateTimeField(_("ended at"))
    clocks = models.PositiveIntegerField(_("clocks"))
    drifts = models.JSONField(_("differences"), default=list)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-ran_at", "-id"]
        triggers = append_only()

    def __str__(self):
        return f"{self.ran_at:%Y-%m-%d %H:%M}"
