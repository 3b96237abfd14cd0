"""Configuration items: registered, updated under a change or without, retired."""

from django.utils.translation import gettext_lazy as _

from catalog import authority, structure
from catalog.models import ConfigurationItem, ItemStatus, ItemType, Relation
from catalog.models.configuration import SERVICE_CODE
from catalog.services import allowed
from catalog.services.relations import end, set_parents
from catalog.shipped import SERVICE_TYPE, TYPES
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb


def ensure_types():
    """Make the shipped item types that are absent; those that somebody changed stay as they are."""
    rows = [ItemType(code=code, name=name, name_en=name_en, icon=icon, order=order) for code, name, name_en, icon, order in TYPES]
    ItemType.objects.bulk_create(rows, ignore_conflicts=True)


@verb
def register_item(item, *, by, relations=(), change=None, at=None):
    """Write a new item down with what it hangs on: `relations` holds `(kind, parent)`. Raises Refused, NotAllowed.

    What allowed it is the change, where one is named, else its own registration.
    """
    structure.hold()
    allowed.check(by, [], change)
    check_new(item)
    with authority.under(change):
        item.save(force_insert=True)
        with authority.under(change or item):
            set_parents(item, set(relations), at or clock.now())
    return item


def check_new(item):
    """Refuse a code that is taken or reserved, and services that the catalogue does not know."""
    if item.code.upper().startswith(SERVICE_CODE) or item.type.code == SERVICE_TYPE:
        raise Refused(_("Services become items by themselves when they are written into the catalogue."), code="service")
    if (taken := ConfigurationItem.objects.filter(code__iexact=item.code).first()) is not None:
        raise Refused(_("%(code)s is taken by %(name)s.") % {"code": taken.code, "name": taken.label()}, code="taken")


@verb
def update_item(item, *, by, facts, relations=None, change=None, at=None):
    """Change what is known of an item: `facts` by field; `relations`, unless None, is all that it hangs on from now on.

    Without a change the update is listed as unauthorised. Raises Refused where the change does not allow it, NotAllowed.
    """
    structure.hold()
    item = ConfigurationItem.objects.select_for_update(of=("self",)).select_related("type").get(pk=item.pk)
    allowed.check(by, [item], change)
    changed = {name: value for name, value in facts.items() if getattr(item, name) != value}
    _check_facts(item, changed)
    at = at or clock.now()
    with authority.under(change):
        if changed:
            for name, value in changed.items():
                setattr(item, name, value)
            item.save(update_fields=list(changed))
        if item.status == ItemStatus.RETIRED:
            _let_go(item, at)
        elif relations is not None:
            set_parents(item, set(relations), at)
    return item


def retire_item(item, *, by, change=None, at=None):
    """Take an item out of use; it hangs on nothing from then on. Raises Refused while others hang on it, NotAllowed."""
    return update_item(item, by=by, facts={"status": ItemStatus.RETIRED}, change=change, at=at)


def _check_facts(item, changed):
    if item.service_id and changed:
        raise Refused(_("What is known of a service follows the catalogue. Change it there."), code="service")
    if "type" in changed and changed["type"].code == SERVICE_TYPE:
        raise Refused(_("Services become items by themselves when they are written into the catalogue."), code="service")
    if changed.get("status") == ItemStatus.RETIRED:
        _check_unused(item)


def _check_unused(item):
    hanging = Relation.objects.standing().filter(parent=item).exclude(child__status=ItemStatus.RETIRED).order_by("child__code")
    if codes := list(hanging.values_list("child__code", flat=True)[:3]):
        sentence = _("%(items)s still hang on it. Let them hang on something else, or retire them first.")
        raise Refused(sentence % {"items": ", ".join(codes)}, code="used")


def _let_go(item, at):
    for relation in Relation.objects.standing().filter(child=item):
        end(relation, at)
