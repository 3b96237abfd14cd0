"""The calendar page, the freezes' pages, what a form is told while it is typed, and the panels of a change's page."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from changes import services
from changes.agenda import Agenda, Filter
from changes.models import FreezeWindow, Status
from changes.panels import scheduling as panels
from itsm.core import clock
from tests.changes.conftest import NOW
from tests.changes.test_conflicts import ENDS, STARTS

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
DAY = STARTS.date().isoformat()


@pytest.fixture
def reads(client, asker, now):
    """`reads(address, **parameters)`: a page as the requester reads it."""
    client.force_login(asker, backend=BACKEND)
    return lambda address, **parameters: client.get(address, parameters)


@pytest.mark.parametrize("view", ["month", "week", "services", "day", "nonsense"])
def test_every_view_shows_the_change_and_the_freeze(reads, approved, change_manager, view):
    change = approved("one")
    services.set_freeze(by=change_manager, name="双十一", reason="R", starts_at=STARTS, ends_at=ENDS, at=NOW)
    page = reads("/changes/calendar/", view=view, day=DAY)
    assert page.status_code == 200
    text = page.content.decode()
    assert change.get_absolute_url() in text
    assert "双十一" in text
    assert "something is in the way" in text


@pytest.mark.parametrize("day", ["", "nonsense", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_nobody_can_mean_does_no_harm(reads, day):
    assert reads("/changes/calendar/", day=day, view="week").status_code == 200
    assert reads("/changes/calendar/", day=day, service="nowhere", kind="odd").status_code == 200


def test_the_filters(approved, submitted, tree, asker, engineer, other_hands):
    one = approved("one")
    two = submitted("low", by=engineer, items=[tree["two"]], implementer=other_hands)
    drafts = submitted("low", starts_at=None, ends_at=None) if False else None
    assert drafts is None

    def shown(person=asker, **chosen):
        return {entry.number for entry in Agenda(person, STARTS.date(), STARTS.date(), Filter(**chosen)).entries}

    assert shown() == {one.number, two.number}
    assert shown(mine=True) == {one.number}
    assert shown(other_hands, mine=True) == {two.number}
    assert shown(service=tree["service"]) == {one.number}
    assert shown(kind="emergency") == set()


def test_what_is_given_up_is_not_on_it(approved, draft, asker):
    draft()
    change = approved("one")
    services.cancel(change, by=asker, reason="No.", at=NOW)
    assert Agenda(asker, STARTS.date(), STARTS.date()).entries == []


def test_marks(approved, asker, other_hands, change_manager, submitted, tree):
    approved("one")
    here = approved("one", implementer=other_hands)
    marks = lambda: [entry.mark for entry in Agenda(asker, STARTS.date(), STARTS.date()).entries]  # noqa: E731
    assert marks() == ["conflict", "conflict"]
    key = next(c.key for c in services.conflicts_of(here, NOW) if c.is_open)
    services.override(here, by=change_manager, key=key, reason="Yes.", at=NOW)
    assert "overridden" in marks()


@pytest.mark.parametrize(("zone", "day"), [("Asia/Shanghai", date(2026, 3, 11)), ("America/New_York", date(2026, 3, 10))])
def test_days_are_the_readers(approved, asker, zone, day):
    change = approved("one")
    with timezone.override(zone):
        shown = {each.on for each in Agenda(asker, date(2026, 3, 9), date(2026, 3, 13)).days if each.entries}
    assert change.status == Status.SCHEDULED
    assert day in shown


def test_a_day_of_23_hours_is_a_day(asker):
    with timezone.override("America/New_York"):
        days = Agenda(asker, date(2026, 3, 7), date(2026, 3, 9)).days
    assert [(day.ends_at - day.starts_at) / timedelta(hours=1) for day in days] in ([24, 24, 24], [24, 23, 24])
    assert days[1].starts_at == datetime(2026, 3, 8, tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize("view", ["month", "week", "services", "day"])
def test_the_number_of_queries_stays(reads, approved, django_assert_max_num_queries, change_manager, view):
    approved("one")
    reads("/changes/calendar/", view=view, day=DAY)
    for hour in range(1, 4):
        approved("two", starts_at=STARTS + timedelta(hours=2 * hour), ends_at=ENDS + timedelta(hours=2 * hour))
    with django_assert_max_num_queries(18):
        reads("/changes/calendar/", view=view, day=DAY)


def test_a_typed_window_is_told_what_it_meets(reads, approved, tree, doer):
    there = approved("one")
    local = STARTS.astimezone(ZoneInfo(doer.time_zone))
    window = {"starts_at": f"{local:%Y-%m-%dT%H:%M}", "ends_at": f"{local + timedelta(hours=1):%Y-%m-%dT%H:%M}"}
    assert str(there) in reads("/changes/conflicts/", **window, items=tree["rack"].pk).content.decode()
    assert str(there) in reads("/changes/conflicts/", **window, implementer=doer.pk).content.decode()
    assert "Nothing is in the way" in reads("/changes/conflicts/", **window, items=tree["rack"].pk, change=there.number).content.decode()
    assert "Nothing is in the way" in reads("/changes/conflicts/", **window, items=tree["two"].pk).content.decode()
    assert "Choose the window" in reads("/changes/conflicts/", starts_at="soon").content.decode()
    turned = {"starts_at": window["ends_at"], "ends_at": window["starts_at"]}
    assert "must end after it begins" in reads("/changes/conflicts/", **turned).content.decode()


def freeze_form(**fields):
    return {
        "name": "双十一",
        "name_en": "Singles' Day",
        "reason": "Sale",
        "starts_at": "2026-11-01T00:00",
        "ends_at": "2026-11-12T00:00",
        **fields,
    }


def test_freezes_are_set_edited_and_withdrawn_on_pages(client, change_manager, now):
    client.force_login(change_manager, backend=BACKEND)
    assert client.get("/changes/freezes/new/").status_code == 200
    assert client.post("/changes/freezes/new/", freeze_form(ends_at="2026-10-12T00:00")).status_code == 422
    there = client.post("/changes/freezes/new/", freeze_form())
    freeze = FreezeWindow.objects.get()
    assert there.url == freeze.get_absolute_url()
    assert freeze.starts_at == datetime(2026, 11, 1, tzinfo=ZoneInfo(change_manager.time_zone))
    assert "Singles" in client.get("/changes/freezes/").content.decode()
    client.post(f"{there.url}edit/", freeze_form(name_en="Sale days"))
    assert "Sale days" in client.get(there.url).content.decode()
    client.post(f"{there.url}withdraw/", {"reason": "Moved."})
    assert client.get(there.url).status_code == client.get("/changes/freezes/?over").status_code == 200
    assert FreezeWindow.objects.get().withdrawn_at == NOW
    assert client.post(f"{there.url}edit/", freeze_form(name="Again")).status_code == 409


def test_others_read_freezes_and_set_none(reads, client, change_manager):
    services.set_freeze(by=change_manager, name="F", reason="R", starts_at=STARTS, ends_at=ENDS, at=NOW)
    freeze = FreezeWindow.objects.get()
    assert reads(freeze.get_absolute_url()).status_code == 200
    assert client.post("/changes/freezes/new/", freeze_form()).status_code == 403
    assert client.post(f"{freeze.get_absolute_url()}edit/", freeze_form()).status_code == 403
    assert client.post(f"{freeze.get_absolute_url()}withdraw/", {"reason": "No."}).status_code == 403
    assert FreezeWindow.objects.get().withdrawn_at is None


def test_the_buttons_of_a_change_schedule_and_override(client, approved, other_hands, asker, change_manager, now):
    there, here = approved("one"), approved("one", implementer=other_hands)
    client.force_login(change_manager, backend=BACKEND)
    page = client.get(f"{here.get_absolute_url()}override/").content.decode()
    key = next(c.key for c in services.conflicts_of(here, NOW) if c.is_open)
    assert key in page
    assert client.post(f"{here.get_absolute_url()}override/", {"key": "odd", "reason": "R"}).status_code == 422
    assert client.post(f"{here.get_absolute_url()}schedule/").status_code == 409
    assert client.post(f"{here.get_absolute_url()}override/", {"key": key, "reason": "Side by side."}).status_code == 302
    here.refresh_from_db()
    assert here.status == Status.SCHEDULED
    assert there.status == Status.SCHEDULED


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_panels_are_drawn(approved, other_hands, change_manager, asker, now, language):
    approved("one")
    here = approved("one", implementer=other_hands)
    with translation.override(language):
        waits = render_to_string("changes/_panel_conflicts.html", panels.in_the_way(here, change_manager))
        assert f"{here.get_absolute_url()}override/" in waits
        assert "override/" not in render_to_string("changes/_panel_conflicts.html", panels.in_the_way(here, asker))
        services.override(here, by=change_manager, key=services.conflicts_of(here, NOW)[0].key, reason="Side by side.", at=NOW)
        here.refresh_from_db()
        assert "Side by side." in render_to_string("changes/_panel_conflicts.html", panels.in_the_way(here, asker))
        assert "view=week" in render_to_string("changes/_panel_window.html", panels.window(here, asker))


def test_the_panels(approved, other_hands, asker, change_manager, top_manager, now):
    approved("one")
    here = approved("one", implementer=other_hands)
    with translation.override("en"), clock.at(NOW):
        assert panels.in_the_way(here, asker)["may_override"] is False
        assert panels.in_the_way(here, change_manager)["may_override"] is True
        assert panels.in_the_way(here, top_manager)["may_break_freeze"] is True
        assert [c.is_open for c in panels.in_the_way(here, asker)["conflicts"]] == [True]
        assert panels.window(here, asker)["booked"] == 0
