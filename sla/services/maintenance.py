"""When services may be interrupted, as agreed with the customers who use them. Reads only."""

from dataclasses import dataclass

from django.db.models import Q

from catalog.models import Entitlement
from itsm.calendars.worktime import Hours
from itsm.people.zones import company_day
from sla.models import Agreement, AgreementKind, AgreementVersion
from sla.services.promises import newest_calendars


@dataclass(frozen=True)
class Maintenance:
    """The maintenance windows that one agreement allows, and the ids of the services asked about that it covers."""

    agreement: Agreement
    services: tuple
    hours: Hours


def maintenance_of(services, at):
    """The Maintenance of every agreement in force with a customer who uses these services (ids); five queries at most.

    A service's own agreement comes before the customer's agreement about everything; one without windows says nothing.
    """
    services = set(services)
    used = set(Entitlement.objects.filter(service__in=services, valid__contains=company_day(at)).values_list("customer", "service"))
    chosen = {}
    for version in _in_force(services, {customer for customer, _service in used}, at):
        agreement = version.agreement
        about = [agreement.service_id] if agreement.service_id else [s for customer, s in used if customer == agreement.customer_id]
        for service in about:
            chosen.setdefault((agreement.customer_id, service), version)
    return _with_hours(chosen)


def _in_force(services, customers, at):
    """Versions in force, each party's own agreement about a service first, the newest first."""
    about = Q(agreement__service__in=services) | Q(agreement__service=None, agreement__customer__in=customers)
    found = AgreementVersion.objects.filter(
        about, Q(agreement__ended_at=None) | Q(agreement__ended_at__gt=at), agreement__kind=AgreementKind.CUSTOMER,
        published_at__isnull=False, effective_from__lte=at,
    )  # fmt: skip
    found = found.select_related("agreement__customer").order_by("-effective_from", "-no")
    return sorted(found, key=lambda version: version.agreement.service_id is None)


def _with_hours(chosen):
    covered = {}
    for (_customer, service), version in sorted(chosen.items()):
        if version.maintenance_calendar_id is not None:
            covered.setdefault(version.agreement_id, (version, []))[1].append(service)
    calendars = newest_calendars({version.maintenance_calendar_id for version, _services in covered.values()})
    return [
        Maintenance(version.agreement, tuple(services), calendars[version.maintenance_calendar_id].hours())
        for version, services in covered.values()
    ]
