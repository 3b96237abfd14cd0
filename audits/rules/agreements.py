"""Agreements with customers (8.3.3): every service bought is promised, with targets, limits and exceptions, within its limits."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.expressions import counted
from catalog.models import Entitlement
from incidents.models import Incident
from itsm.people.zones import company_day, company_zone
from sla.models import Agreement, AgreementKind, AgreementVersion, Target


def in_force(window, **where):
    """Versions that are accepted and have begun, the one in force first."""
    found = AgreementVersion.objects.filter(published_at__isnull=False, effective_from__lte=window.until, **where)
    return found.order_by("-effective_from", "-no")


def version_in_force(window):
    """The alias of the version in force of the agreement in question."""
    return {"in_force": Subquery(in_force(window, agreement=OuterRef("pk")).values("pk")[:1])}


def _held(window):
    return Q(valid__contains=company_day(window.until), service__retired_at=None, customer__retired_at=None)


def _unpromised(window):
    whole = Q(agreement__service=None) | Q(agreement__service=OuterRef("service"))
    promised = in_force(window, agreement__customer=OuterRef("customer"), agreement__kind=AgreementKind.CUSTOMER, agreement__ended_at=None)
    return ~Exists(promised.filter(whole).order_by())


def _with_customers(_window):
    return Q(kind=AgreementKind.CUSTOMER, ended_at=None, in_force__isnull=False)


def _terms(**where):
    return Exists(AgreementVersion.objects.filter(pk=OuterRef("in_force"), **where).order_by())


def _last_month(window):
    """The last whole month of the company before a run, as two instants."""
    first = company_day(window.until).replace(day=1)
    former = (first - timedelta(days=1)).replace(day=1)
    return [datetime(day.year, day.month, 1, tzinfo=ZoneInfo(company_zone())) for day in (former, first)]


def _tickets(window):
    """Tickets of the last whole month about the agreement's service, or about any where it is for all."""
    since, until = _last_month(window)
    mine = Incident.objects.filter(customer=OuterRef("customer"), contacted_at__gte=since, contacted_at__lt=until)
    return counted(mine.filter(service=Coalesce(OuterRef("service"), F("service"))), "customer")


def _limit():
    return Subquery(AgreementVersion.objects.filter(pk=OuterRef("in_force")).values("monthly_tickets")[:1])


PROMISED = Rule(
    "T-8.3.3a", "8.3.3", "service-level",
    _("Is there an approved agreement in force for every service that a customer has bought?"),
    _("Services bought by customers, as they stand today"),
    _("what each customer has bought, and the versions of agreements in force"),
    Entitlement,
    (Check("unpromised", _("The customer has bought it, and no agreement about it is in force."), _unpromised),),
    where=_held,
)  # fmt: skip

COMPLETE = Rule(
    "T-8.3.3b", "8.3.3", "service-level",
    _("Does every agreement in force say its targets, workload limits and exceptions?"),
    _("Agreements with customers of which a version is in force"),
    _("the version in force"),
    Agreement,
    (Check("no_targets", _("It has no targets."), lambda _window: ~Exists(Target.objects.filter(version=OuterRef("in_force")).order_by())),
     Check("no_limits", _("It says nothing about workload limits."), lambda _window: _terms(monthly_tickets=None, workload_limits="")),
     Check("no_exceptions", _("It says nothing about exceptions."), lambda _window: _terms(exceptions=""))),
    aliases=version_in_force,
    where=_with_customers,
)  # fmt: skip

WITHIN_LIMITS = Rule(
    "T-8.3.3e", "8.3.3", "service-level",
    _("Did the work of last month stay within the limit that was agreed?"),
    _("Agreements in force that limit the tickets of a month"),
    _("tickets of the last whole month against the limit"),
    Agreement,
    (Check("over_limit", _("More tickets came than the agreement allows."),
           lambda _window: Q(tickets__gt=F("limit")), _("%(tickets)s tickets, %(limit)s agreed")),),
    aliases=lambda window: version_in_force(window) | {"limit": _limit(), "tickets": _tickets(window)},
    where=lambda window: _with_customers(window) & Q(limit__isnull=False),
    facts=lambda _window: {"tickets": F("tickets"), "limit": F("limit")},
)  # fmt: skip

RULES = (PROMISED, COMPLETE, WITHIN_LIMITS)
