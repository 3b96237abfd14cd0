"""The people around a change, and changes in every state."""

from datetime import UTC, datetime, timedelta

import pytest

from changes import services
from itsm.calendars import services as calendars
from itsm.core import clock
from itsm.people.models import Role
from tests import cast
from tests.changes import estate, plans

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
"""A Wednesday, ten o'clock in Shanghai."""


@pytest.fixture
def now():
    """The instant at which the clock of a test stands."""
    with clock.at(NOW):
        yield NOW


@pytest.fixture
def office(db):
    """The calendars that deadlines are counted on."""
    return calendars.ensure_defaults(at=datetime(2025, 1, 1, tzinfo=UTC))[1]


@pytest.fixture
def asker(team):
    """An engineer who asks for changes."""
    return cast.staff("asker", Role.ENGINEER, team=team, name="苏航")


@pytest.fixture
def doer(team):
    """An engineer who carries them out."""
    return cast.staff("doer", Role.ENGINEER, team=team, name="陈可")


@pytest.fixture
def ops_lead(own_company):
    return cast.staff("ops", Role.OPS_LEAD, name="周明远")


@pytest.fixture
def tech_lead(own_company):
    return cast.staff("tech", Role.TECH_LEAD, name="韩越")


@pytest.fixture
def product_manager(own_company):
    return cast.staff("product", Role.PRODUCT_MANAGER, name="杜若")


@pytest.fixture
def tester(own_company):
    return cast.staff("tester", Role.TESTER, name="叶青")


@pytest.fixture
def company(office, ops_lead, tech_lead, product_manager, tester, service_manager, top_manager, representative):
    """Everybody who may have to decide."""
    return {
        "ops_lead": ops_lead, "tech_lead": tech_lead, "product_manager": product_manager, "tester": tester,
        "service_manager": service_manager, "top_management": top_manager, "customer_representative": representative,
    }  # fmt: skip


@pytest.fixture
def draft(company, asker, doer, customer):
    """`draft(**fields)`: a complete normal change, asked for by `asker`, not assessed."""

    def made(*, by=asker, at=NOW, **fields):
        window = {"starts_at": at + timedelta(days=7), "ends_at": at + timedelta(days=7, hours=2)}
        content = {**plans.CONTENT, "implementer": doer, "customers": [customer], **window, **fields}
        return plans.answering(services.raise_change(by=by, at=at, **content))

    return made


@pytest.fixture
def assessed(draft, asker):
    """`assessed(risk="low", **fields)`: the same, with risk answers that come to that."""

    def made(risk="low", *, by=asker, at=NOW, **fields):
        return services.assess(draft(by=by, at=at, **fields), by=by, at=at, answers=plans.answers(risk))

    return made


@pytest.fixture
def submitted(assessed, asker):
    """`submitted(risk="low", **fields)`: put before those who have to decide."""

    def made(risk="low", *, by=asker, at=NOW, **fields):
        return services.submit(assessed(risk, by=by, at=at, **fields), by=by, at=at)

    return made


@pytest.fixture
def keeper(own_company):
    return cast.staff("keeper", Role.ENGINEER, name="柯普")


@pytest.fixture
def change_manager(own_company):
    return cast.staff("changes", Role.CHANGE_MANAGER, name="白简")


@pytest.fixture
def tree(keeper):
    """Two machines in a rack, a service on the first."""
    rack = estate.item("rack", owner=keeper)
    one, two = (estate.item(code, on=[rack], owner=keeper) for code in ("vm-1", "vm-2"))
    return {"rack": rack, "one": one, "two": two, "service": estate.service("bank", owner=keeper, on=[one])}


@pytest.fixture
def approved(submitted, ops_lead, tree):
    """`approved(items=…, **fields)`: approved by the operations lead, so booked unless something is in the way."""

    def made(*names, at=NOW, **fields):
        change = submitted("low", items=[tree[name] for name in names], **fields)
        services.decide(plans.seat(change, "ops_lead"), by=ops_lead, choice="approve", at=at)
        change.refresh_from_db()
        return change

    return made


@pytest.fixture
def other_hands(team):
    return cast.staff("hands", Role.ENGINEER, team=team, name="许多")
