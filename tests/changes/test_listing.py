"""Lists of changes: tabs, filters, pages, words, and who sees them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from changes import services
from changes.filters import ChangeFilter
from changes.models import Change
from changes.panels.record import find
from changes.views.listing import VIEWS, counts, rows_of
from itsm.core import paging
from tests.changes.conftest import NOW
from tests.changes.plans import seat

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"


@pytest.fixture
def desk(client, asker):
    """The browser of who asks for changes."""
    client.force_login(asker, backend=BACKEND)
    return client


def queries(ask):
    ask()
    with CaptureQueriesContext(connection) as found:
        assert ask().status_code == 200
    return len(found)


def found(**filters):
    return set(ChangeFilter(filters, queryset=Change.objects.all()).qs)


def test_every_tab_shows_what_it_says_and_counts_it(draft, submitted, asker, doer, ops_lead, top_manager):
    sketch, waiting, ready, gone = draft(by=top_manager, implementer=None), submitted(), submitted(), draft()
    services.decide(seat(ready, "ops_lead"), by=ops_lead, choice="approve", at=NOW)
    services.cancel(gone, by=asker, reason="Not needed.", at=NOW)
    shown = {key: set(rows_of(view, asker)) for key, view in VIEWS.items()}
    assert shown["unclosed"] == {sketch, waiting, ready}
    assert shown["mine"] == {waiting, ready} == set(rows_of(VIEWS["mine"], doer))
    assert (shown["awaiting"], shown["coming"]) == ({waiting}, {ready})
    assert shown["running"] == shown["review"] == set()
    assert shown["all"] == {sketch, waiting, ready, gone}
    assert counts(asker) == {key: len(rows) for key, rows in shown.items() if key != "all"}


def test_filters_find_what_they_say(draft, assessed, asker, doer, top_manager):
    one = draft(category="security", kind="emergency", by=top_manager, implementer=None)
    two = assessed("high", starts_at=NOW + timedelta(days=30), ends_at=NOW + timedelta(days=30, hours=1))
    assert found(category=["security"]) == found(kind=["emergency"]) == found(requester=top_manager.pk) == {one}
    assert found(risk=["high"]) == found(implementer=doer.pk) == found(state=["assessed"]) == {two}
    assert found(state=["unclosed"]) == {one, two}
    day = (NOW + timedelta(days=30)).date()
    assert found(window_from=day.isoformat()) == {two}
    assert found(window_to=(NOW + timedelta(days=20)).date().isoformat()) == {one}


@pytest.mark.parametrize("words", ["支付", "网关", "payment", "gw-03", "holes", "付"])
def test_a_change_is_found_by_its_words(draft, asker, words):
    change = draft(title="升级支付网关 gw-03 payment", reason="Two holes.")
    draft(title="Something else")
    assert found(q=words) == {change}
    assert [row["number"] for row in find(asker, words)] == [change.shown_number]


def test_edited_words_are_found_and_former_ones_are_not(draft, asker):
    change = services.edit(draft(title="旧的标题"), by=asker, at=NOW, title="新的名称")
    assert (found(q="名称"), found(q="旧的")) == ({change}, set())


def test_it_is_found_by_its_number(draft):
    change = draft()
    for typed in (change.shown_number, change.shown_number.lower(), str(change.number)):
        assert change in found(q=typed)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_pages_show_every_row_once_in_order(draft, view):
    everything = [draft(starts_at=NOW + timedelta(days=no % 3), ends_at=NOW + timedelta(days=9)) for no in range(5)]
    seen, cursor = [], ""
    while True:
        page = paging.page(Change.objects.all(), view.order, cursor, size=2)
        seen += page.rows
        if not (cursor := page.next_cursor):
            break
    assert seen == list(Change.objects.order_by(*view.order.by()))
    assert set(seen) == set(everything)


@pytest.mark.parametrize("address", ["/changes/", "/changes/?view=all", "/changes/?view=all&q=web", "/search/?q=web", "/"])
def test_a_page_of_rows_takes_the_same_queries_for_one_and_for_many(desk, draft, address):
    draft()
    few = queries(lambda: desk.get(address))
    for _ in range(60):
        draft()
    assert queries(lambda: desk.get(address)) == few


@pytest.mark.parametrize(
    "question",
    [
        "risk=x",
        "state=x",
        "window_from=9999-12-31",
        "window_to=0001-01-01",
        "item=%00",
        "service=99999999999999999999",
        "after=x",
        "view=x",
        "requester=²",
    ],
)  # fmt: skip
def test_nonsense_is_answered_with_a_page(desk, draft, question):
    draft()
    assert desk.get(f"/changes/?{question}").status_code == 200


def test_what_is_wrong_with_a_filter_is_said(desk, draft):
    draft()
    page = desk.get("/changes/?view=all&item=nothing").content.decode()
    assert "c-row" not in page
    assert "Select a valid choice" in page


def test_an_empty_list_teaches(desk):
    assert "begins with a change request" in desk.get("/changes/").content.decode()


def test_no_contact_sees_the_list(client, submitted, contact):
    submitted()
    client.force_login(contact, backend=BACKEND)
    assert client.get("/changes/").status_code == 404
    assert find(contact, "web") == []
    assert not Change.objects.visible_to(contact).exists()
