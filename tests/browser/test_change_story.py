"""One change from the wish to the closed record, in a browser: asked for, assessed, approved, carried out, confirmed, closed."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from catalog.models import ConfigurationItem, ItemType, ItemUpdate
from changes.models import Change, Status, StepRun
from itsm.core import clock
from tests.browser.conftest import barriers, slides
from tests.changes.conftest import asker, company, doer, office, ops_lead, product_manager, tech_lead, tester

__all__ = ["asker", "company", "doer", "office", "ops_lead", "product_manager", "tech_lead", "tester"]
HOME = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def item(ops_lead):
    kind = ItemType.objects.get_or_create(code="server", defaults={"name": "服务器", "name_en": "Server"})[0]
    return ConfigurationItem.objects.create(code="WEB-01", name="前端服务器", type=kind, owner=ops_lead, details={"系统": "Debian 12"})


def choose(page, field, words):
    """Choose in a searchable select as somebody who types."""
    page.locator(f"#id_{field}-ts-control").fill(words)
    page.locator(".ts-dropdown:visible .option", has_text=words).first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def write(page, doer, item):
    """The form of a change, filled in for a window that opens in an hour."""
    page.goto("/changes/new/")
    page.locator("#id_category").select_option("infrastructure")
    page.locator("#id_title").fill("前端服务器打补丁")
    page.locator("#id_reason").fill("厂商公布漏洞")
    choose(page, "items", item.code)
    choose(page, "implementer", doer.name)
    for no, words in enumerate(("摘除并打补丁", "检查后恢复")):
        page.locator(".c-plan textarea").nth(no).fill(words)
        page.locator(".c-plan .x-min input").nth(no).fill("10")
    page.locator("#id_test_evidence").fill("演练过")
    page.locator("#id_back_out_plan").fill("恢复快照")
    opens = clock.now().astimezone(HOME) + timedelta(hours=1)
    page.locator("#id_starts_at").fill(f"{opens:%Y-%m-%dT%H:%M}")
    page.locator("#id_ends_at").fill(f"{opens + timedelta(hours=3):%Y-%m-%dT%H:%M}")
    page.locator("button[name=act][value=risk]").click()
    page.wait_for_url(re.compile("/risk/$"))


def do(page, name, **fields):
    """Press one of the buttons of the change's page, and confirm."""
    page.locator(f".c-side a[href$='/{name}/']").click()
    for field, value in fields.items():
        page.locator(f"#dialog [name={field}]").select_option(value)
    page.locator("#dialog .c-formfoot button").click()
    expect(page.locator("#dialog[open]")).to_have_count(0)


def test_from_the_wish_to_the_closed_record(open_page, asker, doer, ops_lead, item, monkeypatch):
    desk = open_page(asker)
    write(desk, doer, item)
    for question in desk.locator(".c-question:has(input[type=radio])").all():
        question.locator("input[type=radio]").first.check()
    desk.locator("main .btn-primary").last.click()
    desk.wait_for_url(re.compile(r"/changes/CHG-\d{6}/$"))
    assert (slides(desk), barriers(desk)) == (0, [])
    do(desk, "submit")

    lead = open_page(ops_lead)
    lead.goto("/changes/inbox/")
    lead.keyboard.press("j")
    lead.keyboard.press("a")
    expect(lead.locator("[data-unfolded] .c-conflicts")).to_contain_text("Nothing is in the way")
    lead.keyboard.press("a")
    expect(lead.locator("[data-done]")).to_contain_text("Approved")
    change = Change.objects.get()
    assert change.status == Status.SCHEDULED

    engineer = open_page(doer)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=1))  # for the server's threads too
    carry_out(engineer, change)
    assert StepRun.objects.filter(change=change, result="done").count() == 2
    assert ItemUpdate.objects.get(item=item, what="changed").object_id == change.pk
    change.refresh_from_db()
    assert (change.status, change.result) == (Status.CLOSED, "successful")


def carry_out(page, change):
    """Start, tick both steps, write down what became of the item, confirm, close."""
    page.goto(change.get_absolute_url())
    do(page, "start")
    ticks = page.locator("#carrying-out .c-tick .btn-primary")
    for words in ("Done", "Begin", "Done"):
        ticks.click()
        expect(ticks).to_contain_text(words)
    ticks.click()
    expect(ticks).to_have_count(0)
    do(page, "implement")
    page.locator(".c-cis a").click()
    page.locator("#dialog textarea[name$=details]").fill("系统: Debian 13")
    page.locator("#dialog .c-formfoot button").click()
    expect(page.locator("#dialog[open]")).to_have_count(0)
    do(page, "confirm-items")
    do(page, "close")
    expect(page.locator("[aria-current=step]")).to_contain_text("Closed")
