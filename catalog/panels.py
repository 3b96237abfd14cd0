"""What other pages show of the catalogue."""

from django.utils.translation import gettext_lazy as _

from catalog import rules
from itsm.core import ui


def register():
    ui.rail("services", _("Catalogue"), "catalog:services", "book-2", may=rules.may_read, order=10)
