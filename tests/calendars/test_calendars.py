"""Calendars: publish, retire, and their pages."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.calendars import rules, services, wording
from itsm.calendars.models import Calendar, CalendarVersion
from itsm.core.errors import NotAllowed, Refused


@pytest.fixture
def office(db):
    """The office calendar everybody has."""
    return services.ensure_defaults()[1]


def hours(**changes):
    return {"tz": "Asia/Shanghai", "mode": "weekly", "weekly": [[0, 540, 1080]]} | changes


def test_the_defaults_are_made_once(office):
    assert services.ensure_defaults()[1] == office
    assert CalendarVersion.objects.count() == 2
    assert office.current().covered_through.isoformat() == "2026-12-31"
    assert office.current().is_provisional(datetime(2027, 1, 1, 1, tzinfo=UTC))
    assert not office.current().is_provisional(datetime(2026, 12, 31, 12, tzinfo=UTC))


def test_the_same_hours_give_the_version_in_force_and_others_a_new_one(office, service_manager):
    second = services.publish(office, by=service_manager, **hours())
    assert second.no == 2
    assert services.publish(office, by=service_manager, **hours()) == second
    assert services.publish(office, by=service_manager, **hours(weekly=[[0, 0, 1440]])).no == 3


@pytest.mark.parametrize("wrong", [{"weekly": []}, {"weekly": [[0, 600, 540]]}, {"weekly": [[9, 0, 1]]}, {"tz": "Asia/Nowhere"}])
def test_hours_that_make_no_sense_are_refused(office, service_manager, wrong):
    with pytest.raises(Refused):
        services.publish(office, by=service_manager, **hours(**wrong))
    assert services.publish(office, by=service_manager, **hours())


def test_only_the_service_manager_publishes(office, engineer, service_manager):
    with pytest.raises(NotAllowed):
        services.publish(office, by=engineer, **hours())
    assert services.publish(office, by=service_manager, **hours())


def test_a_retired_calendar_takes_no_version_until_it_is_back(office, service_manager):
    services.retire(office, by=service_manager)
    with pytest.raises(Refused):
        services.publish(office, by=service_manager, **hours())
    services.restore(office, by=service_manager)
    assert services.publish(office, by=service_manager, **hours())


def test_the_database_keeps_a_version_as_it_was_published(office):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CalendarVersion.objects.update(tz="UTC")


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-09-30T02:00", 1, "2026-10-08T02:00"),
        ("2026-09-28T02:00", 3, "2026-10-08T02:00"),
        ("2026-09-28T12:00", 1, "2026-09-30T01:00"),
    ],
)
def test_working_days_pass_over_holidays_and_end_within_hours(office, start, days, end):
    at = [datetime.fromisoformat(f"{text}+00:00") for text in (start, end)]
    assert services.add_working_days(at[0], days) == at[1]


def test_the_pages_show_and_publish_a_calendar(client, office, service_manager):
    client.force_login(service_manager)
    page = client.get(office.get_absolute_url(), {"year": "2026"})
    assert page.status_code == 200
    assert b"is-make_up" in page.content
    edit = reverse("calendars:calendar_edit", args=[office.code])
    form = client.get(edit)
    fields = {f.html_name: f.value() or "" for f in (*form.context["hours"], *form.context["names"])}
    assert client.post(edit, fields | {"day_5": "25:00-26:00"}).status_code == 422
    assert client.post(edit, fields | {"exceptions": "2026-13-01 off"}).status_code == 422
    assert client.post(edit, fields).status_code == 302
    assert office.versions.count() == 1
    assert client.post(edit, fields | {"day_5": "09:00-12:00"}).status_code == 302
    assert office.versions.count() == 2
    assert client.post(reverse("calendars:calendar_retire", args=[office.code])).status_code == 302
    assert Calendar.objects.get(pk=office.pk).retired_at


def test_a_calendar_is_made_on_its_page(client, service_manager):
    client.force_login(service_manager)
    fields = {"code": "nights", "name": "夜班", "mode": "weekly", "tz": "Asia/Shanghai", "day_0": "22:00-24:00", "day_1": "00:00-06:00"}
    assert client.post(reverse("calendars:calendar_add"), fields).status_code == 302
    assert Calendar.objects.get(code="nights").current().weekly == [[0, 1320, 1440], [1, 0, 360]]


days = st.lists(st.integers(0, 1440), max_size=6, unique=True).map(
    lambda cuts: [list(p) for p in zip(*[iter(sorted(cuts))] * 2, strict=False)]
)


@settings(max_examples=1000, deadline=None)
@given(days, st.dictionaries(st.dates(rules.FIRST_DAY, rules.LAST_DAY), days, max_size=4))
def test_what_is_shown_is_read_back(parts, held):
    held = {day.isoformat(): found for day, found in held.items()}
    assert wording.intervals(wording.shown(parts)) == parts
    assert wording.exceptions(wording.shown_exceptions(held)) == dict(sorted(held.items()))


def test_people_write_hours_in_many_ways():
    assert wording.intervals("9:00–12:00，13:00~18:00") == [[540, 720], [780, 1080]]
    assert wording.exceptions("2026-10-01..2026-10-02 休") == {"2026-10-01": [], "2026-10-02": []}
    for text in ("9-12", "12:00-9:00", "09:00-12:00, 11:00-13:00", "10:00-10:00", "24:00-25:00"):
        with pytest.raises(wording.Unreadable, match=r"\d"):
            wording.intervals(text)
