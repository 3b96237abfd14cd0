"""How many queries every page takes: a fixed number, however many rows there are."""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token

from incidents import services
from incidents.models import Incident
from itsm.core import clock
from tests.incidents.conftest import on_shift

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
MANY = 60


@pytest.fixture(autouse=True)
def _mail_goes(settings):
    settings.MAIL_CONFIGURED = True


@pytest.fixture
def at(db):
    """These pages are read now."""
    return clock.now()


@pytest.fixture
def ready(engineer, at):
    """The engineer, on shift now."""
    return on_shift(engineer, at)


@pytest.fixture
def desk(client, agent):
    """The agent's browser."""
    client.force_login(agent, backend=BACKEND)
    return client


@pytest.fixture
def program(agent):
    """Headers of a program with the agent's token, and a fresh key each time."""
    token = Token.objects.create(user=agent)
    return lambda: {"Authorization": f"Token {token.key}", "Idempotency-Key": uuid.uuid4().hex}


def queries(ask):
    """How many queries an answer takes once the process knows what it keeps (kinds of records, published targets)."""
    ask()
    with CaptureQueriesContext(connection) as found:
        assert ask().status_code in (200, 201, 302)
    return len(found)


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("/incidents/?view=open", 16),
        ("/incidents/?view=all", 16),
        ("/incidents/?view=team&q=转账", 17),
        ("/search/?q=转账", 13),
        ("/search/?q=INC-000001", 13),
        ("/", 11),
    ],
)
def test_a_page_of_rows_takes_the_same_queries_for_one_and_for_many(desk, log, ready, address, number):
    log()
    assert queries(lambda: desk.get(address)) == number
    for _ in range(MANY):
        log()
    assert queries(lambda: desk.get(address)) == number


def test_home_takes_the_same_queries_for_the_service_manager(client, service_manager, log, ready):
    client.force_login(service_manager, backend=BACKEND)
    log()
    assert queries(lambda: client.get("/")) == 15
    for _ in range(MANY):
        log()
    assert queries(lambda: client.get("/")) == 15


def test_a_ticket_takes_the_same_queries_with_few_and_many_entries(desk, agent, ready, log):
    incident = services.accept(log(), by=ready)
    services.reply(incident, by=agent, body="请稍等")
    assert queries(lambda: desk.get(incident.get_absolute_url())) == 28
    for _ in range(MANY):
        services.reply(incident, by=agent, body="还需要一点时间")
        services.note(incident, by=agent, body="仅供内部参考")
    assert queries(lambda: desk.get(incident.get_absolute_url())) == 28


def test_the_quick_log_takes_the_same_queries_with_many_open_incidents(desk, log, ready):
    assert queries(lambda: desk.get("/incidents/log/")) == 11
    for _ in range(MANY):
        log()
    assert queries(lambda: desk.get("/incidents/log/")) == 11


def test_logging_takes_the_same_queries_with_many_open_incidents(desk, customer, contact, service, log, ready):
    ready.capacity = 10 * MANY
    ready.save()
    chosen = {"channel": "phone", "customer": customer.pk, "contact": contact.pk, "service": service.pk}
    details = chosen | {"title": "t", "description": "d", "impact": 2, "urgency": 2}

    def post():
        return desk.post("/incidents/log/", details | {"request_key": uuid.uuid4().hex})

    assert queries(post) == 32
    for _ in range(MANY):
        log()
    assert queries(post) == 32
    assert Incident.objects.count() == MANY + 4


def test_replying_takes_the_same_queries_with_many_entries(desk, agent, ready, log):
    incident = services.accept(log(), by=ready)

    def post():
        return desk.post(f"{incident.get_absolute_url()}say/", {"kind": "reply", "body": "b", "request_key": uuid.uuid4().hex})

    assert queries(post) == 22
    for _ in range(MANY):
        services.reply(incident, by=agent, body="还需要一点时间")
    assert queries(post) == 22


def test_the_api_lists_and_creates_with_the_same_queries_for_one_and_for_many(client, program, customer, contact, service, log, ready):
    ready.capacity = 10 * MANY
    ready.save()
    chosen = {"customer": customer.code, "contact": contact.username, "service": service.code}
    details = chosen | {"title": "t", "description": "d", "impact": 2, "urgency": 2}

    def listed():
        return client.get("/api/v1/incidents/", headers=program())

    def created():
        return client.post("/api/v1/incidents/", json.dumps(details), content_type="application/json", headers=program())

    log()
    assert (queries(listed), queries(created)) == (3, 30)
    for _ in range(MANY):
        log()
    assert (queries(listed), queries(created)) == (3, 30)
