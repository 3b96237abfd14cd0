"""Services, agreements and incidents for the tests of clocks."""

from datetime import UTC, datetime

import pytest

from catalog.models import Service
from incidents.models import Incident
from sla import services as sla

MONDAY = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai, when the office opens."""


@pytest.fixture
def service(db, team, service_manager):
    """A core service of the team."""
    return Service.objects.create(
        code="core-banking", name="核心系统", name_en="Core banking", content="…", target="…", audience="…", cost="…",
        criticality="core", owner=service_manager, team=team,
    )  # fmt: skip


@pytest.fixture
def agreement(customer):
    """The default targets, in force for years."""
    return sla.default_agreement(customer, effective_from=datetime(2020, 1, 1, tzinfo=UTC), at=MONDAY)


@pytest.fixture
def make_incident(service, customer, contact, team):
    """`make_incident(priority=…, contacted_at=…)`: an incident whose clocks haven't started."""

    def make(priority=3, contacted_at=MONDAY, **details):
        return Incident.objects.create(
            customer=customer, contact=contact, service=service, team=team, title="Down", description="It is down.",
            impact=2, urgency=2, priority=priority, contacted_at=contacted_at, logged_at=contacted_at, **details,
        )  # fmt: skip

    return make
