"""What the dashboards cost: a fixed number of statements, however much there is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from itsm.core import clock
from reports import services
from tests import cast
from tests.incidents.conftest import on_shift

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
SLA, CHANGES = "/reports/sla/", "/reports/changes/"
MOST = 25
"""Statements that a dashboard may take, with the frame around it."""


@pytest.fixture(autouse=True)
def _mail_goes(settings):
    settings.MAIL_CONFIGURED = True


@pytest.fixture
def at(db):
    """These pages are read now."""
    return clock.now() - timedelta(hours=1)


@pytest.fixture
def ready(engineer, at):
    """The engineer, on shift now."""
    return on_shift(engineer, at)


@pytest.fixture
def browser(client, service_manager):
    client.force_login(service_manager, backend=BACKEND)
    return client


def statements(browser, page, asked):
    browser.get(page, asked)
    with CaptureQueriesContext(connection) as found:
        assert browser.get(page, asked).status_code == 200
    return len(found)


@pytest.mark.parametrize(
    ("page", "asked"),
    [(SLA, {}), (SLA, {"by": "customer"}), (SLA, {"by": "team", "from": "2025-01"}), (CHANGES, {}), (CHANGES, {"by": "service"})],
)
def test_a_dashboard_takes_a_fixed_small_number_of_statements(browser, resolved, stand, log, page, asked):
    stand("in_progress")
    services.sweep_touched()
    few = statements(browser, page, asked)
    for number in range(8):
        customer = cast.customer(f"Customer {number}", f"c{number}")
        log(customer=customer, contact=cast.person(f"p{number}", organisation=customer))
    services.sweep_touched()
    assert statements(browser, page, asked) == few <= MOST
