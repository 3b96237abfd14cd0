"""The programme of a year: what is audited when, and why in that order (clause 9.2)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import audit_rules as rules
from itsm.core.flow import StatusField, Stepped, step
from itsm.core.trail import tracked


class ProgrammeStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("programme", "Draft")
    APPROVED = "approved", pgettext_lazy("programme", "Approved")


class ProgrammeQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every programme; nobody else any."""
        return self if rules.may_read(person) else self.none()

    def locked(self, pk):
        """One programme, its row locked until the transaction ends. Raises DoesNotExist."""
        return self.select_for_update(of=("self",)).get(pk=pk)


@tracked(exclude=["steps_taken"])
class Programme(Stepped):
    """One year's audits: which clauses and processes, in view of what went wrong before; top management approves it."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    status = StatusField(_("state"), choices=ProgrammeStatus, default=ProgrammeStatus.DRAFT)
    objectives = models.TextField(_("objectives"))
    risks = models.TextField(_("what could go wrong with it"), blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("looks after it"), related_name="programmes")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit programme")
        verbose_name_plural = _("audit programmes")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="audits_programme_in_order"),
            models.CheckConstraint(condition=~Q(objectives=""), name="audits_programme_has_objectives"),
            models.CheckConstraint(
                condition=Q(status="draft", approved_by=None, approved_at=None)
                | Q(status="approved", approved_by__isnull=False, approved_at__isnull=False),
                name="audits_programme_approved_by_somebody",
            ),
        ]

    def __str__(self):
        return _("Audit programme %(year)s") % {"year": self.year}

    @property
    def title(self):
        """The first line of its objectives."""
        return self.objectives.strip().partition("\n")[0]

    @property
    def shown_number(self):
        return str(self)

    def get_absolute_url(self):
        return reverse("audits:programme", args=[self.year])

    @property
    def is_approved(self):
        return self.status == ProgrammeStatus.APPROVED

    @step(source=ProgrammeStatus.DRAFT, target=ProgrammeStatus.DRAFT, may=rules.may_plan_audits, label=_("Edit"))
    def edit(self, *, fields):
        for name, value in fields.items():
            setattr(self, name, value)
        return {"fields": sorted(fields)}

    @step(source=ProgrammeStatus.DRAFT, target=ProgrammeStatus.APPROVED, may=rules.may_approve_programmes, label=_("Approve"))
    def approve(self, *, by, at):
        self.approved_by, self.approved_at = by, at

    @step(source=ProgrammeStatus.APPROVED, target=ProgrammeStatus.DRAFT, may=rules.may_plan_audits, label=_("Revise"))
    def revise(self):
        self.approved_by = self.approved_at = None
