"""Configuration items and how they hang on one another, made plainly."""

from catalog.models import ConfigurationItem, ItemType, Relation


def an_item(code, owner, **fields):
    """An item of a type made for it."""
    kind, _made = ItemType.objects.get_or_create(code="server", defaults={"name": "服务器", "name_en": "Server"})
    return ConfigurationItem.objects.create(code=code, name=code, type=kind, owner=owner, **fields)


def hangs(child, parent, kind="runs_on"):
    """The child hangs on the parent."""
    return Relation.objects.create(child=child, parent=parent, kind=kind)
