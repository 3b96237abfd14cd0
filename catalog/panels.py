"""What other pages show of the catalogue."""

from django.utils.translation import gettext_lazy as _

from catalog import rules
from catalog.filters import holding
from catalog.models import ConfigurationItem, ItemUpdate
from itsm.core import ui
from itsm.core.lately import lately


def register():
    ui.rail("services", _("Catalogue"), "catalog:services", "book-2", may=rules.may_read, order=10)
    ui.rail("services", _("Configuration"), "catalog:items", "topology-star-3", may=rules.may_read, count=_to_explain, order=40)
    ui.search_source(find)


def _to_explain(person):
    """Unauthorised updates that nobody explained, for those who keep items."""
    return _unexplained() if rules.may_keep_items(person) else None


@lately(10)
def _unexplained():
    return ItemUpdate.objects.unexplained().count()


def find(person, words):
    """Configuration items by code or name, at most ten."""
    if not person.is_internal:
        return []
    rows = ConfigurationItem.objects.visible_to(person).filter(holding(words)).listed().order_by("code")[:10]
    return [
        {"icon": item.type.icon, "number": item.code, "title": item.label(), "remark": item.type.label(), "url": item.get_absolute_url()}
        for item in rows
    ]
