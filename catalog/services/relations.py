"""How items hang on one another: related, ended, never in a circle."""

from django.utils.translation import gettext_lazy as _

from catalog import authority, structure
from catalog.models import ConfigurationItem, ItemStatus, Relation
from catalog.services import allowed
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb


@verb
def relate(child, kind, parent, *, by, change=None):
    """Let `child` hang on `parent`. Raises Refused for a circle, for two that are related already, for what is retired; NotAllowed."""
    structure.hold()
    child, parent = _both(child, parent)
    allowed.check(by, [child], change)
    if Relation.objects.standing().filter(child=child, parent=parent).exists():
        raise Refused(_("%(child)s and %(parent)s are related already.") % _codes(child, parent), code="related")
    with authority.under(change):
        return hang(child, kind, parent)


@verb
def end_relation(relation, *, by, change=None, at=None):
    """End a relation; it stays on record. Raises Refused when it is ended, NotAllowed."""
    structure.hold()
    relation = Relation.objects.select_related("child").get(pk=relation.pk)
    allowed.check(by, [relation.child], change)
    if relation.ended_at:
        raise Refused(_("This relation was ended already."), code="ended")
    with authority.under(change):
        return end(relation, at or clock.now())


def hang(child, kind, parent):
    """Write one relation; the caller holds the structure and has asked who may. Raises Refused."""
    if ItemStatus.RETIRED in (child.status, parent.status):
        gone = child if child.status == ItemStatus.RETIRED else parent
        raise Refused(_("%(item)s is retired: nothing hangs on it, and it hangs on nothing.") % {"item": gone.code}, code="retired")
    if child.pk == parent.pk:
        raise Refused(_("An item does not hang on itself."), code="circle")
    if structure.would_circle(child.pk, parent.pk):
        sentence = _("%(parent)s hangs on %(child)s already; the other way round as well would be a circle.")
        raise Refused(sentence % _codes(child, parent), code="circle")
    return Relation.objects.create(child=child, kind=kind, parent=parent)


def end(relation, at):
    """Write the end of one relation; the caller holds the structure and has asked who may."""
    relation.ended_at = at
    relation.save(update_fields=["ended_at"])
    return relation


def set_parents(child, wanted, at):
    """Let `child` hang on exactly these: `wanted` is `{(kind, parent)}`. The caller holds the structure and has asked who may."""
    kinds = {parent.pk: kind for kind, parent in wanted}
    if len(kinds) < len(wanted):
        raise Refused(_("Name every item once: two hang together in one way only."), code="twice")
    for relation in Relation.objects.standing().filter(child=child):
        if kinds.get(relation.parent_id) == relation.kind:
            del kinds[relation.parent_id]
        else:
            end(relation, at)
    for parent in ConfigurationItem.objects.filter(pk__in=kinds).order_by("code"):
        hang(child, kinds[parent.pk], parent)


def _both(child, parent):
    """Both items, locked against being retired meanwhile."""
    locked = ConfigurationItem.objects.select_for_update(no_key=True).filter(pk__in=[child.pk, parent.pk]).order_by("pk")
    found = {item.pk: item for item in locked}
    return found[child.pk], found[parent.pk]


def _codes(child, parent):
    return {"child": child.code, "parent": parent.code}
