"""Calendars in a browser: hours are dragged or typed, days are clicked, the text stays the truth, and nobody is shut out."""

import pytest
from playwright.sync_api import expect

from itsm.calendars import services
from tests.browser.conftest import DESK, PHONE, barriers, missing_icons, slides

LOOKS = [("zh-hans", "light", DESK), ("en", "dark", DESK), ("zh-hans", "dark", PHONE), ("en", "light", PHONE)]
PLACE = "/settings/calendars/"


@pytest.fixture
def office(db):
    return services.ensure_defaults()[1]


@pytest.fixture
def edit(open_page, service_manager, office):
    """The page on which the office calendar is written."""
    page = open_page(service_manager)
    page.goto(f"{PLACE}{office.code}/edit/")
    page.wait_for_load_state("networkidle")
    return page


def drag(page, row, start, end, to=None):
    """Drag over a day's hours, from one minute of the day to another, maybe down to another day."""
    first, last = (page.locator("svg.c-wk").nth(index).bounding_box() for index in (row, row if to is None else to))
    page.mouse.move(first["x"] + first["width"] * start / 1440, first["y"] + 14)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] * end / 1440, last["y"] + 14, steps=6)
    page.mouse.up()


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_have_no_barrier(open_page, speaks, service_manager, office, look):
    language, theme, size = look
    page = open_page(speaks(service_manager, language), language, theme, size)
    for path in ("", f"{office.code}/", f"{office.code}/edit/", "new/", f"{office.code}/holidays/"):
        page.goto(PLACE + path)
        page.wait_for_load_state("networkidle")
        assert (path, barriers(page)) == (path, [])
        assert (path, slides(page)) == (path, 0)
        assert (path, missing_icons(page)) == (path, [])


def test_dragging_writes_the_hours_into_the_text(edit, office):
    day = edit.locator("#id_day_5")
    drag(edit, 5, 10 * 60, 14 * 60)
    expect(day).to_have_value("10:00-14:00")
    drag(edit, 5, 14 * 60, 16 * 60)
    expect(day).to_have_value("10:00-16:00")
    drag(edit, 5, 12 * 60, 13 * 60)
    expect(day).to_have_value("11:00-17:00")
    drag(edit, 5, 19 * 60, 20 * 60, to=6)
    expect(day).to_have_value("11:00-17:00, 19:00-20:00")
    expect(edit.locator("#id_day_6")).to_have_value("19:00-20:00")
    drag(edit, 6, 20 * 60, 19 * 60)
    expect(edit.locator("#id_day_6")).to_have_value("")
    edit.locator(".btn-primary[type=submit]").click()
    edit.wait_for_url(f"**{PLACE}{office.code}/")
    assert [part for part in office.current().weekly if part[0] >= 5] == [[5, 660, 1020], [5, 1140, 1200]]


def test_typing_draws_the_hours_and_a_night_reaches_into_the_next_day(edit):
    edit.fill("#id_day_5", "22:00-06:00")
    expect(edit.locator("svg.c-wk").nth(5).locator(".f")).to_have_count(1)
    expect(edit.locator("svg.c-wk").nth(6).locator(".n")).to_have_count(1)
    edit.fill("#id_day_5", "6 to 9")
    expect(edit.locator("svg.c-wk").nth(5)).to_have_class("c-wk is-bad")


def test_a_day_of_the_year_is_clicked_or_reached_by_keyboard_and_written_into_the_text(edit):
    text, at = edit.locator("#id_exceptions"), edit.locator(".c-day[data-day='2026-11-30']")
    while edit.locator("[data-year-shown]").inner_text() != "2026":
        edit.locator("[data-year-step='-1']").click()
    at.click()
    edit.locator("[name=day_kind][value=off]").check()
    assert "2026-11-30 off" in text.input_value()
    at.focus()
    edit.keyboard.press("ArrowRight")
    edit.keyboard.press("ArrowDown")
    expect(edit.locator(":focus")).to_have_attribute("data-day", "2026-12-08")
    edit.keyboard.press("Enter")
    edit.locator("[data-day-hours]").fill("10:00-12:00")
    assert "2026-12-08 10:00-12:00" in text.input_value()
    edit.locator("[name=day_kind][value=usual]").check()
    assert "2026-12-08" not in text.input_value()
    edit.locator(".c-day[data-day='2026-12-21']").click()
    edit.locator(".c-day[data-day='2026-12-24']").click(modifiers=["Shift"])
    edit.locator("[name=day_kind][value=off]").check()
    assert "2026-12-21..2026-12-24 off" in text.input_value()
    expect(edit.locator("td.is-holiday .c-day[data-day='2026-12-23']")).to_be_visible()


def test_on_a_phone_there_are_text_fields_alone(open_page, service_manager, office):
    page = open_page(service_manager, size=PHONE)
    page.goto(f"{PLACE}{office.code}/edit/")
    expect(page.locator("svg.c-wk").first).to_be_hidden()
    page.fill("#id_day_5", "09:00-12:00")
    page.locator(".btn-primary[type=submit]").click()
    page.wait_for_url(f"**{PLACE}{office.code}/")
    assert office.current().no == 2
