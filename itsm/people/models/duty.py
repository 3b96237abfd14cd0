"""When people work: shifts, and days away."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from itsm.core.trail import tracked


class Shift(models.Model):
    """One person on duty from an instant until another, for one team or for all of theirs."""

    person = models.ForeignKey("people.Person", models.PROTECT, verbose_name=_("person"), related_name="shifts")
    team = models.ForeignKey("people.Team", models.PROTECT, verbose_name=_("team"), null=True, blank=True, related_name="shifts")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["starts_at"], name="people_shift_starts")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="people_shift_ends_after_start",
                violation_error_message=_("A shift ends after it starts."),
            ),
            ExclusionConstraint(
                name="people_one_shift_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (Func("starts_at", "ends_at", function="TSTZRANGE", output_field=DateTimeRangeField()), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person has a shift at that time already."),
            ),
        ]

    def __str__(self):
        return f"{self.person_id} {self.starts_at:%Y-%m-%d %H:%M}"


@tracked()
class Absence(models.Model):
    """Whole days somebody is not here, in the company's calendar."""

    person = models.ForeignKey("people.Person", models.PROTECT, verbose_name=_("person"), related_name="absences")
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-first_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="people_absence_in_order",
                violation_error_message=_("The last day comes before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.person_id} {self.first_on}"
