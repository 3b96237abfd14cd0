"""Where people stand in the frame of every page."""

from django.utils.translation import gettext_lazy as _

from itsm.core import ui
from itsm.people import rules


def register():
    """Fill the registries of the frame."""
    ui.rail("services", _("Customers"), "people:organisations", "building", may=rules.may_read_people, order=40)
    ui.rail("settings", _("People"), "people:people", "users", may=rules.may_read_people, order=10)
    ui.rail("settings", _("Teams"), "people:teams", "users-group", may=rules.may_read_people, order=20)
    ui.rail("settings", _("All settings"), "people:settings", "settings", may=rules.may_read_people, order=90)
