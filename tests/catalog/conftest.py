"""Configuration items, the people who keep them, and changes that allow their updates."""

from datetime import UTC, datetime

import pgtrigger
import pytest
from django.db import connection

from catalog import services
from catalog.models import ConfigurationItem, ItemType
from itsm.core import clock
from itsm.people.models import Role
from tests import cast
from tests.changes.conftest import asker, assessed, company, doer, draft, office, product_manager, submitted, tech_lead, tester
from tests.incidents.conftest import at, log, service

__all__ = [
    "asker", "assessed", "at", "company", "doer", "draft", "log", "office", "product_manager", "service", "submitted", "tech_lead",
    "tester",
]  # fmt: skip
NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


@pytest.fixture
def now():
    """The instant at which the clock of a test stands."""
    with clock.at(NOW):
        yield NOW


@pytest.fixture
def ops_lead(own_company):
    """Somebody who keeps configuration items."""
    return cast.staff("ops", Role.OPS_LEAD, name="周明远")


@pytest.fixture
def types(db):
    """`{code: type}` of the shipped types, whatever a test before threw away."""
    services.ensure_types()
    return {kind.code: kind for kind in ItemType.objects.all()}


@pytest.fixture
def make(types, ops_lead):
    """`make(code, *hangs on, kind="server", **facts)`: an item registered by the operations lead."""

    def made(code, *parents, kind="server", relation="runs_on", change=None, **facts):
        item = ConfigurationItem(code=code, type=types[kind], **{"name": code, "owner": ops_lead, "description": "d", **facts})
        return services.register_item(item, by=ops_lead, relations=[(relation, parent) for parent in parents], change=change)

    return made


@pytest.fixture
def under_way(make, assessed, doer, asker):
    """`under_way(*items)`: a change that names these items and is being carried out, as the database sees it."""

    def made(*items, status="implementing"):
        change = assessed("low")
        change.items.set(items)
        with_status(change, status)
        change.refresh_from_db()
        return change

    return made


def with_status(change, status):
    """Put a change into a state without its story; for tests that ask only about the state."""
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("UPDATE changes_change SET status = %s WHERE id = %s", [status, change.pk])
