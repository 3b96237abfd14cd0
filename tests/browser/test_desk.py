"""The desk's pages in a browser: no barrier, one incident for two clicks, refusals next to their cause, clocks that count."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from incidents import services
from incidents.models import Incident
from itsm.core import clock
from itsm.people.models import Shift
from tests.browser.conftest import DESK, PHONE, barriers, missing_icons, slides
from tests.incidents.conftest import service  # noqa: F401 -- a fixture

LOOKS = [("zh-hans", "light", DESK), ("en", "dark", DESK), ("zh-hans", "dark", PHONE), ("en", "light", PHONE)]
PATHS = ["/", "/incidents/?view=open", "{incident}", "/incidents/log/", "/search/?q=网银", "{incident}resolve/"]


@pytest.fixture
def ready(engineer):
    """The engineer, on shift around now."""
    now = clock.now()
    Shift.objects.create(person=engineer, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=8))
    return engineer


@pytest.fixture
def incident(agent, customer, contact, service, ready):  # noqa: F811 -- the imported fixture
    """An incident logged four minutes ago that the engineer holds; P2, so its clocks run around the clock."""
    at = clock.now() - timedelta(minutes=4)
    return services.log(
        by=agent, customer=customer, contact=contact, service=service, title="网银转账超时", description="提交后一直转圈",
        impact=1, urgency=2, contacted_at=at, at=at,
    )  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_the_desk_has_no_barrier(open_page, speaks, ready, incident, look):
    language, theme, size = look
    page = open_page(speaks(ready, language), language, theme, size)
    for path in PATHS:
        page.goto(path.format(incident=incident.get_absolute_url()))
        page.wait_for_load_state("networkidle")
        assert (path, barriers(page)) == (path, [])
        assert (path, slides(page)) == (path, 0)
        assert (path, missing_icons(page)) == (path, [])


def fill(page, contact, wanted):
    """Fill the quick log with the keyboard alone; the only contact of the customer is taken by itself."""
    page.keyboard.press("c")
    expect(page.locator("#id_customer-ts-control")).to_be_focused()
    page.keyboard.type(contact.organisation.name[:2])
    page.keyboard.press("Tab")
    expect(page.locator("#id_contact")).to_have_value(str(contact.pk))
    page.keyboard.press("Tab")
    expect(page.locator("#id_service-ts-control")).to_be_focused()
    page.keyboard.type(wanted.name_en[:4])
    page.keyboard.press("Tab")
    page.keyboard.type("转账一直转圈")
    page.keyboard.press("Tab")
    page.keyboard.type("约两成用户提交后没有结果")
    page.keyboard.press("Tab")
    page.keyboard.press("2")


def test_an_incident_is_logged_with_the_keyboard_alone(open_page, agent, contact, service, ready):  # noqa: F811
    page = open_page(agent)
    page.goto("/")
    fill(page, contact, service)
    expect(page.locator("#preview")).to_contain_text(re.compile("P2"))
    expect(page.locator("#preview")).to_contain_text(ready.name)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/incidents/INC-\d{6}/$"))
    expect(page.locator(".c-toast")).to_be_visible()
    logged = Incident.objects.get()
    assert (logged.impact, logged.urgency, logged.priority, logged.contact, logged.assignee) == (1, 2, 2, contact, ready)
    page.keyboard.press("c")
    expect(page.locator("#dialog #id_title")).to_have_value("")


def test_two_clicks_log_one_incident(open_page, agent, contact, service, ready):  # noqa: F811
    page = open_page(agent)
    page.goto("/")
    fill(page, contact, service)
    page.locator("button[form=ql]").dblclick()
    page.wait_for_url(re.compile(r"/incidents/INC-\d{6}/$"))
    assert Incident.objects.count() == 1


def test_what_is_missing_is_said_and_nothing_typed_is_lost(open_page, agent, service):  # noqa: F811
    page = open_page(agent)
    page.goto("/incidents/log/")
    page.locator("#ql").evaluate("form => { form.noValidate = true }")
    page.locator("#id_title").fill("转账一直转圈")
    page.locator("button[form=ql]").click()
    expect(page.locator(".c-err").first).to_be_visible()
    expect(page.locator("#id_title")).to_have_value("转账一直转圈")
    assert barriers(page) == []


def test_a_refusal_stands_in_the_dialog_that_asked(open_page, ready, incident):
    page = open_page(ready)
    page.goto(incident.get_absolute_url())
    page.locator('.c-stepbtns a[href*="/resolve/"]').click()
    page.locator("#id_resolution").fill("已扩容")
    services.resolve(services.accept(incident, by=ready), by=ready, resolution="已重启", resolution_code="fixed")
    page.locator("#dialog .btn-primary").click()
    expect(page.locator("#dialog [data-refusal]")).to_be_visible()
    expect(page.locator("#id_resolution")).to_have_value("已扩容")


def test_a_clock_counts_on_by_itself(open_page, ready, incident):
    page = open_page(ready)
    page.clock.install()
    page.goto("/incidents/?view=open")
    words = page.locator("[data-clock] .d").first
    before = words.text_content()
    page.clock.fast_forward(timedelta(minutes=3).seconds * 1000)
    expect(words).not_to_have_text(before)
    page.clock.fast_forward(timedelta(days=1).seconds * 1000 + 86_400_000)
    expect(page.locator("[data-clock]").first).to_have_class(re.compile("is-late"))


def test_j_and_enter_open_the_first_row(open_page, ready, incident):
    page = open_page(ready)
    page.goto("/incidents/?view=open")
    page.keyboard.press("j")
    expect(page.locator("tr.c-row.is-cursor")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/incidents/INC-\d{6}/$"))
