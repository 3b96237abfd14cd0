"""The audit: what is looked at, by whom, when, and what came of it (clause 9.2, requirements 79 to 97)."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import audit_rules as rules
from audits.models.programme import Programme
from itsm.core import clock
from itsm.core.flow import StatusField, Stepped, step
from itsm.core.numbering import NextNumber, shown
from itsm.core.trail import tracked
from itsm.people.zones import company_day

PREFIX = "AUD"


class AuditStatus(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("audit", "Planned")
    PREPARED = "prepared", pgettext_lazy("audit", "Prepared")
    IN_PROGRESS = "in_progress", pgettext_lazy("audit", "In progress")
    REPORTED = "reported", pgettext_lazy("audit", "Reported")
    FOLLOW_UP = "follow_up", pgettext_lazy("audit", "Follow-up")
    CLOSED = "closed", pgettext_lazy("audit", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("audit", "Cancelled")


A = AuditStatus
AHEAD = (A.PLANNED, A.PREPARED)
"""Not begun: its areas, team and agenda still move freely."""
OPEN = (*AHEAD, A.IN_PROGRESS)
"""The report is not issued yet."""
DONE = (A.REPORTED, A.FOLLOW_UP, A.CLOSED)
"""What it covers counts as audited."""


class AuditSort(models.TextChoices):
    INTERNAL = "internal", _("Internal audit")
    MOCK = "mock", _("Mock audit")
    EXTERNAL = "external", _("External audit")


class AuditMethod(models.TextChoices):
    DOCUMENTS = "documents", _("Documents read")
    ON_SITE = "on_site", _("On site")
    REMOTE = "remote", _("Remote")


class AuditQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every audit; a guest those they are invited to, as long as that lasts; nobody else any."""
        if rules.may_read(person):
            return self
        today = company_day(clock.now())
        return self.filter(
            members__person_id=person.pk, members__role="guest", members__dropped_at=None, members__valid_until__gte=today
        )  # fmt: skip

    def locked(self, pk):
        """One audit, its row locked until the transaction ends. Raises DoesNotExist."""
        return self.select_for_update(of=("self",)).select_related("lead__organisation", "programme").get(pk=pk)

    def listed(self):
        """With all that a row of a list shows."""
        return self.select_related("lead", "programme")

    def counting(self):
        """Those that count for coverage: no mock audits, no cancelled ones."""
        return self.exclude(sort=AuditSort.MOCK).exclude(status=A.CANCELLED)


def _start_trigger():
    """An audit begins with an opening and a closing meeting on its agenda, and with an auditor for each area."""
    return pgtrigger.Trigger(
        name="begins_prepared",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__status="prepared", new__status="in_progress"),
        func="""
            IF (SELECT count(DISTINCT sort) FROM audits_agendaitem
                WHERE audit_id = NEW.id AND dropped_at IS NULL AND sort IN ('opening', 'closing')) < 2
            THEN RAISE EXCEPTION 'audit % has no opening and closing meeting', NEW.number; END IF;
            IF NOT EXISTS (SELECT 1 FROM audits_auditarea WHERE audit_id = NEW.id AND dropped_at IS NULL)
               OR EXISTS (SELECT 1 FROM audits_auditarea WHERE audit_id = NEW.id AND dropped_at IS NULL AND auditor_id IS NULL)
            THEN RAISE EXCEPTION 'audit % has an area without an auditor, or none', NEW.number; END IF;
            RETURN NEW;
        """,
    )


def _report_trigger():
    """Reported is what has a report, and areas that somebody audited, each asked at least one question."""
    return pgtrigger.Trigger(
        name="reported_with_a_report",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__status="in_progress", new__status="reported"),
        func="""
            IF NOT EXISTS (SELECT 1 FROM audits_auditreport WHERE audit_id = NEW.id)
            THEN RAISE EXCEPTION 'audit % has no report', NEW.number; END IF;
            IF EXISTS (SELECT 1 FROM audits_auditarea a WHERE a.audit_id = NEW.id AND a.dropped_at IS NULL AND (a.auditor_id IS NULL
                       OR NOT EXISTS (SELECT 1 FROM audits_checklistitem c WHERE c.area_id = a.id AND c.result <> 'open')))
            THEN RAISE EXCEPTION 'audit % has an area that nobody audited', NEW.number; END IF;
            RETURN NEW;
        """,
    )


def _closing_trigger():
    """A follow-up ends when every nonconformity of the audit is closed."""
    return pgtrigger.Trigger(
        name="closed_when_corrected",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__status="follow_up", new__status="closed"),
        func="""
            IF EXISTS (SELECT 1 FROM audits_finding WHERE audit_id = NEW.id AND grade IN ('major', 'minor')
                       AND status NOT IN ('closed', 'withdrawn'))
            THEN RAISE EXCEPTION 'audit % has nonconformities that are not closed', NEW.number; END IF;
            RETURN NEW;
        """,
    )


