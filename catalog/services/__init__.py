"""Verbs of the catalogue and of configuration items."""

from catalog.services.catalogue import bring_back, end_entitlement, entitle, keep_service, retire
from catalog.services.importing import import_items
from catalog.services.items import ensure_types, register_item, retire_item, update_item
from catalog.services.relations import end_relation, relate
from catalog.services.updates import explain_updates

__all__ = [
    "bring_back", "end_entitlement", "end_relation", "ensure_types", "entitle", "explain_updates", "import_items", "keep_service",
    "register_item", "relate", "retire", "retire_item", "update_item",
]  # fmt: skip
