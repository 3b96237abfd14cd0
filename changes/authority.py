"""A change that is under way allows updates of the configuration items it names (8.2.6, 8.5.1)."""

from django.utils.translation import gettext_lazy as _

from catalog import authority, structure
from catalog.models import ConfigurationItem
from changes import rules
from changes.models import Change, Status
from changes.models.change import ENDED, PREFIX
from itsm.core.numbering import read

UNDER_WAY = (Status.IMPLEMENTING, *ENDED)


def register():
    """Make changes known as what may allow updates."""
    authority.register(authority.Source(Change, find, current, refusal, lets))


def find(number, person):
    """The change of this number, or None."""
    wanted = read(PREFIX, number)
    return Change.objects.visible_to(person).filter(number=wanted).first() if wanted is not None else None


def current():
    """Changes that are being carried out, or were and are not closed yet."""
    return Change.objects.filter(status__in=UNDER_WAY).order_by("-number")


def refusal(change, ids):
    """Why a change does not allow updates of these items now: it is not under way, or names neither them nor what they hang on."""
    if change.status not in UNDER_WAY:
        return _("%(change)s is not under way, so nothing may be updated under it.") % {"change": change}
    if beyond := set(ids) - reach(change):
        codes = ConfigurationItem.objects.filter(pk__in=beyond).order_by("code").values_list("code", flat=True)[:3]
        return _("%(change)s does not name %(items)s, nor anything they hang on. Add them to a change first.") % {
            "change": change, "items": ", ".join(codes),
        }  # fmt: skip
    return None


def reach(change):
    """Ids of the items a change may update: those it names with all that hangs on them, and what its services are made of."""
    services = ConfigurationItem.objects.filter(service__changes=change).values_list("pk", flat=True)
    return {*structure.beneath(change.items.values_list("pk", flat=True)), *structure.above(services)}


def lets(change, person):
    """Whoever carries a change out may update its items."""
    return rules.may_implement(person, change)
