"""The page of the figures, the rows behind each, their download, and the same in the API."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.authtoken.models import Token

from changes.measures.rows import TABLES
from changes.models import FreezeWindow, Override, Status
from itsm.core import clock
from tests.catalog.things import an_item
from tests.changes.conftest import NOW
from tests.changes.history import DAY, HOUR, carried_out, decided, wrote

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
PAGE = "/changes/figures/"


@pytest.fixture(autouse=True)
def today():
    with clock.at(NOW + 3 * DAY):
        yield


@pytest.fixture
def month(assessed, draft, submitted, ops_lead, tester, service_manager):
    """`month()`: one more of everything that the page counts."""

    def lived():
        done = decided(assessed("low", title="=Patch"), ("ops_lead", ops_lead, "approve", NOW + HOUR))
        carried_out(done, started_at=NOW + HOUR, finished_at=NOW + 2 * HOUR)
        back = decided(assessed("low", category="core_function"), ("tester", tester, "approve", NOW + HOUR),
                       ("ops_lead", ops_lead, "approve", NOW + 9 * HOUR))  # fmt: skip
        carried_out(back, started_at=NOW + DAY, finished_at=NOW + DAY + HOUR, status=Status.BACKED_OUT)
        wrote(draft(kind="emergency"), status=Status.IMPLEMENTING, started_at=NOW, unreachable_reason="It was night.", retrospect="owed")
        submitted("high")
        freeze = FreezeWindow.objects.create(name="双十一", reason="Sale", starts_at=NOW, ends_at=NOW + DAY)
        Override.objects.create(change=done, key=f"freeze:{freeze.pk}", fingerprint="0" * 64, reason="It must.", by=service_manager, at=NOW)

    return lived


@pytest.fixture
def browser(client, service_manager):
    client.force_login(service_manager, backend=BACKEND)
    return client


def queries(ask):
    ask()
    with CaptureQueriesContext(connection) as found:
        answer = ask()
    assert answer.status_code == 200
    return len(found)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("by", ["tier", "category", "service"])
def test_the_page_tells_the_figures(browser, service_manager, month, language, by):
    service_manager.language = language
    service_manager.save()
    month()
    answer = browser.get(PAGE, {"by": by})
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert answer.context["done"].implemented == 2
    assert answer.context["leads"].number == 2
    assert "It was night." in shown
    assert "c-lines-chart" in shown
    assert "style=" not in shown.split("<main", 1)[1]


def test_an_empty_period_says_so(browser, company):
    shown = browser.get(PAGE, {"from": "2020-01", "to": "2020-02"}).content.decode()
    assert "No approval was decided in this period." in shown
    assert "There was no emergency in this period." in shown
    assert "None" not in shown.split("<main", 1)[1]


@pytest.mark.parametrize("figure", TABLES)
def test_every_figure_leads_to_its_rows_and_their_download(browser, month, figure):
    month()
    page = browser.get(reverse("changes:figure_rows", args=[figure]))
    assert page.status_code == 200
    answer = browser.get(reverse("changes:figure_download", args=[figure]))
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert lines[0] == [str(column) for column in TABLES[figure].columns]
    assert len(lines) - 1 == len(page.context["rows"])
    assert {len(line) for line in lines} == {len(TABLES[figure].columns)}
    assert not any(cell.startswith("=") for line in lines for cell in line)


def test_the_rows_are_chosen_by_the_address(browser, month, ops_lead):
    month()

    def rows(figure, **asked):
        return len(browser.get(reverse("changes:figure_rows", args=[figure]), asked).context["rows"])

    assert (rows("implemented"), rows("successful"), rows("backed_out"), rows("unsuccessful")) == (2, 1, 1, 1)
    assert (rows("implemented", tier="high"), rows("implemented", category="core_function")) == (0, 1)
    assert (rows("approvals"), rows("approvals", late="worked"), rows("approvals", late="elapsed")) == (2, 1, 1)
    assert (rows("waits"), rows("waits", role="tester"), rows("waits", person=ops_lead.pk), rows("waits", nudge="escalated")) == (
        3,
        1,
        2,
        0,
    )
    assert (rows("waiting"), rows("waiting", role="tech_lead"), rows("backlog", state="awaiting"), rows("overrides")) == (3, 1, 1, 1)
    assert (rows("emergencies"), rows("implemented", **{"from": "2026-01", "to": "2026-02"})) == (1, 0)
    assert rows("implemented", page=2) == 0
    assert browser.get(PAGE + "nothing/").status_code == 404


def test_no_nonsense_in_an_address_is_an_accident(browser, month):
    month()
    for value in ("\0", "²", "-1", "9" * 30, "2026-13", "很" * 300, "x"):
        asked = dict.fromkeys(
            ("from", "to", "tier", "category", "service", "by", "role", "person", "nudge", "late", "state", "page"), value
        )
        assert browser.get(PAGE, asked).status_code == 200
        assert browser.get(PAGE + "waits/", asked).status_code == 200
    assert b"made no sense" in browser.get(PAGE, {"tier": "x"}).content
    assert b"made no sense" not in browser.get(PAGE, {"tier": "high"}).content


def test_many_changes_take_the_same_queries_as_one(browser, month, service_manager):
    month()
    addresses = [PAGE, PAGE + "?by=service", *(reverse("changes:figure_rows", args=[figure]) for figure in TABLES)]
    before = {address: queries(lambda there=address: browser.get(there)) for address in addresses}
    assert before[PAGE] <= 33
    for _no in range(5):
        month()
    item = an_item("web-1", service_manager)
    item.name = "Web 1"
    item.save()
    after = {address: queries(lambda there=address: browser.get(there)) for address in addresses}
    known = {address: number for address, number in after.items() if "unauthorised" not in address}
    assert known == {address: before[address] for address in known}


def test_a_customers_account_finds_no_such_page(client, contact, representative):
    for person in (contact, representative):
        client.force_login(person, backend=BACKEND)
        for address in (PAGE, PAGE + "implemented/", PAGE + "implemented/download/", "/api/v1/changes/figures/"):
            assert client.get(address).status_code == 404


def test_the_api_counts_as_the_page_does(client, month, service_manager, ops_lead):
    month()
    headers = {"Authorization": f"Token {Token.objects.create(user=service_manager).key}"}

    def asked(**query):
        return client.get("/api/v1/changes/figures/", query, headers=headers)

    told = asked().json()
    assert (told["from"], told["to"], told["target_s"]) == ("2026-01", "2026-03", 14400)
    assert (told["outcomes"]["implemented"], told["outcomes"]["success_rate"], told["outcomes"]["backed_out"]) == (2, 50, 1)
    assert told["approvals"]["number"] == 2
    assert [group["key"] for group in told["groups"]] == ["low"]
    assert [line["key"] for line in told["months"]] == ["2026-01", "2026-02", "2026-03"]
    assert {line["key"]: line["number"] for line in told["waits"]["person"]} == {ops_lead.username: 2, "tester": 1}
    assert told["freeze_overrides"] == {"overrides": 1, "changes": 1}
    assert asked(by="service", tier="high").json()["groups"] == []
    for name in ("from", "to", "tier", "category", "service", "by"):
        assert asked(**{name: "²"}).status_code == 400
    assert client.get("/api/v1/changes/figures/").status_code == 401
    few = queries(asked)
    month()
    assert queries(asked) == few
