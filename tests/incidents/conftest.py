"""Fixtures of incident tests: a service, a promise and an incident in each state."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from catalog.models import Criticality, Entitlement, Service
from incidents import services
from itsm.calendars import services as calendars
from itsm.people.models import Organisation, Shift
from sla import services as sla
from tests import cast

MONDAY = datetime(2026, 10, 12, 2, 0, tzinfo=UTC)
"""Monday 12 October 2026, 10:00 in Shanghai: an office hour."""


@pytest.fixture
def at():
    return MONDAY


@pytest.fixture
def service(team, customer, service_manager):
    """A core service that the customer has bought, with the default targets promised."""
    made = Service.objects.create(
        code="banking", name="网银渠道", name_en="Online banking", content="c", target="t", audience="a", cost="k",
        criticality=Criticality.CORE, owner=service_manager, team=team,
    )  # fmt: skip
    Entitlement.objects.create(customer=customer, service=made, valid=DateRange(None, None))
    calendars.ensure_defaults(at=datetime(2025, 1, 1, tzinfo=UTC))
    sla.default_agreement(
        customer, by=service_manager, effective_from=datetime(2025, 1, 1, tzinfo=UTC), at=datetime(2025, 1, 1, tzinfo=UTC)
    )
    return made


@pytest.fixture
def other_service(service, service_manager):
    """A less critical service of the same team, about which nothing of its own is agreed."""
    return Service.objects.create(
        code="reports", name="报表", name_en="Reports", content="c", target="t", audience="a", cost="k",
        criticality=Criticality.NON_CORE, owner=service_manager, team=service.team,
    )  # fmt: skip


@pytest.fixture
def supplier(db):
    """A company that serves us."""
    return cast.customer("通达网络", "tongda", kind=Organisation.Kind.SUPPLIER)


def on_shift(person, at=MONDAY, hours=240):
    """Put somebody on duty from a day before `at`."""
    Shift.objects.create(person=person, starts_at=at - timedelta(days=1), ends_at=at + timedelta(hours=hours))
    return person


@pytest.fixture
def ready(engineer):
    """The engineer, on shift and idle."""
    return on_shift(engineer)


@pytest.fixture
def log(agent, customer, requester, service, at):
    """Log an incident; keyword arguments change what is logged."""

    def logged(**details):
        details = {
            "customer": customer, "contact": requester, "service": service, "title": "网银转账超时", "description": "提交后一直转圈",
            "impact": 2, "urgency": 2, "contacted_at": at, "at": at, "by": agent, **details,
        }  # fmt: skip
        return services.log(**details)

    return logged


@pytest.fixture
def incident(log, ready):
    """An incident assigned to the ready engineer."""
    return log()


@pytest.fixture
def accepted(incident, ready, at):
    return services.accept(incident, by=ready, at=at + timedelta(minutes=1))


@pytest.fixture
def resolved(accepted, ready, at):
    return services.resolve(accepted, by=ready, resolution="已扩容", resolution_code="fixed", at=at + timedelta(minutes=20))


@pytest.fixture
def stand(log, ready, agent, other_engineer, at):
    """`stand("waiting")`: an incident that stands in this status, held by the ready engineer unless it is new."""

    def standing(status, **details):
        incident = log(**details)
        if status == "new":
            incident.release(by=None, at=at)
            incident.save()
        if status in ("in_progress", "waiting", "resolved", "closed"):
            incident = services.accept(incident, by=ready, at=at)
        if status == "waiting":
            incident = services.wait(incident, by=agent, reason="waiting_customer_info", body="Which browser?", at=at)
        if status in ("resolved", "closed"):
            incident = services.resolve(incident, by=ready, resolution="已扩容", resolution_code="fixed", at=at)
        if status == "closed":
            services.confirm_by_phone(incident, by=agent, note="works", at=at)
            incident = services.check_call(incident, by=other_engineer, accepted=True, at=at)
        assert incident.status == status
        return incident

    return standing
