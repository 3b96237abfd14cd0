"""Configuration (8.2.6): items are whole, every update has its change, and what was deployed is confirmed."""

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.expressions import blank, working_days
from catalog.models import ConfigurationItem, ItemStatus, ItemUpdate, Relation
from changes.models import Change

CONFIRMED_WITHIN = 2
"""Working days."""


def related(item):
    """Whether an item hangs on another, or another on it; `item` is the outer column."""
    standing = Relation.objects.standing().order_by()
    return Exists(standing.filter(child=item)) | Exists(standing.filter(parent=item))


def _modified(_window):
    return ~Q(record="item", what="added")


def _days(window):
    """Working days from the end of a change to the confirmation of its items, or to now."""
    return working_days(F("finished_at"), Coalesce("items_confirmed_at", Value(window.until, output_field=DateTimeField())), window)


def _with_items(_window):
    return Q(finished_at__isnull=False) & Exists(Change.items.through.objects.filter(change=OuterRef("pk")))


WHOLE = Rule(
    "T-8.2.6a", "8.2.6", "configuration",
    _("Does every configuration item have a description, somebody who owns it, and its place in the structure?"),
    _("Configuration items that are not retired, as they stand"),
    _("the item's attributes and relations; code, type and state can't be missing"),
    ConfigurationItem,
    (Check("no_description", _("It has no description."), lambda _window: blank("description")),
     Check("owner_left", _("Its owner has left."), lambda _window: Q(owner__is_active=False)),
     Check("no_relation", _("It is related to nothing."), lambda _window: ~Q(related(OuterRef("pk"))))),
    where=lambda _window: ~Q(status=ItemStatus.RETIRED),
)  # fmt: skip

AUTHORISED = Rule(
    "T-8.2.6b", "8.2.6", "configuration",
    _("Was every modification of a configuration item allowed by a change?"),
    _("Updates of items that stood already, of the last 90 days; with this the unauthorised changes of 8.5.1 are found, too"),
    _("every update as a trigger kept it, with what allowed it, and what was said about it since"),
    ItemUpdate,
    (Check("unexplained", _("No change allowed it, and nobody has explained it."), lambda _window: Q(object_id=None, explained=None)),
     Check("no_change", _("No change allowed it; it was explained, but belongs to no change."),
           lambda _window: Q(object_id=None, explained__isnull=False, explained__object_id=None))),
    moment="at",
    where=_modified,
)  # fmt: skip

CONFIRMED = Rule(
    "T-8.2.6d", "8.2.6", "configuration",
    _("Were the items of every change confirmed within two working days after the work?"),
    _("Changes that name items and whose work ended in the last 90 days"),
    _("the end of the work and the confirmation of the items"),
    Change,
    (Check("not_confirmed", _("Two working days are over, and its items are not confirmed."),
           lambda window: Q(items_confirmed_at=None) & Q(GreaterThan(_days(window), CONFIRMED_WITHIN)),
           _("%(days)s working days since its end")),
     Check("confirmed_late", _("Its items were confirmed later than two working days after the work."),
           lambda window: Q(items_confirmed_at__isnull=False) & Q(GreaterThan(_days(window), CONFIRMED_WITHIN)),
           _("after %(days)s working days"))),
    moment="finished_at",
    where=_with_items,
    facts=lambda window: {"days": _days(window)},
)  # fmt: skip

RULES = (WHOLE, AUTHORISED, CONFIRMED)
