"""Where figures stand in the frame."""

from django.utils.translation import gettext_lazy as _

from itsm.core import ui
from reports import rules


def register():
    """Fill the registries."""
    ui.rail("reports", _("Measures"), "reports:definitions", "list-details", may=rules.may_read, order=30)
    ui.rail("reports", _("Months"), "reports:months", "calendar-stats", may=rules.may_read, order=40)
