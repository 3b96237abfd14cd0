"""Every component and the sign-in page: no barrier, no sideways scrolling, no script or policy error."""

import pytest

from tests.browser.conftest import DESK, PHONE, barriers, missing_icons, slides

LOOKS = [(language, theme, size) for language in ("zh-hans", "en") for theme in ("light", "dark") for size in (DESK, PHONE)]


@pytest.fixture(autouse=True)
def demo(settings):
    """The component sheet exists in the demo."""
    settings.DEMO = True


@pytest.mark.parametrize("look", LOOKS)
def test_the_component_sheet_has_no_barrier(open_page, speaks, agent, look):
    language, theme, size = look
    page = open_page(speaks(agent, language), language, theme, size)
    page.goto("/settings/components/")
    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert page.locator("html").get_attribute("lang") == {"zh-hans": "zh-Hans", "en": "en"}[language]
    assert barriers(page) == []
    assert slides(page) <= 0
    assert missing_icons(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_sign_in_page_has_no_barrier(open_page, db, look):
    language, theme, size = look
    page = open_page(None, language, theme, size)
    page.goto("/accounts/login/")
    assert barriers(page) == []
    assert slides(page) <= 0


def test_the_component_sheet_is_not_there_in_earnest(client, agent, settings):
    client.force_login(agent)
    assert client.get("/settings/components/").status_code == 200
    settings.DEMO = False
    assert client.get("/settings/components/").status_code == 404
