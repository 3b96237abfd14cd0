"""The place of the figures in the rail."""

from django.utils.translation import gettext_lazy as _

from changes import rules
from itsm.core import ui


def register():
    """Fill the registries."""
    ui.rail("changes", _("Change figures"), "changes:figures", "chart-bar", may=rules.may_read, order=80)
