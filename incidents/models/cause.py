"""What an incident is about and what caused it: a configuration item, a change; and which change did not (8.5.1.3, 8.6.1)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import ConfigurationItem
from changes.models import Change
from incidents import rules
from incidents.models.status import OPEN, Status
from itsm.core.flow import Stepped, step
from itsm.core.trail import append_only


class Traced(Stepped):
    """The part of an incident that points at an item and at the change that caused it; both are set by people alone."""

    configuration_item = models.ForeignKey(
        ConfigurationItem, verbose_name=_("configuration item"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="incidents", db_index=False,
    )  # fmt: skip
    caused_by = models.ForeignKey(
        Change, verbose_name=_("caused by"), null=True, on_delete=models.PROTECT, related_name="incidents_caused", editable=False,
        db_index=False,
    )  # fmt: skip

    class Meta:
        abstract = True

    @step(source=[*OPEN, Status.RESOLVED], target=None, may=rules.may_work, label=_("Name the configuration item"))
    def point_at(self, *, item):
        before, self.configuration_item = self.configuration_item_id, item
        return {"before": before, "item": item and item.pk}

    @step(source=list(Status), target=None, may=rules.may_trace, needs=[rules.NEEDS_NO_CAUSE], label=_("Caused by a change"))
    def confirm_cause(self, *, change):
        self.caused_by = change
        return {"change": change.pk}

    @step(source=list(Status), target=None, may=rules.may_trace, needs=[rules.NEEDS_CAUSE], label=_("Not caused by it after all"))
    def withdraw_cause(self):
        before, self.caused_by = self.caused_by_id, None
        return {"change": before}


class NotCaused(models.Model):
    """Somebody looked: this change did not cause this incident, and is not proposed again. Append-only."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="not_caused_by")
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "change"], name="incident_not_caused_once")]
        triggers = append_only()

    def __str__(self):
        return f"{self.incident_id} {self.change_id}"
