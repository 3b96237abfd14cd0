"""The catalogue (8.2.2, 8.2.4): what is served is described, has its place, and tickets are about it."""

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.expressions import blank
from audits.rules.configuration import related
from catalog.models import ConfigurationItem, Service
from incidents.models import Incident


def _live(_window):
    return Q(retired_at=None)


def _items():
    return ConfigurationItem.objects.filter(service=OuterRef("pk")).order_by()


PLACED = Rule(
    "T-8.2.2", "8.2.2", "planning",
    _("Is the criticality of every live service decided, and is it known what the service hangs on?"),
    _("Services of the catalogue that are not retired, as they stand"),
    _("the service's criticality, its configuration item and the relations of it"),
    Service,
    (Check("no_criticality", _("Its criticality is not decided."), lambda _window: Q(criticality="")),
     Check("no_item", _("It is not a configuration item."), lambda _window: ~Exists(_items())),
     Check("no_structure", _("It is not said what it hangs on, or what hangs on it."),
           lambda _window: Exists(_items().filter(~Q(related(OuterRef("pk"))))))),
    where=_live,
)  # fmt: skip

BOUGHT = Rule(
    "T-8.2.4a", "8.2.4", "catalogue",
    _("Is every ticket about a live service that its customer has bought?"),
    _("Incidents reported in the last 90 days"),
    _("the service of the ticket, when it was retired, and what the customer had bought that day"),
    Incident,
    (Check("retired", _("It is about a service that was retired before the contact."),
           lambda _window: Q(service__retired_at__lte=F("contacted_at"))),
     Check("not_bought", _("It is about a service that its customer has not bought."), lambda _window: Q(entitled=False))),
    moment="contacted_at",
)  # fmt: skip

DESCRIBED = Rule(
    "T-8.2.4b", "8.2.4", "catalogue",
    _("Does the catalogue say of every live service what it is, what is promised, for whom, at what cost, and who owns it?"),
    _("Services of the catalogue that are not retired, as they stand"),
    _("content, target, audience, cost, and the owner"),
    Service,
    (Check("no_content", _("It does not say what the customer gets."), lambda _window: blank("content")),
     Check("no_target", _("It does not say what is promised."), lambda _window: blank("target")),
     Check("no_audience", _("It does not say for whom it is."), lambda _window: blank("audience")),
     Check("no_cost", _("It does not say what it costs."), lambda _window: blank("cost")),
     Check("owner_left", _("Its owner has left."), lambda _window: Q(owner__is_active=False))),
    where=_live,
)  # fmt: skip

RULES = (PLACED, BOUGHT, DESCRIBED)
