"""The suggestion of a country's holidays: what it would change, what it doesn't know, and that only an official list covers a year."""

from datetime import date

import pytest

from itsm.calendars import china, services, suggesting
from itsm.calendars.models import CalendarVersion, Mode
from itsm.core.errors import NotAllowed, Refused

OFFICE_DAY = [list(part) for part in china.OFFICE_DAY]


def version(**changes):
    held = {"tz": "Asia/Shanghai", "mode": Mode.WEEKLY, "weekly": [list(part) for part in china.OFFICE_WEEK], "exceptions": {}}
    return CalendarVersion(**(held | {"covered_through": date(2026, 12, 31)} | changes))


@pytest.fixture
def office(db):
    return services.ensure_defaults()[1]


def publish(office, by, year=2027, **details):
    found = suggesting.suggest("CN", year, office.current())
    held = {"year": year, "official": True, "whole": found.whole, "exceptions": found.applied(office.current().exceptions, found.ticked())}
    return services.publish_list(office, by=by, **(held | details))


def test_the_list_of_2026_is_the_notice_of_the_state_council():
    found = suggesting.suggest("CN", 2026, version())
    assert found.whole
    days = {date.fromisoformat(day): parts for day, parts in found.applied({}, found.ticked()).items()}
    assert days == {day: [list(part) for part in parts] for day, parts in china.EXCEPTIONS_2026.items()}


def test_a_calendar_that_has_the_list_already_has_nothing_to_change():
    held = {day.isoformat(): [list(part) for part in parts] for day, parts in china.EXCEPTIONS_2026.items()}
    found = suggesting.suggest("CN", 2026, version(exceptions=held))
    assert (found.changes, found.same) == ((), len(held))


def test_a_make_up_day_takes_the_hours_of_the_day_it_makes_up_for():
    weekly = [[0, 540, 1080], [1, 540, 1020], [2, 540, 960]]  # Monday to 18:00, Tuesday to 17:00, Wednesday to 16:00
    found = {change.key: change for change in suggesting.suggest("CN", 2026, version(weekly=weekly)).changes}
    assert found["2026-09-20"].will == [[540, 1020]]  # for Tuesday 10-06
    assert found["2026-10-10"].will == [[540, 960]]  # for Wednesday 10-07
    assert found["2026-02-14"].will == [[540, 1080]]  # for a Friday on which it is shut: the usual hours
    assert found["2026-02-14"].is_make_up


@pytest.mark.parametrize("year", [2027, 2040])
def test_a_year_whose_make_up_days_are_not_published_is_not_whole(year):
    assert not suggesting.suggest("CN", year, version()).whole
    assert suggesting.suggest("DE", year, version(tz="Europe/Berlin")).whole


def test_what_somebody_entered_into_an_official_year_is_not_chosen_what_was_guessed_is():
    held = {"2026-12-24": [], "2027-12-24": [], "2027-01-01": [[540, 720]]}
    found = suggesting.suggest("CN", 2026, version(exceptions=held))
    assert "2026-12-24" in {change.key for change in found.changes if change.kind == suggesting.REMOVE}
    assert "2026-12-24" not in found.ticked()
    later = suggesting.suggest("CN", 2027, version(exceptions=held))
    kinds = {change.key: change.kind for change in later.changes}
    assert (kinds["2027-12-24"], kinds["2027-01-01"], kinds["2027-01-02"]) == ("remove", "change", "add")
    after = later.applied(held, later.ticked())
    assert after["2027-01-01"] == []
    assert after["2026-12-24"] == []
    assert "2027-12-24" not in after


def test_only_what_is_chosen_is_applied():
    found = suggesting.suggest("CN", 2027, version())
    assert found.applied({"2026-01-01": []}, {"2027-10-01"}) == {"2026-01-01": [], "2027-10-01": []}


@pytest.mark.parametrize(("country", "year"), [("XX", 2027), ("", 2027), ("CN", 1900), ("CN", 2200)])
def test_countries_and_years_that_nobody_lists_get_a_sentence(country, year):
    with pytest.raises(Refused, match=r"No holidays"):
        suggesting.suggest(country, year, version())


def test_every_country_of_the_library_answers_or_says_that_it_cannot():
    answers = {country: _answer(country) for country in suggesting.countries()}
    assert len(answers) > 200
    assert {answer for answer in answers.values() if isinstance(answer, str)} <= {"no_year"}
    found = [answer for answer in answers.values() if not isinstance(answer, str)]
    assert len(found) > 200
    assert all(change.day.year == 2027 for suggestion in found for change in suggestion.changes)


def _answer(country):
    try:
        return suggesting.suggest(country, 2027, version())
    except Refused as refused:
        return refused.code


def test_the_zone_says_which_country_is_asked_first():
    assert suggesting.country_of("Asia/Shanghai") in ("CN", "")
    assert suggesting.country_of("Nowhere/City") == ""


def test_an_official_list_covers_its_year_and_a_suggestion_does_not(office, service_manager):
    guessed = publish(office, service_manager, official=False)
    assert (guessed.official, guessed.covered_through) == (False, date(2026, 12, 31))
    whole = publish(office, service_manager, whole=True)
    assert (whole.official, whole.covered_through, whole.no) == (True, date(2027, 12, 31), 3)
    assert whole.weekly == guessed.weekly
    assert publish(office, service_manager, whole=True) == whole


def test_a_list_without_make_up_days_is_official_only_when_somebody_says_so(office, service_manager):
    with pytest.raises(Refused, match="make-up workdays of 2027 are not published"):
        publish(office, service_manager)
    assert office.versions.count() == 1
    assert publish(office, service_manager, confirmed=True).official


def test_no_year_is_passed_over(office, service_manager):
    with pytest.raises(Refused, match="Publish the list of 2027 first"):
        publish(office, service_manager, year=2028, confirmed=True)
    publish(office, service_manager, confirmed=True)
    assert publish(office, service_manager, year=2028, confirmed=True).covered_through == date(2028, 12, 31)
    assert publish(office, service_manager, year=2026).covered_through == date(2028, 12, 31)


def test_the_same_days_become_official_by_a_new_version(office, service_manager):
    held = office.current()
    services.publish(office, by=service_manager, tz=held.tz, mode=held.mode, weekly=held.weekly, covered_through=held.covered_through)
    plain = publish(office, service_manager, year=2026, official=False)
    official = publish(office, service_manager, year=2026)
    assert (plain.official, official.official, official.no) == (False, True, plain.no + 1)
    assert plain.sha256 == official.sha256


def test_lists_are_for_those_who_keep_calendars_and_for_calendars_that_shut(office, engineer, service_manager):
    with pytest.raises(NotAllowed):
        publish(office, engineer, confirmed=True)
    always = services.ensure_defaults()[0]
    with pytest.raises(Refused, match="round the clock"):
        services.publish_list(always, by=service_manager, year=2027, official=False, exceptions={})
    with pytest.raises(Refused, match="Version 1 was published meanwhile"):
        publish(office, service_manager, confirmed=True, onto=7)
    assert publish(office, service_manager, confirmed=True, onto=1)
