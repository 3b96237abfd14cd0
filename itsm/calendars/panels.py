"""Where calendars stand in the frame of every page."""

from django.utils.translation import gettext_lazy as _

from itsm.core import ui


def register():
    """Fill the registries of the frame."""
    ui.rail("settings", _("Calendars"), "calendars:calendars", "calendar", may=_internal, order=40)


def _internal(person):
    return person.is_internal
