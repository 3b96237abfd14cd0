"""What pages show of releases."""

from django.utils.translation import gettext_lazy as _

from changes import rules
from changes.models import Change, Release
from itsm.core import ui


def register():
    """Fill the registries."""
    ui.rail("changes", _("Releases"), "changes:releases", "packages", may=rules.may_read, order=40)
    ui.rail("changes", _("New services"), "changes:transitions", "plant-2", may=rules.may_read, order=50)
    ui.panel(Change, "changes/_release.html", release_of, region="side", order=60)


def release_of(change, person):
    """The release that a change goes out with, or None; one query."""
    found = Release.objects.filter(entries__change=change).first()
    return {"release": found} if found else None
