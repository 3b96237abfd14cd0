"""Customers (8.3.2): each has somebody of ours to turn to, and says how satisfied they are."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from catalog.models import Entitlement
from incidents.models import Incident
from itsm.people.models import Organisation
from itsm.people.zones import company_day


def _served(window):
    """Customers who have bought something that counts on the day of the run."""
    bought = Entitlement.objects.filter(customer=OuterRef("pk"), valid__contains=company_day(window.until)).order_by()
    return Q(kind=Organisation.Kind.CUSTOMER, retired_at=None) & Exists(bought)


def _closed(window):
    return Incident.objects.filter(customer=OuterRef("pk"), closed_at__gte=window.first, closed_at__lt=window.until).order_by()


HELD = Rule(
    "T-8.3.2a", "8.3.2", "relationship",
    _("Does every customer have somebody of ours who answers for the relation?"),
    _("Customers who have bought a service, as they stand"),
    _("the account owner"),
    Organisation,
    (Check("no_owner", _("No account owner is named."), lambda _window: Q(account_owner=None)),
     Check("owner_left", _("Its account owner has left."), lambda _window: Q(account_owner__is_active=False))),
    where=_served,
)  # fmt: skip

RATED = Rule(
    "T-8.3.2c", "8.3.2", "relationship",
    _("Do we know of every customer how satisfied they are?"),
    _("Customers of whom an incident was closed in the last 90 days"),
    _("the ratings given when a solution is confirmed"),
    Organisation,
    (Check("no_rating", _("Not one of its incidents was rated."), lambda window: ~Exists(_closed(window).filter(rating__isnull=False))),),
    where=lambda window: Q(kind=Organisation.Kind.CUSTOMER) & Exists(_closed(window)),
    span=True,
)  # fmt: skip

RULES = (HELD, RATED)