@tracked(exclude=["steps_taken"])
class Audit(Stepped):
    """One audit: independent people look at documents, places and records, and say what they found."""

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("audits_audit_number"))
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), null=True, blank=True, related_name="audits")
    status = StatusField(_("state"), choices=AuditStatus, default=A.PLANNED)
    title = models.CharField(_("title"), max_length=200)
    sort = models.CharField(_("sort"), max_length=10, choices=AuditSort, default=AuditSort.INTERNAL)
    scope = models.TextField(_("scope"))
    criteria = models.TextField(_("audit criteria"), blank=True)
    methods = ArrayField(models.CharField(max_length=10, choices=AuditMethod), verbose_name=_("methods"))
    period_from = models.DateField(_("records from"))
    period_until = models.DateField(_("records until"))
    starts_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("ends on"))
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("lead auditor"), related_name="audits_led")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    planned_at = models.DateTimeField(editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    conclusion = models.TextField(_("audit conclusion"), blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        indexes = [
            models.Index(fields=["status", "-id"], name="audits_audit_status"),
            models.Index(fields=["starts_on", "id"], name="audits_audit_starts"),
            models.Index(fields=["lead", "-id"], name="audits_audit_lead"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(sort__in=AuditSort.values), name="audits_audit_sorts"),
            models.CheckConstraint(
                condition=Q(methods__len__gt=0) & Q(methods__contained_by=AuditMethod.values), name="audits_audit_methods"
            ),
            models.CheckConstraint(
                condition=Q(period_until__gte=F("period_from")) & Q(ends_on__gte=F("starts_on")), name="audits_audit_in_order"
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(scope=""), name="audits_audit_stated"),
        ]
        triggers = [_start_trigger(), _report_trigger(), _closing_trigger()]

    def __str__(self):
        return self.shown_number

    @property
    def shown_number(self):
        return shown(PREFIX, self.number)

    @property
    def is_ahead(self):
        return self.status in AHEAD

    @property
    def is_open(self):
        return self.status in OPEN

    @property
    def is_over(self):
        return self.status in (A.CLOSED, A.CANCELLED)

    @property
    def method_labels(self):
        """The methods in words, in the order they are offered."""
        return [method.label for method in AuditMethod if method in self.methods]

    def get_absolute_url(self):
        return reverse("audits:audit", args=[self.number])

    @step(source=OPEN, target=None, may=rules.may_arrange, label=_("Edit"))
    def edit(self, *, fields):
        for name, value in fields.items():
            setattr(self, name, value)
        return {"fields": sorted(fields)}

    @step(source=OPEN, target=None, may=rules.may_arrange, label=_("Say who audits what"))
    def assign(self, *, area, auditor):
        return {"area": area, "auditor": auditor}

    @step(source=OPEN, target=None, may=rules.may_approve_programmes, label=_("Allow an auditor who is not independent"))
    def override(self, *, person, reviewer):
        return {"person": person, "reviewer": reviewer}

    @step(source=OPEN, target=None, label=_("Independence in doubt"))
    def doubt(self, *, area, auditor):
        return {"area": area, "auditor": auditor}

    @step(source=[A.PLANNED, A.PREPARED, A.IN_PROGRESS, A.REPORTED, A.FOLLOW_UP], target=None, may=rules.may_arrange,
          label=_("Invite a guest"))  # fmt: skip
    def invite(self, *, person, valid_until):
        return {"person": person, "valid_until": valid_until.isoformat()}

    @step(source=A.PLANNED, target=A.PREPARED, may=rules.may_lead, label=_("Ready to begin"),
          needs=[rules.NEEDS_AREAS, rules.NEEDS_AUDITORS, rules.NEEDS_AGENDA, rules.NEEDS_CHECKLIST])  # fmt: skip
    def prepare(self):
        pass

    @step(source=A.PREPARED, target=A.PLANNED, may=rules.may_lead, label=_("Plan it again"))
    def unprepare(self):
        pass

    @step(source=A.PREPARED, target=A.IN_PROGRESS, may=rules.may_lead, label=_("Begin the audit"),
          needs=[rules.NEEDS_AREAS, rules.NEEDS_AUDITORS, rules.NEEDS_MEETINGS])  # fmt: skip
    def start(self, *, at):
        self.started_at = at

    @step(source=A.IN_PROGRESS, target=A.REPORTED, may=rules.may_lead, label=_("Issue the report"),
          needs=[rules.NEEDS_AUDITORS, rules.NEEDS_QUESTIONS, rules.NEEDS_ANSWERS])  # fmt: skip
    def report(self, *, conclusion, sha256):
        self.conclusion = conclusion
        return {"sha256": sha256}

    @step(source=A.REPORTED, target=A.FOLLOW_UP, may=rules.may_arrange, label=_("Follow up"))
    def follow_up(self):
        pass

    @step(source=A.FOLLOW_UP, target=A.CLOSED, may=rules.may_arrange, needs=[rules.NEEDS_CORRECTION], label=_("Close the audit"))
    def close(self, *, at):
        self.ended_at = at

    @step(source=[A.PLANNED, A.PREPARED, A.IN_PROGRESS], target=A.CANCELLED, may=rules.may_arrange, label=_("Cancel"))
    def cancel(self, *, at):
        self.ended_at = at
