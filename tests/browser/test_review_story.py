"""A management review: planned, compiled, answered, held, judged and signed by top management, and its action tracked to its end."""

import re

import pytest
from playwright.sync_api import expect

from audits.models import ManagementReview, ReviewAction
from itsm.core import clock
from itsm.people.models import Role
from itsm.people.zones import company_day
from tests import cast
from tests.browser.conftest import PHONE, barriers, slides


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """Papers of a test lie in a folder of its own."""
    settings.STATE_DIR = tmp_path


def do(page, name, **fields):
    """Press one of the buttons of the page, fill its form in, and confirm."""
    page.locator(f".c-side a[href$='/{name}/']").click()
    for field, value in fields.items():
        page.locator(f"#dialog [name={field}]").fill(value)
    page.locator("#dialog .c-formfoot button").click()
    expect(page.locator("#dialog[open]")).to_have_count(0)


def is_fit(page):
    assert (slides(page), barriers(page)) == (0, [])


def plan(desk):
    """Planned with the keyboard: the only top manager stands there as chair already."""
    desk.goto("/reviews/")
    is_fit(desk)
    desk.keyboard.press("n")
    desk.wait_for_url(re.compile("/reviews/new/$"))
    is_fit(desk)
    desk.locator("#id_planned_on").fill(company_day(clock.now()).isoformat())
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(re.compile(r"/reviews/REV-\d{6}/$"))


def prepare(desk):
    """Compiled by itself, and the rest in words."""
    do(desk, "compile")
    expect(desk.locator("#inputs")).to_contain_text("missing")
    is_fit(desk)
    for key in ("issues", "feedback", "policy", "objectives", "suppliers", "resources", "risks"):
        desk.locator(f"a[href$='/inputs/{key}/']").click()
        desk.locator("#dialog [name=words]").fill("没有变化。")
        desk.locator("#dialog .c-formfoot button").click()
        expect(desk.locator(f"#input-{key} .c-said")).to_have_text("没有变化。")


def hold(desk):
    desk.locator(".c-side a[href$='/hold/']").click()
    is_fit(desk)
    desk.locator("#dialog .c-formfoot button").click()
    expect(desk.locator("#dialog[open]")).to_have_count(0)
    expect(desk.locator("a[href$='/compile/']")).to_have_count(0)


def judge(chair):
    chair.locator(".c-side a[href$='/judge/']").click()
    for question in ("suitable", "adequate", "effective"):
        chair.locator(f"#dialog input[name={question}_answer][value=yes]").check()
        chair.locator(f"#dialog [name={question}_reasons]").fill("承诺守住了，缺口有人负责。")
    is_fit(chair)
    chair.locator("#dialog .c-formfoot button").click()
    expect(chair.locator("#dialog[open]")).to_have_count(0)


def test_compiled_judged_signed_and_its_action_tracked(open_page, service_manager, top_manager, own_company):
    owner = cast.staff("owner", Role.ENGINEER, name="周明远")
    desk = open_page(service_manager)
    plan(desk)
    prepare(desk)
    hold(desk)
    review = ManagementReview.objects.get()
    assert (review.status, len(review.picture)) == ("held", 15)
    desk.locator(".c-side a[href$='/decide/']").click()
    desk.locator("#dialog [name=title]").fill("夜班增加一人")
    desk.locator("#dialog [name=due_on]").fill("2027-06-30")
    desk.locator("#dialog #id_owner-ts-control").fill(owner.name)
    desk.locator(".ts-dropdown:visible .option", has_text=owner.name).first.click()
    desk.locator("#dialog .c-formfoot button").click()
    expect(desk.locator("#dialog[open]")).to_have_count(0)
    expect(desk.locator(".c-side a[href$='/sign/']")).to_have_count(0)
    chair = open_page(top_manager, language="zh-hans", theme="dark", size=PHONE)
    chair.goto(review.get_absolute_url())
    is_fit(chair)
    judge(chair)
    do(chair, "sign")
    expect(chair.locator(".c-side .c-file")).to_have_count(2)
    is_fit(chair)
    assert ManagementReview.objects.get().status == "closed"
    track(open_page(owner), chair)


def track(mine, chair):
    """Its owner finds it among their actions, reports it done; the chair accepts it."""
    mine.goto("/actions/")
    is_fit(mine)
    mine.locator(".c-list .ttl a").click()
    do(mine, "report", shown="排班表已更新，见附件。")
    is_fit(mine)
    chair.goto("/actions/")
    chair.locator(".c-list .ttl a").click()
    do(chair, "accept", words="好")
    is_fit(chair)
    assert ReviewAction.objects.get().status == "accepted"
