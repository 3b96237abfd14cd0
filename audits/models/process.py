"""The processes of the framework, and who owned each of them when (5.3)."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audits import framework
from itsm.core.trail import append_only, tracked
from itsm.people.zones import company_day


class ProcessQuerySet(models.QuerySet):
    def complete(self):
        """Every process of the framework as it is shipped; those that are not here yet are added. One query where none is missing."""
        missing = framework.processes().keys() - set(self.values_list("code", flat=True))
        if missing:
            self.bulk_create([Process(code=code) for code in framework.processes() if code in missing], ignore_conflicts=True)
        return self


class Process(models.Model):
    """One process as records point at it; its names, clauses and questions are in the framework's files."""

    code = models.SlugField(_("code"), max_length=40, unique=True)

    objects = ProcessQuerySet.as_manager()

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering = ["id"]
        triggers = append_only()

    def __str__(self):
        return self.label()

    def label(self):
        """The name in the reader's language; the code where the framework does not know it any more."""
        told = framework.processes().get(self.code)
        return told.label() if told else self.code

    def get_absolute_url(self):
        return reverse("audits:process", args=[self.code])


class ProcessOwnerQuerySet(models.QuerySet):
    def standing(self):
        """Ownerships that were not withdrawn before they began."""
        return self.filter(withdrawn_at=None)

    def current(self, at):
        """Those in force on the company's day at an instant."""
        return self.standing().filter(valid__contains=company_day(at))

    def of(self, process):
        """Those of a process, by its code."""
        return self.filter(process__code=process)


def _named_stays():
    """Only the last day of an ownership may move: who was named, and from when, stays."""
    return pgtrigger.Trigger(
        name="named_stays", when=pgtrigger.Before, operation=pgtrigger.Update,
        func="""
            IF (OLD.process_id, OLD.owner_id, OLD.deputy_id, OLD.named_by_id, lower(OLD.valid))
               IS DISTINCT FROM (NEW.process_id, NEW.owner_id, NEW.deputy_id, NEW.named_by_id, lower(NEW.valid)) THEN
                RAISE EXCEPTION 'ownership % stays as it was written; name another owner instead', OLD.id; END IF;
            RETURN NEW;
        """,
    )  # fmt: skip


@tracked()
class ProcessOwner(models.Model):
    """Who answers for a process from day to day, and who stands in; ended, never overwritten."""

    process = models.ForeignKey(Process, models.PROTECT, verbose_name=_("process"), related_name="owners")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("owner"), related_name="processes_owned")
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("deputy"), null=True, blank=True, related_name="processes_deputised"
    )
    valid = DateRangeField(_("valid"))
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = ProcessOwnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("process owner")
        verbose_name_plural = _("process owners")
        ordering = ["-valid", "id"]
        constraints = [
            ExclusionConstraint(
                name="audits_one_owner_at_a_time",
                expressions=[("process", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="audits_ownership_lasts"),
            models.CheckConstraint(condition=Q(deputy=None) | ~Q(deputy=F("owner")), name="audits_deputy_is_another"),
        ]
        triggers = [_named_stays()]

    def __str__(self):
        return f"{self.process_id} {self.owner_id}"

    @property
    def first_on(self):
        return self.valid.lower

    @property
    def last_on(self):
        """The last day in force, or None while it is open."""
        return self.valid.upper - timedelta(days=1) if self.valid.upper else None
