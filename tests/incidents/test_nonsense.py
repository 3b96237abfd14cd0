"""Nonsense at every door is answered, never an accident."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.deep import cases
from tests.incidents.doors import VERBS, ApiDoor, PageDoor

pytestmark = pytest.mark.django_db
bounded = settings(max_examples=cases(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

HUGE = "很" * 100_000
NUMBERS = ["-1", "0", "1e9", "99999999999999999999999", "1.5", "NaN", "²", "٣", "0x10", "9" * 5000]
TEXTS = ["", " ", "\0", "a\0b", "'; DROP TABLE x; --", "<script>", "%", "\\", "\u202e", "\ud7ff", "🙂" * 300, "INC-", "None", "[]", "{}"]
DATES = ["", "yesterday", "2026-13-45", "0001-01-01T00:00", "0001-01-01", "9999-12-31", "9999-12-31T23:59", "2026-02-30", "-1", "\0"]
NONSENSE = [*NUMBERS, *TEXTS, *DATES]
FILTERS = [
    "q",
    "state",
    "priority",
    "customer",
    "service",
    "team",
    "assignee",
    "unassigned",
    "overdue",
    "closing",
    "contacted_from",
    "contacted_to",
]


def packed(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


CURSORS = [
    *NUMBERS[:6],
    *TEXTS,
    packed([None, 2**80]),
    packed(["x", 1]),
    packed(["2026-01-01", 1]),
    packed(["0001-01-01T00:00:00+14:00", 1]),
    packed({"a": 1, "b": 2}),
    packed([None, True]),
    packed([None, -1]),
    packed([1, 1]),
    packed(["2026-01-01T00:00:00+00:00", 5]),
    base64.urlsafe_b64encode(b"[" * 3000).decode(),
    base64.b64encode(b"p=abc").decode(),
    base64.b64encode(b"p=%00").decode(),
    base64.b64encode(b"o=-1&r=1&p=5").decode(),
    base64.b64encode(b"o=999999999999999&p=5").decode(),
    base64.b64encode(b"p=99999999999999999999999").decode(),
]


DATED = {"contacted_at", "contacted_from", "contacted_to"}


def some(values, field):
    """What is nonsense for this field: dates where a date stands, otherwise numbers and texts."""
    return [value for value in values if (value in DATES or value in TEXTS[:4]) == (field in DATED) or value in ("\0", "")]


def is_answered(response):
    """An answer on purpose: found, refused or malformed; a page, never an accident."""
    assert response.status_code < 500, response.content[:500]
    return response.status_code


@pytest.fixture
def staff(client, agent, incident):
    client.force_login(agent, backend="itsm.people.backends.SignInBackend")
    return client


@pytest.mark.parametrize("field", [*FILTERS, "view", "after"])
def test_no_filter_of_the_list_breaks_it(staff, field):
    for value in CURSORS if field == "after" else some(NONSENSE, field):
        assert is_answered(staff.get("/incidents/", {"view": "open", field: value}, headers={"HX-Request": "true"})) == 200, value[:50]


@pytest.mark.parametrize("field", [*FILTERS, "cursor"])
def test_no_filter_of_the_api_breaks_it(staff, field):
    for value in CURSORS if field == "cursor" else some(NONSENSE, field):
        assert is_answered(staff.get("/api/v1/incidents/", {field: value})) in (200, 400, 404), value[:50]
    assert staff.get("/api/v1/incidents/", {"overdue": "true", "unassigned": "false", "state": "open"}).status_code == 200


def test_a_filter_that_is_malformed_shows_nothing_rather_than_everything(staff, incident):
    for query in ({"q": "a\0b"}, {"state": "gone"}, {"customer": "x"}, {"contacted_from": "yesterday"}):
        assert incident.shown_number not in staff.get("/incidents/", {"view": "all", **query}).content.decode(), query
        assert staff.get("/api/v1/incidents/", query).status_code == 400, query
    assert incident.shown_number in staff.get("/incidents/", {"view": "all"}).content.decode()


@pytest.mark.parametrize("path", ["/search/", "/incidents/log/preview/", "/incidents/log/contacts/", "/incidents/log/"])
def test_no_question_breaks_a_page(staff, customer, service, path):
    fields = {"/search/": ["q"], "/incidents/log/contacts/": ["customer"], "/incidents/log/": ["customer", "contact", "service"]}
    known = {"customer": customer.pk, "service": service.pk, "impact": 1, "urgency": 1}
    for field in fields.get(path, ["customer", "service", "title", "contacted_at", "impact", "urgency", "priority"]):
        for value in some(NONSENSE, field)[:12]:
            assert is_answered(staff.get(path, {**known, field: value})) in (200, 400, 404), (field, value[:50])


def test_what_is_searched_with_nul_is_not_everything(staff, incident):
    assert incident.title not in staff.get("/search/", {"q": "\0"}).content.decode()
    assert incident.title in staff.get("/search/", {"q": "网银转账"}).content.decode()


@pytest.mark.parametrize("door", [PageDoor, ApiDoor], ids=lambda door: door.name)
@pytest.mark.parametrize("value", [-1, 10**30, HUGE, "a\0b", "x", "9" * 5000, None, [], {}], ids=lambda value: repr(value)[:12])
def test_no_value_breaks_a_verb(client, agent, incident, door, value):
    door = door(client)
    door.enter(agent)
    for verb in VERBS:
        for field in verb.malformed[:1]:
            told = {
                "body": "x",
                "reason": "waiting_customer_info",
                "resolution": "x",
                "resolution_code": "fixed",
                "impact": 1,
                "urgency": 1,
                "note": "x",
            }
            if door.name == "page" and not isinstance(value, str | int | float):
                continue
            is_answered(door.act(verb, incident.shown_number, {**told, field: value}))


@pytest.mark.parametrize("value", [-1, 10**30, "a\0b", "\ud800", HUGE, [], {"code": "x"}, True], ids=lambda value: repr(value)[:12])
def test_no_value_breaks_logging(client, agent, customer, requester, service, value):
    door = ApiDoor(client)
    door.enter(agent)
    report = {
        "customer": customer,
        "contact": requester,
        "service": service,
        "title": "t",
        "description": "d",
        "impact": 2,
        "urgency": 2,
        "priority": None,
        "priority_reason": "",
        "channel": "phone",
        "contacted_reason": "",
    }
    for field in [*report, "contacted_at"]:
        assert is_answered(door.log(report | {field: value})) in (201, 400, 409), field


@pytest.mark.parametrize("instant", DATES)
def test_no_contact_time_breaks_logging(client, agent, customer, requester, service, instant):
    report = {
        "customer": customer,
        "contact": requester,
        "service": service,
        "title": "t",
        "description": "d",
        "impact": 2,
        "urgency": 2,
        "channel": "phone",
        "contacted_at": instant,
    }
    door, page = ApiDoor(client), PageDoor(client)
    door.enter(agent)
    assert is_answered(door.log(report)) in (400, 409)
    page.enter(agent)
    assert is_answered(page.log(report)) == (422 if instant else 302)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"1", b'"x"', b"{", b"\xff", b'{"a":' * 2000, b'{"body": "\\u0000"}', b'{"body": "\\ud800"}', b"[" * 100_000],
    ids=range(11),
)
def test_no_body_breaks_the_api(staff, agent, incident, body):
    door = ApiDoor(staff)
    door.enter(agent)
    for verb in VERBS:
        response = staff.post(door.url(verb, incident.shown_number), body, content_type="application/json", headers=door.headers)
        assert is_answered(response) in (200, 400, 403, 409), verb


@pytest.mark.parametrize(
    "path",
    [
        "incidents/INC-000000/",
        "incidents/INC-%00/",
        "incidents/INC-²²²²²²/",
        "incidents/INC-٣٣٣٣٣٣/",
        "incidents/INC-1/",
        "incidents/inc-000001/",
        f"incidents/INC-{'9' * 30}/",
        f"incidents/INC-{'9' * 5000}/",
        "incidents/INC-000001/%00/",
        "incidents/INC-000001/close/",
        "services/%00/",
        "services/x/",
        "files/x/",
        "people/%00/",
        "people/-1/",
        f"people/{'9' * 30}/",
        f"people/{'9' * 5000}/",
        "customers/x/",
        "clocks/%00/",
        f"clocks/{'9' * 30}/",
        "services/a%00b/",
        "people/",
        "people/?organisation=x",
        "people/?organisation=%00",
        "customers/?code=%00",
        f"people/?organisation={'9' * 30}",
        "clocks/?incident=%00",
        "clocks/?state=x",
        "people/?cursor=%00",
    ],
)
def test_no_address_breaks_anything(staff, path):
    for door in ("/", "/api/v1/"):
        is_answered(staff.get(f"{door}{path}"))


@bounded
@given(words=st.text(max_size=40), view=st.sampled_from(["all", "mine", "nowhere"]))
def test_any_words_may_be_searched(staff, words, view):
    assert is_answered(staff.get("/incidents/", {"q": words, "view": view})) == 200
    assert is_answered(staff.get("/search/", {"q": words})) == 200
    assert is_answered(staff.get("/api/v1/incidents/", {"q": words})) in (200, 400)


@bounded
@given(cursor=st.one_of(st.text(max_size=60), st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_any_cursor_is_a_page(staff, cursor):
    assert is_answered(staff.get("/incidents/", {"view": "all", "after": cursor})) == 200
    assert is_answered(staff.get("/api/v1/incidents/", {"cursor": cursor})) in (200, 404)


def test_a_request_key_too_long_to_keep_is_malformed_and_never_another_ones(client, agent, log, customer, requester, service):
    door = ApiDoor(client)
    door.enter(agent)
    data = {"customer": customer, "contact": requester, "service": service, "title": "t", "description": "d", "impact": 2, "urgency": 2}
    assert door.log(data, key="k" * 81).status_code == 400
    first, second = (door.log(data, key="k" * 79 + end) for end in "ab")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["number"] != second.json()["number"]
