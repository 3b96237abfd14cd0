"""The terms of an agreement from one day on, with their targets. What is published never changes."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Criticality
from itsm.calendars.models import Calendar
from itsm.core.flow import StatusField, Stepped, step
from itsm.core.trail import keep_table
from itsm.people.models import Person
from sla import ladder, rules
from sla.models.agreement import Agreement, AgreementKind
from sla.models.metric import Metric, pause_reasons


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


def default_thresholds():
    """The warning marks in percent of the target."""
    return [75, 90]


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
