"""Where figures stand in the frame."""

from django.utils.translation import gettext_lazy as _

from itsm.core import ui
from reports import rules
from reports.agreed import before_and_after
from sla.models import AgreementVersion


def register():
    """Fill the registries."""
    ui.rail("reports", _("SLA dashboard"), "reports:sla", "chart-bar", may=rules.may_read, order=10)
    ui.rail("reports", _("Change dashboard"), "reports:changes", "git-merge", may=rules.may_read, order=20)
    ui.rail("reports", _("Measures"), "reports:definitions", "list-details", may=rules.may_read, order=30)
    ui.rail("reports", _("Months"), "reports:months", "calendar-stats", may=rules.may_read, order=40)
    ui.panel(AgreementVersion, "reports/_version.html", before_and_after, region="main")
    ui.home_tile("reports/_tile.html", nothing_asked, may=rules.may_read, order=45)


def nothing_asked(_person, _at):
    """The tile only leads to the dashboards: no query."""
    return {}
