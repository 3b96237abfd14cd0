"""What a change touches: services, and the customers who use them."""

from catalog import structure
from catalog.models import Entitlement, Service
from changes.policy import Facts
from itsm.people.models import Organisation
from itsm.people.zones import company_day


def services_concerned(change):
    """The services named, and those that the items named hold or are parts of, by name."""
    return services_named(change.services.values_list("pk", flat=True), change.items.values_list("pk", flat=True))


def services_named(services, items):
    """The services of these ids, and those that the items of these ids hold or are parts of, by name."""
    ids, items = set(services), list(items)
    if items:
        ids |= structure.services_reached(items)
    return list(Service.objects.filter(pk__in=ids))


def customers_using(services, at):
    """The customers who have bought any of these services on the company's day, by name."""
    held = Entitlement.objects.filter(service__in=services, valid__contains=company_day(at))
    return Organisation.objects.filter(pk__in=held.values("customer")).order_by("name", "id")


def facts(change, *, kind=None):
    """What the approval policy may look at; `kind` in the place of the change's own."""
    services = tuple((service.pk, service.criticality) for service in services_concerned(change))
    customers = tuple(sorted(change.customers.values_list("pk", flat=True)))
    return Facts(kind or change.kind, change.category, change.risk, services, customers)
