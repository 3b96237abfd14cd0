"""No address answers nonsense with an accident: every page, every way of asking, as somebody who may do everything."""

import re

import pytest
from django.db import transaction

from tests.architecture.test_closed_by_default import ADDRESSES

pytestmark = pytest.mark.django_db
HUGE = "9" * 30
NONSENSE = ["\0", "²", "-1", HUGE, "9" * 5000, "x", "2026-02-30", "9999-12-31", "0001-01-01T00:00", "很" * 3000, "[]", "\u202e%"]
KEYS = [
    "q",
    "page",
    "before",
    "after",
    "cursor",
    "customer",
    "team",
    "person",
    "on",
    "from",
    "to",
    "at",
    "month",
    "view",
    "priority",
    "next",
    "service",
    "role",
    "metric",
]
NOT_OURS = ("/admin/", "/accounts/", "/readyz")
OURS = [address for address in ADDRESSES if not address.startswith(NOT_OURS)]


@pytest.fixture
def manager(client, administrator):
    client.force_login(administrator, backend="itsm.people.backends.SignInBackend")
    client.raise_request_exception = False
    return client


def accident(answer):
    """The status of an accident; a database that was left broken is one too."""
    return answer.status_code if answer.status_code >= 500 else None


def test_no_question_to_any_page_is_an_accident(manager):
    found = {}
    for address in OURS:
        for value in NONSENSE:
            with transaction.atomic():
                if status := accident(manager.get(address, dict.fromkeys(KEYS, value))):
                    found[address, value[:20]] = status
                transaction.set_rollback(True)
    assert found == {}


def test_no_part_of_an_address_is_an_accident(manager):
    found = {}
    for address in {re.sub(r"/(1|x|000001)/", "/@/", a) for a in OURS if re.search(r"/(1|x)/", a)}:
        for value in ("%00", HUGE, "0", "9" * 5000, "x%00y", "%ED%A0%80", "..", "很"):
            for method in (manager.get, manager.post):
                with transaction.atomic():
                    if status := accident(method(address.replace("@", value))):
                        found[address, value[:20], method.__name__] = status
                    transaction.set_rollback(True)
    assert found == {}


def test_no_form_of_any_page_is_an_accident(manager, incident, stand, service, contact, team):
    names = [
        "name",
        "name_en",
        "code",
        "username",
        "email",
        "phone",
        "person",
        "team",
        "role",
        "first_on",
        "last_on",
        "starts_at",
        "ends_at",
        "on",
        "reason",
        "kind",
        "availability",
        "capacity",
        "time_zone",
        "language",
        "manager",
        "organisation",
        "lead",
        "deputy",
        "customer",
        "service",
        "effective_from",
        "tz",
        "weekly",
        "exceptions",
        "covered_through",
        "source_note",
        "thresholds",
        "priority",
        "seconds",
        "calendar",
        "target",
        "note",
        "body",
        "title",
        "contact",
        "act",
        "status",
        "request_key",
        "approved_note",
        "mode",
    ]
    found = {}
    for address in OURS:
        for pk in (contact.pk, team.pk):
            for value in ("", "\0", "-1", HUGE, "9999-12-31", "很" * 3000, "[]", "x"):
                place = address.replace("/1/", f"/{pk}/").replace("/x/", "/banking/").replace("000001", f"{incident.number:06d}")
                with transaction.atomic():
                    if status := accident(manager.post(place, dict.fromkeys(names, value))):
                        found[address, value[:20]] = status
                    transaction.set_rollback(True)
    assert found == {}
