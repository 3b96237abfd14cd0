"""A missing signature: raised with the keyboard, corrected, and closed once new records show that it works."""

import re

from playwright.sync_api import expect

from audits.models import CorrectiveAction, Finding
from itsm.core import clock
from itsm.people.models import Role
from tests import cast
from tests.audits.conftest import _incident
from tests.audits.finding import service
from tests.browser.conftest import PHONE, barriers, slides
from tests.browser.test_change_story import choose

PARTS = {
    "requirement": "事件须在客户确认之后关闭。", "evidence": "抽查 20 条，2 条没有客户签名。",
    "gap": "事件记录缺少客户签名，程序没有拦住处理人。", "population": "20", "failed": "5", "grade_why": "零散发生",
}  # fmt: skip


def write(page, auditee, owner):
    """Raise the finding: typed, chosen, sent with Ctrl+Enter."""
    page.goto("/findings/")
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/findings/new/$"))
    expect(page.locator("#id_requirement")).to_be_focused()
    for name, words in PARTS.items():
        page.locator(f"#id_{name}").fill(words)
    choose(page, "clause", "8.6.1")
    expect(page.locator("#suggestion")).to_contain_text("More than 20 %")
    page.locator("input[name=grade][value=minor]").check()
    choose(page, "auditee", auditee.name)
    choose(page, "owner", owner.name)
    assert (slides(page), barriers(page)) == (0, [])
    page.locator("#id_grade_why").focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/findings/FND-\d{6}/$"))
    assert (slides(page), barriers(page)) == (0, [])


def do(page, name, **fields):
    """Press one of the buttons of the finding's page, fill its form in, and confirm."""
    page.locator(f".c-side a[href$='/{name}/']").click()
    for field, value in fields.items():
        page.locator(f"#dialog [name={field}]").fill(value)
    page.locator("#dialog .c-formfoot button").click()
    expect(page.locator("#dialog[open]")).to_have_count(0)


def test_from_the_missing_signature_to_the_proof(open_page, auditor, team, customer):
    auditee, owner = cast.staff("auditee", Role.SUPERVISOR, name="许安"), cast.staff("owner", Role.ENGINEER, team=team, name="林知夏")
    paper = open_page(auditor)
    write(paper, auditee, owner)
    finding = Finding.objects.get()
    assert (finding.grade, finding.suggested_grade) == ("minor", "major")
    desk = open_page(owner)
    desk.goto(finding.get_absolute_url())
    do(desk, "correct", correction="给两位客户补打电话。")
    do(desk, "explain", why_1="直接点了关闭。", why_2="页面随时能关。", why_3="关闭步骤没有规定凭什么证明客户确认过。")
    do(desk, "extent", extent="检索当季全部，另有少量。")
    words = {"plan": "培训客服人员；先确认再关闭。", "criterion": "都有客户确认。", "due_on": "2027-06-30", "after_records": "3"}
    do(desk, "propose", **words)
    approver = open_page(auditee, size=PHONE)
    approver.goto(finding.get_absolute_url())
    assert (slides(approver), barriers(approver)) == (0, [])
    do(approver, "approve", words="好")
    desk.reload()
    do(desk, "implement", implementation="培训两场，已上线。")
    assert (slides(desk), barriers(desk)) == (0, [])
    for no in range(4):
        _incident(customer, team, service(owner, team), owner, clock.now(), no)
    paper.reload()
    do(paper, "draw")
    paper.locator("a[href$='/sample/']").first.click()
    for choice in paper.locator("input[type=radio][value=yes]").all():
        choice.check()
    paper.locator("#id_words").fill("逐条查看，都有客户确认。")
    assert (slides(paper), barriers(paper)) == (0, [])
    paper.keyboard.press("Control+Enter")
    paper.wait_for_url(re.compile(r"/findings/FND-\d{6}/"))
    assert Finding.objects.get().status == "closed"
    assert CorrectiveAction.objects.get().verifier == auditor
    for address in ("/findings/?view=all", "/actions/?view=over"):
        paper.goto(address)
        assert (slides(paper), barriers(paper)) == (0, [])
