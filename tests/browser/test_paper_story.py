"""An ungraded and an unconfirmed record found in the working paper, and raised as findings without leaving the page."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from audits import services
from audits.models import Finding, SampleItem
from incidents.models import Incident
from itsm.calendars import services as calendars
from itsm.core import clock
from itsm.people.models import Role
from itsm.people.zones import company_day
from tests import cast
from tests.audits import audit as made
from tests.audits.finding import service
from tests.browser.conftest import PHONE, barriers, slides

RULE = "T-8.6.1a"


def graded(customer, team, owner, at, no, priority, **fields):
    """An incident of medium impact and urgency, so P3 unless somebody says otherwise."""
    return Incident.objects.create(
        title=f"网银转账超时 {no}", description="转账页面一直转圈。", customer=customer, service=service(owner, team), team=team,
        assignee=owner, impact=2, urgency=2, priority=priority, contacted_at=at, logged_at=at, **fields,
    )  # fmt: skip


def planned(lead, at):
    """An audit of incident management that is in progress, about the last sixty days."""
    calendars.ensure_defaults(at=at - timedelta(days=400))
    today = company_day(at)
    days = {"period_from": today - timedelta(days=60), "period_until": today, "starts_on": today, "ends_on": today}
    return made.come_to(made.planned(lead, "incident", at=at, **days), "in_progress", at=at)


def test_an_ungraded_record_is_found_in_the_paper_and_raised_within_the_page(open_page, auditor, team, customer):
    owner, auditee = cast.staff("owner", Role.ENGINEER, team=team, name="林知夏"), cast.staff("auditee", Role.SUPERVISOR, name="许安")
    now = clock.now()
    for no in range(11):
        graded(customer, team, owner, now - timedelta(days=20, hours=no), no, 3, logged_by=auditor if no == 0 else None)
    wrong = graded(customer, team, owner, now - timedelta(days=19), 99, 1)
    audit = planned(auditor, now)
    page = open_page(auditor)
    page.goto(f"/audits/{audit.shown_number}/samples/")
    page.keyboard.press("n")
    page.locator("select[name=kind]").select_option("incidents")
    page.get_by_role("button", name="See what would be drawn").click()
    assert (slides(page), barriers(page)) == (0, [])
    page.get_by_role("button", name="Draw and freeze").click()
    expect(page.get_by_text("with the same seed: the same records.")).to_be_visible()
    assert (slides(page), barriers(page)) == (0, [])
    page.get_by_role("link", name="Working paper").click()
    page.wait_for_url(re.compile("/paper/1/"))
    page.keyboard.press("j")
    page.wait_for_url(re.compile("/paper/2/"))
    page.keyboard.press("k")
    page.wait_for_url(re.compile("/paper/1/"))
    item = SampleItem.objects.get(object_id=wrong.pk)
    page.goto(f"/audits/{audit.shown_number}/samples/1/paper/{item.place}/")
    assert (slides(page), barriers(page)) == (0, [])
    page.keyboard.press("p")
    expect(page.get_by_text("confirmed", exact=True).first).to_be_visible()
    page.keyboard.press("f")
    expect(page.locator("#finding_gap")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" Nobody checks it.")
    page.locator("input[name=grade][value=major]").check()
    page.locator("#finding_grade_why").fill("P1 without a reason")
    page.locator("#finding_auditee").evaluate("(select, value) => select.tomselect.setValue(value)", str(auditee.pk))
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("#finding_grade_why")).to_have_value("P1 without a reason")
    page.locator("#finding_grade_why").focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Raised from this record")).to_be_visible()
    finding = Finding.objects.get()
    assert (finding.audit, finding.grade, finding.seen.get().record) == (audit, "major", wrong)
    assert "Nobody checks it." in finding.gap
    assert SampleItem.objects.get(pk=item.pk).result == "fail"
    phone = open_page(auditor, size=PHONE)
    phone.goto(page.url)
    assert (slides(phone), barriers(phone)) == (0, [])


def test_a_record_of_ones_own_is_swapped_not_opened(open_page, auditor, team, customer):
    owner = cast.staff("owner", Role.ENGINEER, team=team, name="林知夏")
    now = clock.now()
    for no in range(12):
        graded(customer, team, owner, now - timedelta(days=20, hours=no), no, 3, logged_by=auditor if no < 1 else None)
    audit = planned(auditor, now)
    sample = services.draw_paper(audit, by=auditor, kind="incidents", area=audit.areas.get())
    mine = next((item for item in sample.items.all() if item.record.logged_by == auditor), None)
    page = open_page(auditor)
    place = mine.place if mine else 1
    page.goto(f"{sample.get_absolute_url()}paper/{place}/")
    assert (slides(page), barriers(page)) == (0, [])
    if mine is None:
        page.locator("#arrange summary").click()
        page.locator("#swap_reason").fill("I know who did it.")
    else:
        expect(page.get_by_role("alert")).to_contain_text("not yours to judge")
    page.get_by_role("button", name="Swap it").click()
    page.wait_for_url(re.compile("/paper/9/"))
    assert SampleItem.objects.get(place=place).swapped_out_by == auditor
