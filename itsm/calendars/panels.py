"""Where calendars stand in the frame of every page, and what upper apps say of a version before it is published."""

from django.utils.translation import gettext_lazy as _

from itsm.core import ui

_previews = []


def register():
    """Fill the registries of the frame."""
    ui.rail("settings", _("Calendars"), "calendars:calendars", "calendar", may=_internal, order=40)


def preview(template, context):
    """Let an upper app show what a version would change: `context(version, person)` feeds `template`; the version is not saved yet."""
    _previews.append((template, context))


def previews_of(version, person):
    """`[(template, facts)]` about a version that somebody is about to publish."""
    return [(template, context(version, person)) for template, context in _previews]


def _internal(person):
    return person.is_internal
