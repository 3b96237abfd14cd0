"""The whole story in a browser, played by five people: call, dispatch, warning, solution, confirmation on a phone, and the count."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from playwright.sync_api import expect

from incidents.models import Incident
from itsm.core import clock
from itsm.links.models import Receipt
from itsm.notices.tasks import deliver_notices
from itsm.people.models import Shift
from sla import services as sla
from tests.browser.conftest import PHONE, slides
from tests.incidents.conftest import service

__all__ = ["service"]
LINK = re.compile(r"https?://[^/\s]+(/l/[\w-]{43}/)")
UNDER_A_MINUTE = 60


@pytest.fixture
def ready(engineer):
    """The engineer, on shift around now."""
    now = clock.now()
    Shift.objects.create(person=engineer, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=8))
    return engineer


@pytest.fixture
def mails(settings):
    """`mails()`: what the mail server takes now."""
    settings.MAIL_CONFIGURED = True

    def taken():
        before = len(mail.outbox)
        deliver_notices()
        return mail.outbox[before:]

    return taken


def log_by_keyboard(page, contact, wanted):
    """What the agent does while the caller talks; not one click."""
    press, write = page.keyboard.press, page.keyboard.type
    page.goto("/")
    press("c")
    expect(page.locator("#id_customer-ts-control")).to_be_focused()
    write(contact.organisation.name[:2])
    press("Tab")
    expect(page.locator("#id_contact")).to_have_value(str(contact.pk))
    press("Tab")
    write(wanted.name[:2])
    press("Tab")
    write("网银转账一直转圈")
    press("Tab")
    write("约两成用户提交后没有结果")
    press("Tab")
    press("2")
    expect(page.locator("#preview")).to_contain_text("P2")
    press("Control+Enter")
    page.wait_for_url(re.compile(r"/incidents/INC-\d{6}/$"))


def test_from_the_call_to_the_confirmed_ticket(open_page, speaks, service, agent, ready, team_lead, contact, service_manager, mails):
    began = clock.now()
    desk = open_page(speaks(agent, "zh-hans"), "zh-hans")
    log_by_keyboard(desk, contact, service)
    assert (clock.now() - began).total_seconds() < UNDER_A_MINUTE
    incident = Incident.objects.get()
    assert (incident.priority, incident.assignee, incident.logged_by) == (2, ready, agent)
    expect(desk.locator("h1")).to_contain_text("网银转账一直转圈")
    assert {m.to[0] for m in mails()} == {contact.email, ready.email}

    engineer = open_page(ready)
    engineer.goto("/notices/")
    engineer.get_by_text(incident.shown_number).first.click()
    engineer.wait_for_url(re.compile(incident.get_absolute_url()))
    engineer.get_by_role("button", name="Accept").click()
    expect(engineer.locator("[aria-current=step], .is-now").first).to_contain_text("In progress")
    mails()

    target = sla.record_faces(incident)[1][1].target_s
    with clock.at(incident.contacted_at + timedelta(seconds=target * 0.92)):
        sla.sweep()
        assert team_lead.email in {m.to[0] for m in mails()}
    lead = open_page(team_lead)
    lead.goto("/notices/")
    expect(lead.get_by_text(incident.shown_number).first).to_be_visible()

    engineer.get_by_role("link", name=re.compile("Propose a solution")).click()
    engineer.locator("#id_resolution").fill("扩大了连接池")
    engineer.locator("#id_resolution_code").select_option("fixed")
    engineer.locator("#dialog .btn-primary").click()
    expect(engineer.locator("[aria-current=step], .is-now").first).to_contain_text("Resolved")
    asked = next(m for m in mails() if m.to == [contact.email])

    phone = open_page(None, "zh-hans", size=PHONE)
    phone.goto(LINK.search(asked.body)[1])
    expect(phone.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(phone.locator("main")).to_contain_text("扩大了连接池")
    assert slides(phone) <= 0
    phone.locator("label.ok").click()
    phone.locator("label", has=phone.locator("input[name=rating][value='5']")).click()
    phone.locator("button.if-yes").click()
    phone.wait_for_url(re.compile("/thanks/$"))
    assert slides(phone) <= 0

    incident.refresh_from_db()
    assert (incident.status, incident.closing_kind, incident.rating) == ("closed", "confirmed", 5)
    assert Receipt.objects.get().person == contact

    manager = open_page(service_manager)
    manager.goto("/")
    expect(manager.locator("main")).to_contain_text("100")
    manager.goto("/incidents/?view=all&closing=confirmed")
    expect(manager.get_by_text(incident.shown_number).first).to_be_visible()
    manager.goto("/incidents/?view=confirm")
    expect(manager.get_by_text(incident.shown_number)).to_have_count(0)
