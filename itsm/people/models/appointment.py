"""Dated appointments: who holds which role, for which team or organisation, from when until when."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from itsm.core import clock
from itsm.core.trail import tracked
from itsm.people import rules
from itsm.people.zones import company_day, company_zone


class Role(models.TextChoices):
    SERVICE_DESK = "service_desk", _("Service desk")
    ENGINEER = "engineer", _("Engineer")
    OPS_LEAD = "ops_lead", _("Operations lead")
    TECH_LEAD = "tech_lead", _("Technical lead")
    PRODUCT_MANAGER = "product_manager", _("Product manager")
    TESTER = "tester", _("Tester")
    SUPERVISOR = "supervisor", _("Supervisor")
    SERVICE_MANAGER = "service_manager", _("IT service manager")
    CHANGE_MANAGER = "change_manager", _("Change manager")
    CUSTOMER_REPRESENTATIVE = "customer_representative", _("Customer representative")
    INTERNAL_AUDITOR = "internal_auditor", _("Internal auditor")
    EXTERNAL_AUDITOR = "external_auditor", _("External auditor")
    TOP_MANAGEMENT = "top_management", _("Top management")


TEAM_ROLES = (Role.SERVICE_DESK, Role.ENGINEER, Role.OPS_LEAD, Role.TECH_LEAD, Role.TESTER)


class AppointmentQuerySet(models.QuerySet):
    def current(self, at=None):
        """Return the appointments in force on the company's day at this instant (default: now)."""
        at = at or clock.given()
        day = company_day(at) if at else TruncDate(clock.ClockTimestamp(), tzinfo=ZoneInfo(company_zone()))
        return self.standing().filter(valid__contains=day)

    def standing(self):
        """Return the appointments that were not withdrawn before they began."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, person):
        """Return the appointments this person may read: staff all, everybody else only their own."""
        return self if rules.is_internal(person) else self.filter(person_id=person.pk)


@tracked()
class Appointment(models.Model):
    """One person in one role for a stretch of days; ended, never overwritten."""

    person = models.ForeignKey("people.Person", models.PROTECT, verbose_name=_("person"), related_name="appointments")
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    team = models.ForeignKey("people.Team", models.PROTECT, verbose_name=_("team"), null=True, blank=True, related_name="appointments")
    organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, verbose_name=_("organisation"), null=True, blank=True, related_name="appointments"
    )
    process = models.CharField(_("process"), max_length=60, blank=True, default="")
    valid = DateRangeField(_("valid"))
    deputy = models.ForeignKey("people.Person", models.PROTECT, verbose_name=_("deputy"), null=True, blank=True, related_name="deputy_for")
    appointed_by = models.ForeignKey(
        "people.Person", models.PROTECT, verbose_name=_("appointed by"), null=True, blank=True, related_name="appointments_made"
    )

    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["-valid", "id"]
        indexes = [models.Index(fields=["role", "team"], name="people_appointment_role_team")]
        constraints = [
            ExclusionConstraint(
                name="people_one_service_manager",
                expressions=[("role", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(role="service_manager", withdrawn_at=None),
                violation_error_message=_("There is an IT service manager on these days already. End that appointment first."),
            ),
            ExclusionConstraint(
                name="people_no_twin_appointment",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (Coalesce(F("team"), 0, output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    (Coalesce(F("organisation"), 0, output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    ("process", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at=None),
                violation_error_message=_("This person holds that appointment on these days already."),
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="people_appointment_lasts"),
            models.CheckConstraint(condition=~Q(deputy=F("person")), name="people_deputy_is_another"),
        ]

    def __str__(self):
        return f"{self.person_id} {self.role}"

    @property
    def first_on(self):
        return self.valid.lower

    @property
    def last_on(self):
        """The last day in force, or None while it is open."""
        return self.valid.upper - timedelta(days=1) if self.valid.upper else None

    def holds_on(self, day):
        """Tell whether the appointment is in force on a day."""
        return (self.valid.lower is None or self.valid.lower <= day) and (self.valid.upper is None or day < self.valid.upper)
