"""Who keeps the catalogue."""

KEEPERS = ("service_manager", "top_management", "product_manager")


def may_read(person):
    """Staff read the catalogue; customers through their own pages."""
    return person.is_internal


def may_keep(person):
    """Whoever answers for the services edits the catalogue (requirement 17)."""
    return person.is_internal and (person.is_superuser or person.has_role(*KEEPERS))
