"""Which changes are looked at, and how they are told apart."""

import dataclasses

from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from changes import rules
from changes.models import Category, Kind, Risk
from changes.period import Period
from itsm.core.errors import NotAllowed

TIERS = [*Risk.choices, (Kind.STANDARD.value, Kind.STANDARD.label), (Kind.EMERGENCY.value, Kind.EMERGENCY.label)]
"""Normal changes by their risk, and the two other types."""
BY = [("tier", _("By tier")), ("category", _("By category")), ("service", _("By service"))]


@dataclasses.dataclass(frozen=True)
class Scope:
    """A period of months, perhaps only one tier, category or service; `by`: what the figures are told apart by."""

    period: Period
    tier: str = ""
    category: str = ""
    service: Service | None = None
    by: str = "tier"

    def of(self, prefix=""):
        """The condition for changes (behind a prefix such as `change__`) whatever their time."""
        wanted = {}
        if self.tier in Risk.values:
            wanted |= {"kind": Kind.NORMAL, "risk": self.tier}
        elif self.tier:
            wanted |= {"kind": self.tier}
        if self.category:
            wanted |= {"category": self.category}
        if self.service is not None:
            wanted |= {"services": self.service}
        return Q(**{prefix + name: value for name, value in wanted.items()})

    def within(self, name):
        """The condition that a time falls into the period."""
        return Q(**{f"{name}__gte": self.period.since, f"{name}__lt": self.period.until})

    @property
    def query(self):
        """The scope as keys of an address."""
        service = self.service.pk if self.service else ""
        kept = {**self.period.query, "tier": self.tier, "category": self.category, "service": service, "by": self.by}
        return {name: value for name, value in kept.items() if value}


def must_read(person):
    """Raise NotAllowed for somebody who may not see every change: a figure tells of all of them."""
    if not rules.may_read(person):
        raise NotAllowed(_("You may not do this."))


def tier(prefix=""):
    """The tier of a change (behind a prefix) as an expression."""
    return Case(When(**{f"{prefix}kind": Kind.NORMAL, "then": F(f"{prefix}risk")}), default=F(f"{prefix}kind"))


def labels(scope, keys):
    """`{key: label}` of the groups that a scope is told apart by; one query for services, none for others."""
    if scope.by == "service":
        return {str(service.pk): service.label() for service in Service.objects.filter(pk__in=[key for key in keys if key])}
    return {str(key): label for key, label in (TIERS if scope.by == "tier" else Category.choices)}


def order(scope, keys, names):
    """The keys as they are listed: tiers and categories in their own order, services by name; what has none last."""
    known = list(names) if scope.by != "service" else sorted(names, key=lambda key: names[key])
    return sorted(keys, key=lambda key: (known.index(key) if key in known else len(known), key))
