"""Who may update which items under what; asked by every verb before it writes."""

from django.utils.translation import gettext_lazy as _

from catalog import authority, rules
from itsm.core.errors import NotAllowed


def check(by, items, change=None):
    """Refuse somebody who may not update these items, and a change that does not allow it now. The system itself (None) may."""
    if change is not None:
        authority.check(change, [item.pk for item in items])
    if by is None or rules.may_keep_items(by) or (change is not None and authority.lets(change, by)):
        return
    raise NotAllowed(_("Configuration items are kept by the owners of the catalogue and the leads of operations, technology and changes."))
