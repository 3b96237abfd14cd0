"""The configuration items of a change, brought up to date under its authority (8.2.6)."""

from django.utils.translation import gettext_lazy as _

from catalog import services as catalog
from catalog import structure
from changes import rules
from changes.models import Change, Status
from changes.models.change import ENDED
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb

UNDER_WAY = (Status.IMPLEMENTING, *ENDED)
"""While an update of an item may point at a change: from its start until it is closed."""


@verb
def update_item(change, *, by, item, facts=None, let_go=(), hang=None, at=None):
    """Bring an item up to date under this change: `facts` by field, relations to end, and `(kind, parent)` that it hangs on from now on.

    It must be one that the change names, or hang on one of them. Raises Refused, NotAllowed.
    """
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    _must_allow(change, item, by)
    if facts:
        catalog.update_item(item, by=by, facts=facts, change=change, at=at)
    for relation in let_go:
        if relation.child_id != item.pk:
            raise Refused(_("That relation is not one of %(item)s.") % {"item": item.code}, code="not_its_relation")
        catalog.end_relation(relation, by=by, change=change, at=at)
    if hang:
        kind, parent = hang
        catalog.relate(item, kind, parent, by=by, change=change)
    return change


def _must_allow(change, item, by):
    if not rules.may_implement(by, change):
        raise NotAllowed(rules.may_implement.sentence)
    if change.status not in UNDER_WAY:
        raise Refused(_("%(change)s is not under way, so nothing may be updated under it.") % {"change": change}, code="not_under_way")
    if item.pk not in structure.beneath(change.items.values_list("pk", flat=True)):
        sentence = _("%(change)s names neither %(item)s nor what it hangs on.")
        raise Refused(sentence % {"change": change, "item": item.code}, code="not_named")
