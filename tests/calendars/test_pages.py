"""The pages of calendars: what is typed is understood or refused with a sentence, and a list of holidays is looked at before it counts."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from itsm.calendars import services
from itsm.calendars.models import Calendar, Purpose

NIGHTS = {"code": "nights", "name": "夜班", "mode": "weekly", "tz": "Asia/Shanghai"}


@pytest.fixture
def office(db):
    return services.ensure_defaults()[1]


@pytest.fixture
def manager(client, service_manager):
    """The service manager's browser."""
    client.force_login(service_manager)
    return client


@pytest.fixture
def edit(manager, office):
    """`edit(**typed)`: the answer to the office calendar's form with these fields typed anew."""
    place = reverse("calendars:calendar_edit", args=[office.code])
    form = manager.get(place)
    fields = {f.html_name: f.value() or "" for f in (*form.context["hours"], *form.context["names"])}
    return lambda **typed: manager.post(place, fields | typed)


def holidays(office, **query):
    place = reverse("calendars:calendar_holidays", args=[office.code])
    return place + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def said(answer):
    return answer.content.decode()


def test_hours_over_midnight_become_two_intervals(manager):
    answer = manager.post(reverse("calendars:calendar_add"), NIGHTS | {"day_0": "22:00-06:00", "day_6": "20:00-24:00, 22:00-23:00"})
    assert answer.status_code == 422
    assert manager.post(reverse("calendars:calendar_add"), NIGHTS | {"day_0": "22:00-06:00", "day_6": "20:00-08:00"}).status_code == 302
    assert Calendar.objects.get(code="nights").current().weekly == [[0, 0, 480], [0, 1320, 1440], [1, 0, 360], [6, 1200, 1440]]


def test_an_exception_over_midnight_adds_to_the_next_days_hours(edit, office):
    assert edit(exceptions="2026-12-31 22:00-06:00").status_code == 302
    assert office.current().exceptions == {"2026-12-31": [[1320, 1440]], "2027-01-01": [[0, 360], [540, 720], [780, 1080]]}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"day_0": "09:00-12:00, 11:00-13:00"}, "The hours of one day overlap: 09:00-12:00 and 11:00-13:00."),
        ({"day_0": "22:00-06:00", "day_1": "05:00-09:00"}, "The hours of one day overlap: 00:00-06:00 and 05:00-09:00."),
        ({"day_0": "12:00-09:00"}, "“12:00-09:00” ends before it begins."),
        ({"day_0": "9-12"}, "“9-12” can&#x27;t be read."),
        ({"day_0": "25:00-26:00"}, "can&#x27;t be read."),
        ({"tz": "Asia/Nowhere"}, "There is no such time zone."),
        ({f"day_{n}": "" for n in range(7)}, "otherwise nothing would ever be due"),
        ({"exceptions": "1900-01-01 off"}, "1900-01-01 lies outside the years 2000 to 2099."),
        ({"exceptions": "2200-01-01..2200-01-03 off"}, "2200-01-01 lies outside the years 2000 to 2099."),
        ({"exceptions": "2026-13-01 off"}, "“2026-13-01 off” can&#x27;t be read."),
        ({"exceptions": "2026-10-07..2026-10-01 off"}, "or end before they begin"),
        ({"exceptions": "2026-10-01 off\n2026-10-01 09:00-12:00"}, "2026-10-01 stands in two lines."),
        ({"covered_through": "2200-01-01"}, "2200-01-01 lies outside the years 2000 to 2099."),
        ({"onto": "7"}, "Version 1 was published meanwhile."),
    ],
)
def test_what_makes_no_sense_gets_a_sentence_and_nothing_is_saved(edit, office, typed, sentence):
    answer = edit(day_5="09:00-10:00", name="Anders", **typed) if "day_5" not in typed else edit(name="Anders", **typed)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert (office.versions.count(), Calendar.objects.get(pk=office.pk).name) == (1, office.name)
    assert edit(day_5="09:00-10:00").status_code == 302


def test_a_calendar_that_never_opens_is_not_made(manager, db):
    answer = manager.post(reverse("calendars:calendar_add"), NIGHTS)
    assert answer.status_code == 422
    assert not Calendar.objects.filter(code="nights").exists()


def test_windows_may_be_single_days_but_never_all_the_time(manager, db):
    add, window = reverse("calendars:calendar_add"), NIGHTS | {"purpose": "maintenance"}
    assert "there is no window" in said(manager.post(add, window))
    assert "round the clock" in said(manager.post(add, window | {"mode": "24x7"}))
    assert manager.post(add, window | {"exceptions": "2026-12-05 22:00-06:00"}).status_code == 302
    made = Calendar.objects.get(code="nights")
    assert made.current().exceptions == {"2026-12-05": [[1320, 1440]], "2026-12-06": [[0, 360]]}
    assert (list(Calendar.objects.windows()), made in Calendar.objects.hours()) == ([made], False)


def test_the_list_shows_hours_and_windows_apart(manager, office):
    services.add(by=None, code="sunday", name="周日窗口", purpose=Purpose.MAINTENANCE, tz="UTC", mode="weekly", weekly=[[6, 0, 240]])
    page = said(manager.get(reverse("calendars:calendars")))
    assert page.index(office.label()) < page.index("Maintenance windows</th>") < page.index("周日窗口")


