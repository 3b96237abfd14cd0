"""Who keeps the catalogue."""

KEEPERS = ("service_manager", "top_management", "product_manager")


def may_read(person):
    """Staff read the catalogue; customers through their own pages."""
    return person.is_internal


def may_keep(person):
    """Whoever answers for the services edits the catalogue (requirement 17)."""
    return person.is_internal and (person.is_superuser or person.has_role(*KEEPERS))


ITEM_KEEPERS = (*KEEPERS, "ops_lead", "tech_lead", "change_manager")


def may_keep_items(person):
    """Who registers and updates configuration items: keepers of the catalogue, and who leads operations, technology or changes."""
    return person.is_internal and (person.is_superuser or person.has_role(*ITEM_KEEPERS))
