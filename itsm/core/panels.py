"""What the kernel itself puts into the frame."""

from django.utils.translation import gettext_lazy as _

from itsm.core import ui


def register():
    """The way home, for everybody who may see the rail."""
    ui.rail("home", _("Home"), "home", "home", order=0)
