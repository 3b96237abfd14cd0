"""Updates of items in words: what was added or changed, by whom, and what allowed it."""

import dataclasses

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from catalog.models import ConfigurationItem, ItemImport, ItemStatus, ItemType, RelationKind, Service
from itsm.people.models import Person, Team

SHOWN = ("code", "name", "type_id", "status", "owner_id", "team_id", "description")


@dataclasses.dataclass(frozen=True)
class Told:
    """One update: `lines` of (what, before, after), and what allowed it: its label, its address, and kind.

    Kind is registered, catalogue, allowed, explained, or unauthorised.
    """

    update: object
    lines: list
    kind: str
    label: str = ""
    url: str = ""


def tell(updates):
    """Told of each update, in at most ten queries; have them ready with `listed()`."""
    names = Names(updates)
    return [Told(update, _lines(update, names), *_allowed(update)) for update in updates]


class Names:
    """What the ids in some updates stand for, each kind asked once."""

    def __init__(self, updates):
        said = [state for update in updates for state in (update.before, update.after) if state]
        self.type_id = self._found(ItemType, "type_id", said)
        self.owner_id = self._found(Person, "owner_id", said)
        self.team_id = self._found(Team, "team_id", said)
        self.parent_id = self._found(ConfigurationItem.objects.select_related("service"), "parent_id", said)
        self.status = dict(ItemStatus.choices)

    def _found(self, source, name, said):
        ids = {state.get(name) for state in said} - {None}
        manager = getattr(source, "objects", source)
        return {pk: getattr(record, "label", record.__str__)() for pk, record in manager.in_bulk(ids).items()} if ids else {}

    def of(self, name, value):
        """A value as people read it."""
        if value is None or value in ("", {}):
            return "–"
        known = getattr(self, name, None)
        return str(known.get(value, value)) if known is not None else str(value)


def _lines(update, names):
    before, after = update.before, update.after
    if update.record == "relation":
        return [_relation_line(update, names)]
    if before is None:
        return [(_("Registered"), "", names.of("name", after["name"]))]
    labels = {field.attname: field.verbose_name for field in ConfigurationItem._meta.concrete_fields}
    lines = [
        (str(labels[name]).capitalize(), names.of(name, before.get(name)), names.of(name, after.get(name)))
        for name in SHOWN
        if before.get(name) != after.get(name)
    ]
    return lines + changed_details(before.get("details"), after.get("details"))


def changed_details(before, after):
    """[(name, before, after)] of each detail of an item that is another one now; what is not there is empty."""
    before, after = before or {}, after or {}
    names = [*before, *(name for name in after if name not in before)]
    return [(name, str(before.get(name, "")), str(after.get(name, ""))) for name in names if before.get(name) != after.get(name)]


def _relation_line(update, names):
    """What it hangs on from now on, or no more."""
    state, moved = update.after, update.before and update.before["child_id"] != update.after["child_id"]
    parent = names.of("parent_id", state["parent_id"])
    gone = state["ended_at"] is not None or (moved and update.item_id != state["child_id"])
    how = str(RelationKind(state["kind"]).label) if state["kind"] in RelationKind.values else state["kind"]
    return (_("No longer: %(how)s") % {"how": how}, parent, "") if gone else (how.capitalize(), "", parent)


def _allowed(update):
    """`(kind, label, address)` of what allowed an update."""
    if update.object_id is None:
        if update.record == "item" and update.what == "added":
            return "registered", _("Registered by hand"), ""
        return _explained(update)
    record = update.authority
    if isinstance(record, ConfigurationItem):
        return "registered", _("With its registration"), ""
    if isinstance(record, ItemImport):
        return "registered", _("Import of %(file)s") % {"file": record.file_name}, ""
    if isinstance(record, Service):
        return "catalogue", _("Follows the catalogue"), record.get_absolute_url()
    return "allowed", str(record or ContentType.objects.get_for_id(update.content_type_id)), getattr(record, "get_absolute_url", str)()


def _explained(update):
    said = getattr(update, "explained", None)
    if said is None:
        return "unauthorised", _("Unauthorised"), ""
    if said.change is None:
        return "explained", _("Explained"), ""
    return "explained", _("Explained: %(change)s") % {"change": said.change}, getattr(said.change, "get_absolute_url", str)()
