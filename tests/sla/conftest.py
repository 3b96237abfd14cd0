"""Services, agreements and incidents for the tests of clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.models import Service
from incidents import services
from incidents.models import Incident
from itsm.calendars import services as calendars
from itsm.core import clock as time
from itsm.people.models import Shift
from sla import services as sla
from sla.models import Agreement, AgreementVersion, Target

MONDAY = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai, when the office opens."""


def minutes(n):
    """So many minutes after nine on that Monday."""
    return MONDAY + timedelta(minutes=n)


@pytest.fixture
def monday():
    """It is nine on that Monday all through the test."""
    with time.at(MONDAY):
        yield


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


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
UPDATES = {1: 30 * 60, 2: 3600, 3: 2 * 3600, 4: 4 * 3600}
"""Seconds to the next update by priority."""


def published(agreement, targets, **terms):
    """A version of an agreement in force for years; `targets` is {(tier, priority, metric): (seconds, Calendar)}."""
    held = {"effective_from": LONG_AGO, "thresholds": [75, 90], "ladder": [], "approved_note": "Letter."} | terms
    version = AgreementVersion.objects.create(agreement=agreement, no=1, **held)
    Target.objects.bulk_create(
        Target(version=version, tier=tier, priority=priority, metric=metric, seconds=seconds, calendar=calendar)
        for (tier, priority, metric), (seconds, calendar) in targets.items()
    )
    version.publish(by=None, at=LONG_AGO)
    version.save()
    return version


@pytest.fixture
def calendars_of_the_house(db):
    """`(round the clock, office hours)`."""
    return calendars.ensure_defaults(at=LONG_AGO)


@pytest.fixture
def updates_promised(customer, service, calendars_of_the_house):
    """An agreement about the core service that owes updates too, everything round the clock but P3 and P4."""
    always, office = calendars_of_the_house
    held = {1: (120, 1800, always), 2: (600, 7200, always), 3: (1800, 28800, office), 4: (7200, 86400, office)}
    targets = {}
    for priority, (response, resolution, hours) in held.items():
        targets["core", priority, "response"] = (response, hours)
        targets["core", priority, "resolution"] = (resolution, hours)
        targets["core", priority, "next_update"] = (UPDATES[priority], hours)
    return published(Agreement.objects.create(customer=customer, service=service, name="SLA-JL"), targets)


@pytest.fixture
def log(agent, engineer, customer, contact, service):
    """`log(impact=…, urgency=…)`: an incident logged on Monday morning; the engineer is on shift and gets it."""
    Shift.objects.create(person=engineer, starts_at=MONDAY - timedelta(days=1), ends_at=MONDAY + timedelta(days=30))

    def logged(at=MONDAY, **details):
        said = {"customer": customer, "contact": contact, "service": service, "title": "Down", "description": "It is."}
        details = said | {"impact": 2, "urgency": 2, "contacted_at": at, "at": at} | details
        return services.log(by=agent, **details)

    return logged
