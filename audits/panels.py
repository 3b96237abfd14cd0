"""What other pages show of audits: the rail, and on a record the rules that it fails while it can still be mended."""

from django.utils.translation import gettext_lazy as _

from audits import access, judging
from audits.rules import shipped
from catalog.models import ConfigurationItem, Service
from changes.models import Change, Release, Transition
from incidents.models import Incident
from itsm.core import clock, ui
from reports.rules import may_read as may_read_figures
from sla.models import Agreement

SHOWN_ON = ((Incident, "side"), (Change, "side"), (Agreement, "side"), (ConfigurationItem, "side"), (Release, "side"),
            (Transition, "side"), (Service, "main"))  # fmt: skip


def register():
    ui.rail("assurance", _("Rules"), "audits:rules", "checkup-list", may=access.may_read, order=10)
    ui.rail("assurance", _("Processes"), "audits:processes", "sitemap", may=access.may_read, order=20)
    ui.rail("reports", _("Assurance dashboard"), "audits:assurance", "rosette-discount-check", may=may_read_figures, order=25)
    for record_class, region in SHOWN_ON:
        ui.panel(record_class, "audits/_failing.html", failing, region=region, order=5)


def failing(record, person):
    """The shipped rules that a record fails, or None where it fails none; one query beside the clock."""
    if not access.may_read(person):
        return None
    rules = [rule for rule in shipped().values() if rule.model is type(record)]
    found = judging.of_record(rules, record, clock.now())
    return {"failing": [(rule, rule.said(reasons, details), ran_at) for rule, reasons, details, ran_at in found]} if found else None
