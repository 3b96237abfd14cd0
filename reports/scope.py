"""What is looked at: whole months of the company, and perhaps one customer, service, team or priority."""

import dataclasses
from datetime import date

from django.db.models import Q

from catalog.models import Service
from changes.period import Period
from itsm.people.models import Organisation, Team

DIMENSIONS = ("customer", "service", "team")


@dataclasses.dataclass(frozen=True)
class Scope:
    """A period, narrowed; against: the first month that it is compared with, by default as many months just before it.

    Tier and category say nothing about tickets; customer, team and priority nothing about changes.
    """

    period: Period
    customer: Organisation | None = None
    service: Service | None = None
    team: Team | None = None
    priority: int | None = None
    tier: str = ""
    category: str = ""
    against: date | None = None

    @property
    def first(self) -> date:
        """The first day of the first month."""
        return self.period.first

    @property
    def last(self) -> date:
        """The first day of the last month."""
        return self.period.last

    @property
    def chosen(self):
        """`{dimension: id}` of what it is narrowed to."""
        return {name: getattr(self, name).pk for name in DIMENSIONS if getattr(self, name) is not None}

    @property
    def query(self):
        """The scope as keys of an address."""
        kept = {**self.period.query, **self.chosen, "priority": self.priority, "tier": self.tier, "category": self.category}
        kept |= {"against": self.against and f"{self.against:%Y-%m}"}
        return {name: value for name, value in kept.items() if value}

    def but(self, **other):
        """The same, with something else."""
        return dataclasses.replace(self, **other)

    @property
    def before(self):
        """What it is compared with: as many months, just before these or from the chosen one on."""
        number = len(self.period.months)
        if self.against is None:
            return self.but(period=self.period.moved(-number))
        return self.but(period=Period(self.against, self.against).lengthened(number), against=None)

    def tickets(self):
        """The condition for facts about tickets."""
        wanted = {f"{name}_id": key for name, key in self.chosen.items()}
        if self.priority:
            wanted["priority"] = self.priority
        return Q(month__gte=self.first, month__lte=self.last, at__gte=self.period.since, at__lt=self.period.until, **wanted)

    def changes(self):
        """The condition for facts about changes; one of several services belongs to each of them."""
        wanted = {"tier": self.tier, "category": self.category, "services__contains": [self.service.pk] if self.service else []}
        return Q(month__gte=self.first, month__lte=self.last, **{name: value for name, value in wanted.items() if value})
