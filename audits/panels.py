"""What other pages show of audits: the rail, and on a record the rules that it fails while it can still be mended."""

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from audits import access, judging
from audits import finding_rules as rules
from audits.models import SeenRecord
from audits.rules import shipped
from catalog.models import ConfigurationItem, Service
from changes.models import Change, Release, Transition
from incidents.models import Incident
from itsm.core import clock, ui
from reports.rules import may_read as may_read_figures
from sla.models import Agreement

SHOWN_ON = ((Incident, "side"), (Change, "side"), (Agreement, "side"), (ConfigurationItem, "side"), (Release, "side"),
            (Transition, "side"), (Service, "main"))  # fmt: skip

POINTED_AT = (Incident, Change, Release)
"""What findings keep copies of: `finding_records` reads their numbers."""


def register():
    ui.rail("assurance", _("Rules"), "audits:rules", "checkup-list", may=access.may_read, order=10)
    ui.rail("assurance", _("Processes"), "audits:processes", "sitemap", may=access.may_read, order=20)
    ui.rail("reports", _("Assurance dashboard"), "audits:assurance", "rosette-discount-check", may=may_read_figures, order=25)
    for record_class, region in SHOWN_ON:
        ui.panel(record_class, "audits/_failing.html", failing, region=region, order=5)
    for record_class in POINTED_AT:
        ui.panel(record_class, "audits/_pointing.html", pointing, order=6)


def failing(record, person):
    """The shipped rules that a record fails, or None where it fails none; one query beside the clock."""
    if not access.may_read(person):
        return None
    asked = [rule for rule in shipped().values() if rule.model is type(record)]
    found = judging.of_record(asked, record, clock.now())
    return {"failing": [(rule, rule.said(reasons, details), ran_at) for rule, reasons, details, ran_at in found]} if found else None


def pointing(record, person):
    """The findings that were raised about a record, newest first, or None where there is none; one query."""
    if not rules.may_read(person):
        return None
    kind = ContentType.objects.get_for_model(type(record))
    found = list(SeenRecord.objects.filter(content_type=kind, object_id=record.pk).select_related("finding").order_by("-id"))
    return {"pointing": found} if found else None
