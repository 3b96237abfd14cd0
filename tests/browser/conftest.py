"""Real pages in a real browser, and a page of a person who is signed in."""

import os
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import sync_playwright

from tests.browser import chromium

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}
EXPECTED = re.compile(r"(status of|Status Error Code) (403|404|409|422)|^htmx:(afterRequest|sendAbort)")


def pytest_collection_modifyitems(items):
    """Skip aloud without Chromium, unless it is required."""
    if chromium.executable() or chromium.is_required():
        return
    chromium.warn_of_skipping()
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the whole run."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread
    with sync_playwright() as playwright:
        opened = chromium.launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser, live_server):
    """`open_page(person=None, language="en", theme="light", size=DESK)`: a page whose script and policy errors fail the test."""
    contexts, complaints = [], []

    def opened(person=None, language="en", theme="light", size=DESK):
        context = browser.new_context(base_url=live_server.url, viewport=size, color_scheme=theme, locale=language, reduced_motion="reduce")
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
        if person:
            context.add_cookies([session_cookie(person, live_server.url)])
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" and not EXPECTED.search(line.text) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def session_cookie(person, url):
    """The cookie of somebody who just signed in."""
    client = Client()
    client.force_login(person, backend="itsm.people.backends.SignInBackend")
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": url}


@pytest.fixture
def speaks(db):
    """`speaks(person, "zh-hans")`: the same person, reading that language."""

    def set_language(person, language):
        type(person).objects.filter(pk=person.pk).update(language=language)
        person.language = language
        return person

    return set_language


def barriers(page):
    """What keeps people out of this page, according to axe, as readable lines."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{v['id']}: {v['help']}: {node['target']} {node['html'][:160]}" for v in found for node in v["nodes"]]


def slides(page):
    """How many pixels the page is wider than the screen; nought is right."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def missing_icons(page):
    """Names of icons that the page uses and the sprite does not have."""
    used = page.evaluate("[...new Set([...document.querySelectorAll('svg.icon use')].map((use) => use.getAttribute('href')))]")
    sprite = page.request.get(used[0].split("#")[0]).text() if used else ""
    return [href for href in used if f'id="{href.split("#")[1]}"' not in sprite]
