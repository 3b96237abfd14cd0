"""What other pages show of changes."""

from django.utils.translation import gettext_lazy as _

from changes import rules
from itsm.core import ui


def register():
    ui.rail("changes", _("Changes"), "changes:list", "git-branch", may=rules.may_read, order=10)
