"""Where figures stand in the frame."""

from django.utils.translation import gettext_lazy as _

from itsm.core import ui
from reports import rules


def register():
    """Fill the registries."""
    ui.rail("reports", _("SLA dashboard"), "reports:sla", "chart-bar", may=rules.may_read, order=10)
    ui.rail("reports", _("Change dashboard"), "reports:changes", "git-merge", may=rules.may_read, order=20)
    ui.rail("reports", _("Measures"), "reports:definitions", "list-details", may=rules.may_read, order=30)
    ui.rail("reports", _("Months"), "reports:months", "calendar-stats", may=rules.may_read, order=40)
    ui.home_tile("reports/_tile.html", nothing_asked, may=rules.may_read, order=45)


def nothing_asked(_person, _at):
    """The tile only leads to the dashboards: no query."""
    return {}
