"""The desk without a mouse, and words that survive."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def page(open_page, agent):
    """The agent's home page."""
    opened = open_page(agent)
    opened.goto("/")
    return opened


def test_slash_goes_to_the_search_and_escape_leaves_it(page):
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("/")
    expect(page.locator("#search")).to_have_value("/")
    page.keyboard.press("Escape")
    expect(page.locator("#search")).not_to_be_focused()


def test_a_question_mark_shows_the_shortcuts_and_escape_closes_them(page):
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_g_and_i_go_to_the_incidents(page):
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url(re.compile(r"/incidents/$"))


def test_c_opens_the_quick_log_over_the_page_and_escape_closes_it(page):
    page.keyboard.press("c")
    expect(page.locator("#dialog #ql")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/$"))
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()


def test_the_matrix_answers_to_digits_and_arrows(page):
    page.keyboard.press("c")
    page.locator("#ql input[name=cell]").first.focus()
    page.keyboard.press("4")
    expect(page.locator("#ql input[name=impact]")).to_have_value("2")
    expect(page.locator("#ql input[name=urgency]")).to_have_value("1")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#ql input[name=impact]")).to_have_value("3")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#ql input[name=urgency]")).to_have_value("2")


def test_what_was_typed_survives_a_closed_dialog_and_a_closed_tab(page):
    page.keyboard.press("c")
    page.locator("#id_title").fill("Transfers hang")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    page.keyboard.press("c")
    expect(page.locator("#id_title")).to_have_value("Transfers hang")
    other = page.context.new_page()
    page.close()
    other.goto("/incidents/log/")
    expect(other.locator("#id_title")).to_have_value("Transfers hang")


def test_what_was_typed_survives_a_lost_session(page, agent):
    page.goto("/incidents/log/")
    page.locator("#id_title").fill("Transfers hang")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.locator("button[form=ql]").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    page.context.add_cookies(cookies)
    page.goto("/incidents/log/")
    expect(page.locator("#id_title")).to_have_value("Transfers hang")


def test_signing_out_wipes_what_was_typed(page):
    page.goto("/incidents/log/")
    page.locator("#id_title").fill("Transfers hang")
    page.locator(".c-me").click()
    page.locator("form[data-sign-out] button").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []


def test_the_theme_is_chosen_and_remembered(page):
    assert page.locator("html").get_attribute("data-bs-theme") == "light"
    page.locator("[data-theme-toggle]").click()
    page.goto("/incidents/")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_the_language_is_chosen_and_remembered(page):
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.goto("/incidents/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