def test_what_differs_is_shown_before_it_is_published(edit, office):
    answer = edit(day_0="08:00-12:00", exceptions="2026-10-10 09:00-12:00", preview="1")
    assert (answer.status_code, office.versions.count()) == (200, 1)
    rows = {str(day): (before, after) for day, before, after in answer.context["differences"]}
    assert rows["Monday"] == ("09:00-12:00, 13:00-18:00", "08:00-12:00")
    assert rows["2026-10-10"] == ("09:00-12:00, 13:00-18:00", "09:00-12:00")
    assert rows["2026-10-01"] == ("shut", "as usual")
    assert "No clock" not in said(answer)


def test_the_next_years_list_is_asked_for_by_itself(manager, office):
    page = manager.get(holidays(office))
    assert page.status_code == 200
    assert (page.context["suggestion"].country, page.context["suggestion"].year) == ("CN", 2027)
    assert "The make-up workdays of 2027 are not known" in said(page)


def test_an_incomplete_list_is_official_only_with_an_explicit_tick(manager, office):
    place = holidays(office, country="CN", year=2027)
    days = manager.get(place).context["suggestion"].ticked()
    answer = manager.post(place, {"act": "official", "days": days, "onto": 1})
    assert answer.status_code == 422
    assert "tick that it is complete" in said(answer)
    assert manager.post(place, {"act": "suggestion", "days": days, "onto": 1}).status_code == 302
    assert not office.current().official
    assert manager.post(place, {"act": "official", "confirmed": "on", "onto": 2}).status_code == 302
    assert (office.current().official, office.current().covered_through) == (True, date(2027, 12, 31))
    assert office.current().source_note.endswith("CN 2027")


def test_what_is_not_chosen_is_not_taken_over(manager, office):
    place = holidays(office, country="CN", year=2027)
    manager.post(place, {"act": "suggestion", "days": ["2027-10-01"], "onto": 1})
    assert [day for day in office.current().exceptions if day.startswith("2027")] == ["2027-10-01"]
    assert manager.get(place).context["suggestion"].same == 1


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"country": "CN", "year": 1900}, "1900 lies outside the years 2000 to 2099."),
        ({"country": "CN", "year": 2200}, "2200 lies outside the years 2000 to 2099."),
        ({"country": "XX", "year": 2027}, "No holidays are known of this country."),
        ({"country": "CN", "year": "x"}, "Enter a whole number."),
        ({"country": "CN", "year": "9" * 5000}, "Enter a whole number."),
        ({"country": "%00", "year": "%C2%B2"}, "No holidays are known of this country."),
        ({"country": "HM", "year": 2027}, ""),
    ],
)
def test_a_country_or_year_that_nobody_lists_gets_a_sentence(manager, office, query, sentence):
    answer = manager.get(holidays(office, **query))
    assert answer.status_code == 422 or not sentence
    assert sentence in said(answer)


def test_a_later_year_may_be_suggested_but_not_official(manager, office):
    place = holidays(office, country="DE", year=2028)
    assert "Publish the list of 2027 first" in said(manager.get(place))
    assert manager.post(place, {"act": "official", "onto": 1}).status_code == 422
    assert manager.post(place, {"act": "suggestion", "days": ["2028-01-01"], "onto": 1}).status_code == 302


def test_nonsense_in_the_choice_is_refused_and_nothing_happens_without_a_decision(manager, office):
    place = holidays(office, country="CN", year=2027)
    assert manager.post(place, {"act": "official", "days": ["2027-13-45"]}).status_code == 422
    assert manager.post(place, {"act": "delete"}).status_code == 422
    assert manager.post(place, {"days": ["2027-10-01"]}).status_code == 200
    assert manager.post(place, {"act": "preview", "days": ["2027-10-01"]}).status_code == 200
    assert office.versions.count() == 1


def test_round_the_clock_there_are_no_holidays(manager, office):
    always = Calendar.objects.get(code=services.ALWAYS)
    answer = manager.get(holidays(always))
    assert (answer.status_code, "open round the clock" in said(answer)) == (422, True)
    assert "Import holidays" not in said(manager.get(always.get_absolute_url()))
    assert "Import holidays" in said(manager.get(office.get_absolute_url()))


def test_only_who_keeps_calendars_imports(client, office, engineer):
    client.force_login(engineer)
    assert client.get(holidays(office)).status_code == 403
    assert client.post(holidays(office, country="CN", year=2027), {"act": "official"}).status_code == 403
    assert client.get(office.get_absolute_url()).status_code == 200


def test_pages_ask_the_same_number_of_questions_however_many_versions(manager, office, django_assert_max_num_queries):
    for n in range(1, 6):
        services.publish(
            office,
            by=None,
            tz="UTC",
            mode="weekly",
            weekly=[[0, 0, n]],
            at=datetime(2026, 1, n, tzinfo=office.current().published_at.tzinfo),
        )
    manager.get(office.get_absolute_url())
    with django_assert_max_num_queries(12):
        manager.get(office.get_absolute_url())
    with django_assert_max_num_queries(16):
        manager.get(holidays(office, country="CN", year=2026))
