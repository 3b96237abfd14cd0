"""What a rule finds becomes a major nonconformity, and the tech lead does not audit his own changes: in the browser."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from audits import services
from audits.models import Finding
from itsm.calendars import services as calendars
from itsm.core import clock
from itsm.people.models import Role
from itsm.people.zones import company_day
from tests import cast
from tests.audits import audit as made
from tests.audits.records import World
from tests.browser.conftest import PHONE, barriers, slides
from tests.browser.test_paper_story import graded


def urgent(world, customer, team):
    """Three incidents that somebody called urgent without a reason, and one that is graded as the matrix says."""
    owner, at = cast.staff("owner", Role.ENGINEER, team=team, name="林知夏"), clock.now() - timedelta(days=3)
    return [graded(customer, team, owner, at, no, 3 if no == 3 else 1) for no in range(4)][:3]


def unassessed(world, customer, team):
    """Two changes that nobody assessed the risk of."""
    at = clock.now() - timedelta(days=3)
    moments = {"raised_at": at, "submitted_at": at, "approved_at": at, "started_at": at}
    return [world.change(risk="", **moments) for _no in range(2)]


@pytest.mark.parametrize(("rule", "bad"), [("T-8.6.1a", urgent), ("T-8.5.1a", unassessed)])
def test_what_a_rule_finds_is_raised_as_a_major(open_page, auditor, team, customer, rule, bad):
    auditee = cast.staff("auditee", Role.SUPERVISOR, name="许安")
    found = bad(World(), customer, team)
    page = open_page(auditor)
    page.goto(f"/rules/{rule}/")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text(re.compile(f"{len(found)} of .* failed"))).to_be_visible()
    for record in found:
        expect(page.get_by_role("link", name=re.compile(record.shown_number))).to_be_visible()
    assert (slides(page), barriers(page)) == (0, [])
    page.get_by_role("link", name="Raise a finding").click()
    expect(page.locator("#suggestion")).to_contain_text("More than 20 %")
    page.locator("input[name=grade][value=major]").check()
    page.locator("#id_grade_why").fill("Nothing stops it.")
    page.locator("#id_auditee").evaluate("(select, value) => select.tomselect.setValue(value)", str(auditee.pk))
    page.locator("#id_grade_why").focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/findings/FND-\d{6}/$"))
    finding = Finding.objects.get()
    assert (finding.grade, finding.suggested_grade, finding.source, finding.failed) == ("major", "major", "rule", len(found))
    assert {seen.record for seen in finding.seen.all()} == set(found)
    assert finding.actions.count() == 1


def test_the_tech_lead_is_refused_as_auditor_of_his_own_changes(open_page, auditor, team):
    lead, at = cast.staff("techlead", Role.TECH_LEAD, Role.INTERNAL_AUDITOR, name="沈越"), clock.now()
    calendars.ensure_defaults(at=at - timedelta(days=400))
    world, moment = World(), at - timedelta(days=5)
    moments = {"raised_at": moment, "submitted_at": moment, "approved_at": moment, "started_at": moment}
    for _no in range(3):
        world.change(implementer=lead, **moments)
    today = company_day(at)
    days = {"period_from": today - timedelta(days=60), "period_until": today, "starts_on": today, "ends_on": today}
    audit = made.planned(auditor, "change", at=at, **days)
    area = audit.areas.get()
    for size in ({}, {"size": PHONE}):
        page = open_page(auditor, **size)
        page.goto(f"{audit.get_absolute_url()}areas/{area.pk}/")
        assert (slides(page), barriers(page)) == (0, [])
        expect(page.get_by_role("row", name=re.compile("沈越.*Not independent.*carried out 3 of 3 records"))).to_be_visible()
        page.locator("#id_auditor").evaluate("(select, value) => select.tomselect.setValue(value)", str(lead.pk))
        page.locator(".c-fields .c-formfoot button").click()
        expect(
            page.get_by_text(re.compile("Nobody audits their own work: 沈越 is not independent.*carried out 3 of 3 records"))
        ).to_be_visible()
    area.refresh_from_db()
    assert area.auditor is None
    services.assign(area, by=auditor, auditor=auditor, at=at)
