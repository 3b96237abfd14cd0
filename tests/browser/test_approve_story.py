"""An approval in a browser: our people in the inbox with the keyboard, the customer on a phone by the link of a mail."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from changes.models import Decision, Status
from itsm.core import clock
from itsm.links.models import Receipt
from itsm.notices.tasks import deliver_notices
from tests.browser.conftest import PHONE, barriers, missing_icons, slides
from tests.changes.conftest import (
    asker,
    assessed,
    company,
    doer,
    draft,
    office,
    ops_lead,
    product_manager,
    submitted,
    tech_lead,
    tester,
)

__all__ = ["asker", "assessed", "company", "doer", "draft", "office", "ops_lead", "product_manager", "submitted", "tech_lead", "tester"]
LINK = re.compile(r"https?://[^/\s]+(/l/[\w-]{43}/)")
IMPACT = "转账和批量代发在窗口内暂停约 20 分钟，余额查询不受影响。"


@pytest.fixture
def change(submitted, settings):
    settings.MAIL_CONFIGURED = True
    return submitted("high", at=clock.now(), title="支付数据库：按月分区账务表", impact=IMPACT, interrupts=True)


def clean(page):
    assert slides(page) <= 0
    assert barriers(page) == []
    assert missing_icons(page) == []


def test_from_the_inbox_to_the_customers_phone(open_page, change, service_manager, tech_lead, representative, speaks):
    desk = open_page(service_manager)
    desk.goto("/changes/inbox/")
    expect(desk.locator(".c-rail a[href='/changes/inbox/'] .c-count")).to_contain_text("1")
    press = desk.keyboard.press
    press("j")
    press("a")
    expect(desk.locator("[data-unfolded]")).to_contain_text("Boot the former image.")
    clean(desk)
    assert not Decision.objects.exists()
    press("a")
    expect(desk.locator("[data-done]")).to_contain_text("Approved")

    lead = open_page(tech_lead)
    lead.goto("/changes/inbox/")
    lead.locator("[data-open]").click()
    expect(lead.locator("[data-approve]")).to_be_visible()
    lead.keyboard.press("q")
    expect(lead.locator("textarea[name=words]")).to_be_focused()
    lead.keyboard.type("Is it rehearsed?")
    lead.keyboard.press("Control+Enter")
    expect(lead.locator("[data-done]")).to_contain_text("question")
    lead.goto("/changes/inbox/")
    lead.locator("[data-open]").click()
    lead.locator("[data-approve]").click()
    expect(lead.locator("[data-done]")).to_contain_text("Approved")

    deliver_notices()
    asked = next(m for m in mail.outbox if m.to == [representative.email])
    phone = open_page(None, "zh-hans", size=PHONE)
    phone.goto(LINK.search(asked.body)[1] + "?language=zh-hans")
    expect(phone.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(phone.locator(".c-note.is-amber")).to_contain_text(IMPACT)
    expect(phone.locator("[data-approve]")).to_be_in_viewport()
    clean(phone)
    phone.locator("[data-say]").click()
    phone.locator(".c-say button").click()
    expect(phone.locator(".c-err")).to_be_visible()
    expect(phone.locator("[data-approve]")).to_be_hidden()
    phone.locator("[data-say]").click()
    phone.locator(".c-approve button").click()
    phone.wait_for_url(re.compile("/thanks/"))
    clean(phone)

    change.refresh_from_db()
    assert change.status in (Status.APPROVED, Status.SCHEDULED)
    receipt = Receipt.objects.get()
    assert (receipt.person, receipt.choice, receipt.language) == (representative, "approve", "zh-hans")
    assert IMPACT in receipt.shown_text
    assert Decision.objects.filter(choice="approve").count() == 3


def test_rejecting_by_keyboard_needs_words(open_page, change, service_manager):
    desk = open_page(service_manager, size=PHONE, theme="dark")
    desk.goto("/changes/inbox/")
    desk.locator("[data-open]").click()
    expect(desk.locator("[data-approve]")).to_be_in_viewport()
    clean(desk)
    desk.keyboard.press("r")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".c-err")).to_contain_text("Say why")
    assert not Decision.objects.exists()
    desk.locator("textarea[name=words]").fill("Not before the month ends.")
    desk.locator("textarea[name=words]").press("Control+Enter")
    expect(desk.locator("[data-done]")).to_contain_text("Rejected")
    change.refresh_from_db()
    assert change.status == Status.REJECTED


def test_delegating(open_page, company, tech_lead, doer):
    page = open_page(tech_lead)
    page.goto("/changes/delegations/new/")
    clean(page)
    page.locator("#id_receiver-ts-control").fill("陈可")
    page.keyboard.press("Enter")
    page.locator("#id_reason").fill("On the road")
    page.locator("main .btn-primary").click()
    expect(page.locator("main")).to_contain_text("陈可")
    clean(page)
