"""What we serve, and from what: services and the configuration items beneath them."""

from catalog.models.configuration import (
    ConfigurationItem,
    Gap,
    ItemImport,
    ItemStatus,
    ItemType,
    ItemUpdate,
    Relation,
    RelationKind,
    UpdateExplained,
)
from catalog.models.service import Criticality, Entitlement, EntitlementQuerySet, Kind, Service, ServiceQuerySet

__all__ = [
    "ConfigurationItem", "Criticality", "Entitlement", "EntitlementQuerySet", "Gap", "ItemImport", "ItemStatus", "ItemType", "ItemUpdate",
    "Kind", "Relation", "RelationKind", "Service", "ServiceQuerySet", "UpdateExplained",
]  # fmt: skip
