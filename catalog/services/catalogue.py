"""Verbs of the catalogue."""

from django.utils.translation import gettext_lazy as _

from catalog.models import Entitlement, Service
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb


@verb
def keep_service(service, *, by):
    """Write a new or changed service; the trail keeps what it said before (requirement 31)."""
    service.save()
    return service


@verb
def retire(service, *, by, at=None):
    """Take a service out of the catalogue: nothing new is logged on it, what is open stays."""
    service = Service.objects.select_for_update().get(pk=service.pk)
    if service.retired_at:
        raise Refused(_("This service is retired already."), code="retired")
    service.retired_at = at or clock.now()
    service.save()
    return service


@verb
def bring_back(service, *, by):
    """Put a retired service back into the catalogue."""
    service = Service.objects.select_for_update().get(pk=service.pk)
    service.retired_at = None
    service.save()
    return service


@verb
def entitle(customer, service, *, by, valid):
    """Record that a customer bought a service for these days; Refused where that overlaps what they hold."""
    Service.objects.select_for_update(no_key=True).get(pk=service.pk)
    if Entitlement.objects.filter(customer=customer, service=service, valid__overlap=valid).exists():
        raise _overlaps(customer)
    return Entitlement.objects.create(customer=customer, service=service, valid=valid)


@verb
def end_entitlement(entitlement, *, by, last_on):
    """Let an entitlement end with this day; the days before stay on record."""
    entitlement = Entitlement.objects.select_for_update().get(pk=entitlement.pk)
    if entitlement.valid.lower and last_on < entitlement.valid.lower:
        raise Refused(_("It began after that day. Choose a later last day."), code="too_early")
    entitlement.valid = entitlement.until(last_on)
    held = Entitlement.objects.filter(customer=entitlement.customer_id, service=entitlement.service_id).exclude(pk=entitlement.pk)
    if held.filter(valid__overlap=entitlement.valid).exists():
        raise _overlaps(entitlement.customer)
    entitlement.save()
    return entitlement


def _overlaps(customer):
    sentence = _("%(customer)s has bought this service for some of these days already.")
    return Refused(sentence % {"customer": customer}, code="overlaps")
