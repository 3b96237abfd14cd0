"""Pictures of a running demo: `python -m tests.browser.screenshots DIR [ADDRESS]`, the program behind script/screenshots.

Every page is taken in Chinese and English, light and dark, 1440 and 390 px wide. A new page joins by one line in PAGES.
"""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tests.browser import chromium

ADDRESS = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
LANGUAGES, THEMES = ("zh-hans", "en"), ("light", "dark")
SIZES = ({"width": 1440, "height": 900}, {"width": 390, "height": 844})
SHORT = {"zh-hans": "zh", "en": "en"}
AGENT, ENGINEER, MANAGER, AUDITOR, TOP, OPS = "lin.zhixia", "chen.ke", "shen.ruoning", "he.ye", "gu.ming", "fang.yuan"


@dataclass(frozen=True)
class Page:
    """One page: its name, where it is, who looks at it (None: nobody signed in), and what is done there before the picture.

    `path` may be `first:SELECTOR@PATH`: the address behind the first such link of PATH; several selectors are followed
    from the last to the first. `keys` are pressed and `click` clicked.
    A `whole` page is taken to its end; a desk that fills the window is taken as it stands there.
    """

    name: str
    path: str
    role: str | None = AGENT
    keys: tuple = ()
    click: str = ""
    whole: bool = True


FIRST_TICKET = "first:.c-list .ttl a@/incidents/?view=open"
PAGES = (
    Page("sign-in", "/accounts/login/", None),
    Page("home-agent", "/"),
    Page("home-engineer", "/", ENGINEER),
    Page("home-manager", "/", MANAGER),
    Page("home-auditor", "/", AUDITOR),
    Page("home-top", "/", TOP),
    Page("change-calendar", "/changes/calendar/", MANAGER),
    Page("change-calendar-week", "/changes/calendar/?view=week", MANAGER),
    Page("change-calendar-services", "/changes/calendar/?view=services", MANAGER),
    Page("change-calendar-day", "/changes/calendar/?view=day", MANAGER),
    Page("change-feed", "/changes/calendar/feed/", MANAGER),
    Page("freezes", "/changes/freezes/", MANAGER),
    Page("freeze-new", "/changes/freezes/new/", MANAGER),
    Page("queue", "/incidents/?view=open", whole=False),
    Page("queue-mine", "/incidents/?view=mine", ENGINEER, whole=False),
    Page("queue-filter", "/incidents/?view=open", keys=("f",)),
    Page("queue-confirm", "/incidents/?view=confirm", MANAGER, whole=False),
    Page("ticket", FIRST_TICKET, MANAGER, whole=False),
    Page("ticket-ledger", FIRST_TICKET, MANAGER, click=".c-reveal > summary"),
    Page("ticket-mine", "first:.c-list .ttl a@/incidents/?view=mine", ENGINEER),
    Page("ticket-resolve", "first:.c-list .ttl a@/incidents/?view=mine", ENGINEER, click='.c-stepbtns a[href*="/resolve/"]'),
    Page("ticket-priority", FIRST_TICKET, MANAGER, click='a[href*="/reprioritise/"]'),
    Page("ticket-transfer", FIRST_TICKET, MANAGER, click='a[href*="/transfer/"]'),
    Page("ticket-supplier", FIRST_TICKET, MANAGER, click='a[href*="/ask-supplier/"]'),
    Page("ticket-service", FIRST_TICKET, MANAGER, click='a[href*="/reclassify/"]'),
    Page("clock", "first:a[href^='/sla/clocks/']:text-matches('日志|log')@.c-list .ttl a@/incidents/?view=open", MANAGER),
    Page("clock-excuse", "first:a[href$='/excuse/']@.c-list .ttl a@/incidents/?view=open", MANAGER),
    Page("clock-correct", "first:a[href$='/correct/']@.c-list .ttl a@/incidents/?view=open", MANAGER),
    Page("ticket-auditor", FIRST_TICKET, AUDITOR, whole=False),
    Page("quick-log", "/incidents/?view=open", keys=("c",)),
    Page("quick-log-page", "/incidents/log/"),
    Page("shortcuts", "/", keys=("?",)),
    Page("search", "/search/?q=网络"),
    Page("changes", "/changes/", ENGINEER, whole=False),
    Page("changes-filter", "/changes/?view=all", ENGINEER, keys=("f",)),
    Page("change", "first:.c-list .ttl a@/changes/?view=awaiting", ENGINEER),
    Page("change-refused", "first:.c-list .ttl a@/changes/?view=mine", ENGINEER, whole=False),
    Page("change-map", "first:main a[href$='/map/']@.c-list .ttl a@/changes/?view=awaiting", ENGINEER),
    Page("change-answers", "first:.c-list .ttl a@/changes/?view=mine", ENGINEER, click='a[href*="/answer/"]'),
    Page("change-new", "/changes/new/", ENGINEER),
    Page("change-new-emergency", "/changes/new/emergency/", ENGINEER),
    Page("change-from-model", "/changes/new/model/", ENGINEER),
    Page("change-models", "/changes/models/", MANAGER),
    Page("approval-policy", "/changes/policy/", MANAGER),
    Page("approval-policy-edit", "/changes/policy/edit/", MANAGER),
    Page("risk-questions", "/changes/questions/", MANAGER),
    Page("risk-questions-edit", "/changes/questions/edit/", MANAGER),
    Page("change-under-way", "first:.c-list .ttl a@/changes/?view=all&state=implementing&kind=normal", ENGINEER),
    Page("change-emergency", "first:.c-list .ttl a@/changes/?view=all&kind=emergency&state=implementing", MANAGER),
    Page("change-closed", "first:.c-list .ttl a@/changes/?view=all&state=closed&risk=medium", MANAGER),
    Page("change-draft", "first:.c-list .ttl a@/changes/?view=all&state=draft", ENGINEER),
    Page("change-scheduled", "first:.c-list .ttl a@/changes/?view=all&state=scheduled&kind=normal", MANAGER),
    Page("change-edit", "first:main a[href$='/edit/']@.c-list .ttl a@/changes/?view=mine", ENGINEER),
    Page("change-risk", "first:main a[href$='/risk/']@.c-list .ttl a@/changes/?view=all&state=draft", ENGINEER),
    Page("model", "first:main table a@/changes/models/", MANAGER),
    Page("model-new", "/changes/models/new/", ENGINEER),
    Page("change-figures", "/changes/figures/", MANAGER),
    Page("change-figure-rows", "first:main a[href*='/changes/figures/']:not([href*='/figures/?'])@/changes/figures/", MANAGER),
    Page("freeze", "first:.c-list .ttl a@/changes/freezes/", MANAGER),
    Page("releases", "/releases/", MANAGER),
    Page("release", "first:.c-list .ttl a@/releases/", ENGINEER),
    Page("release-closed", "first:.c-list tr:last-child .ttl a@/releases/", MANAGER),
    Page("release-new", "/releases/new/", ENGINEER),
    Page("release-edit", "first:main a[href$='/edit/']@.c-list .ttl a@/releases/", MANAGER),
    Page("release-cancel", "first:.c-list .ttl a@/releases/", MANAGER, click='a[href$="/cancel/"]'),
    Page("transitions", "/transitions/", MANAGER),
    Page("transition", "first:.c-list .ttl a@/transitions/", MANAGER),
    Page("transition-new", "/transitions/new/", MANAGER),
    Page("catalogue", "/services/", MANAGER),
    Page("service", "first:main table a@/services/", MANAGER),
    Page("items", "/items/", MANAGER, whole=False),
    Page("item", "first:.c-list .ttl a@/items/", MANAGER),
    Page("item-edit", "first:main a[href$='/edit/']@.c-list .ttl a@/items/", MANAGER),
    Page("item-updates", "/items/updates/", MANAGER),
    Page("item-import", "/items/import/", MANAGER),
    Page("rules", "/rules/", MANAGER),
    Page("rules-auditor", "/rules/?view=process&result=failing", AUDITOR),
    Page("rule", "/rules/T-8.6.1b/", AUDITOR),
    Page("rule-empty", "/rules/T-8.5.2/", ENGINEER),
    Page("rule-sorts", "/rules/new/", MANAGER),
    Page("rule-new", "/rules/new/?record=incident", MANAGER),
    Page("processes", "/processes/", MANAGER),
    Page("processes-clauses", "/processes/?view=clause", AUDITOR),
    Page("processes-gaps", "/processes/?view=gaps", MANAGER),
    Page("process", "/processes/incident/", MANAGER),
    Page("process-owner", "/processes/capacity/owner/", MANAGER),
    Page("ticket-failing", "first:main table a[href*='/incidents/']@/rules/T-8.6.1b/", ENGINEER, whole=False),
    Page("agreements", "/settings/agreements/", MANAGER),
    Page("agreement", "first:main table a@/settings/agreements/", MANAGER),
    Page("agreement-offered", "first:main table a@/settings/agreements/?stage=offered", MANAGER),
    Page("agreement-negotiated", "first:main table a@/settings/agreements/?stage=negotiated", MANAGER),
    Page("agreements-internal", "/settings/agreements/?kind=internal", MANAGER),
    Page("agreement-internal", "first:main table a@/settings/agreements/?kind=internal", MANAGER),
    Page("agreement-draft", "first:main .c-head .push a@main tr:last-child a@/settings/agreements/", MANAGER),
    Page("promise-check", "first:#check-summary a@main a:has-text('SLA-JL-01')@/settings/agreements/", MANAGER),
    Page("ladder", "first:main a[href$='/ladder/']@main a[href$='/draft/']@main a:has-text('SLA-JL-01')@/settings/agreements/", MANAGER),
    Page("heartbeat", "/sla/heartbeat/", MANAGER),
    Page("attainment", "/sla/attainment/", MANAGER),
    Page("change-figures", "/changes/figures/", MANAGER),
    Page("change-figures-rows", "/changes/figures/waits/", MANAGER),
    Page("ticket-cause", FIRST_TICKET, MANAGER, click='a[href$="/cause/"]'),
    Page("sla-dashboard", "/reports/sla/", MANAGER),
    Page("sla-dashboard-narrowed", "/reports/sla/?priority=3&by=team", MANAGER),
    Page("sla-dashboard-empty", "/reports/sla/?from=2024-01&to=2024-02", MANAGER),
    Page("change-dashboard", "/reports/changes/", MANAGER),
    Page("assurance-dashboard", "/assurance/", MANAGER),
    Page("figure-rows-records", "/reports/rows/findings_in_time/", MANAGER),
    Page("calendars", "/settings/calendars/", MANAGER),
    Page("calendar", "/settings/calendars/china-office/", MANAGER),
    Page("calendar-edit", "/settings/calendars/china-office/edit/", MANAGER),
    Page("calendar-holidays", "/settings/calendars/china-office/holidays/", MANAGER),
    Page("customers", "/settings/customers/", MANAGER),
    Page("teams", "/settings/teams/", MANAGER),
    Page("profile", "/settings/profile/", ENGINEER),
    Page("notices", "/notices/", ENGINEER),
    Page("outbox", "/outbox/", MANAGER),
    Page("customer-confirm", "first:pre a@.c-list a:text-matches('请确认是否|please tell us', 'i')@/outbox/", MANAGER),
    Page("customer-answer", "first:pre a@.c-list a:text-matches('已收到您|we have your report', 'i')@/outbox/", MANAGER),
    Page("customer-accept", "first:pre a@.c-list a:text-matches('请阅读并决定|please read and decide', 'i')@/outbox/", MANAGER),
    Page("decisions", "/changes/inbox/", OPS),
    Page("decision", "first:[data-open]@/changes/inbox/", OPS),
    Page("decisions-none", "/changes/inbox/", ENGINEER),
    Page("delegations", "/changes/delegations/", MANAGER),
    Page("delegate", "/changes/delegations/new/", MANAGER),
    Page("customer-approve", "first:pre a@.c-list a:text-matches('仍需您审批|still need your decision', 'i')@/outbox/", MANAGER),
    Page("figure-rows", "/reports/rows/attainment_resolution/", MANAGER),
    Page("figure-rows-closed", "/reports/rows/attainment_resolution_excused/?from=2026-10&to=2026-10", MANAGER),
    Page("figure-rows-arrivals", "/reports/rows/logged_in_time/?slot=33", MANAGER),
    Page("figure-rows-changes", "/reports/rows/approval_in_target/", MANAGER),
    Page("measures", "/reports/measures/", AUDITOR),
    Page("months", "/reports/months/", MANAGER),
    Page("month", "first:.c-tbl td a[href$='#restated']@/reports/months/", MANAGER),
    Page("people", "/settings/people/", MANAGER),
    Page("programmes", "/audits/programmes/", MANAGER),
    Page("programme", "first:main table a@/audits/programmes/", AUDITOR),
    Page("programme-new", "/audits/programmes/new/?year=2031", AUDITOR),
    Page("audits", "/audits/?view=all", AUDITOR, whole=False),
    Page("audit", "first:.c-list .ttl a@/audits/?view=all&state=in_progress", AUDITOR),
    Page("audit-planned", "first:.c-list .ttl a@/audits/?view=all&state=planned", AUDITOR),
    Page("audit-closed", "first:.c-list .ttl a@/audits/?view=all&state=closed", MANAGER),
    Page("audit-new", "/audits/new/", AUDITOR),
    Page("auditors", "/audits/auditors/", MANAGER),
    Page("audit-area", "first:main a[href*='/areas/']@.c-list .ttl a@/audits/?view=all&state=planned", AUDITOR),
    Page("audit-checklist", "first:main a[href$='/checklist/']@.c-list .ttl a@/audits/?view=all&state=in_progress", AUDITOR),
    Page("audit-agenda", "first:main a[href*='/agenda/']@.c-list .ttl a@/audits/?view=all&state=planned", AUDITOR),
    Page("audit-report", "first:main a[href$='/report/']@.c-list .ttl a@/audits/?view=all&state=closed", MANAGER),
    Page("audit-findings", "first:main a.btn[href$='/findings/']@.c-list .ttl a@/audits/?view=all&state=closed", AUDITOR),
    Page("audit-invite", "first:.c-list .ttl a@/audits/?view=all&state=in_progress", AUDITOR, click='a[href$="/invite/"]'),
    Page("findings", "/findings/?view=all", AUDITOR, whole=False),
    Page("findings-filter", "/findings/", AUDITOR, keys=("f",)),
    Page("finding-new", "/findings/new/", AUDITOR),
    Page("finding-closed", "first:.c-list .ttl a@/findings/?view=all&state=closed", AUDITOR),
    Page("finding-major", "first:.c-list .ttl a@/findings/?view=major", AUDITOR),
    Page("finding-open", "first:.c-list .ttl a@/findings/?view=open&clause=8.7.2", "zhou.mingyuan"),
    Page("finding-seen", "first:.c-seen a@.c-list .ttl a@/findings/?view=open&clause=8.6.1", AUDITOR),
    Page("finding-cause", "first:.c-list .ttl a@/findings/?view=open&clause=8.7.2", "zhou.mingyuan", click='a[href*="/correct/"]'),
    Page("finding-sample", "first:.c-roundfacts a@.c-list .ttl a@/findings/?view=all&state=closed", AUDITOR),
    Page("actions", "/actions/?view=running", MANAGER, whole=False),
    Page("actions-filter", "/actions/?view=running&source=review", MANAGER, keys=("f",)),
    Page("reviews", "/reviews/", MANAGER, whole=False),
    Page("review-new", "/reviews/new/", MANAGER),
    Page("review-prepared", "first:.c-list .ttl a@/reviews/", MANAGER),
    Page("review-answer", "first:.c-list .ttl a@/reviews/", MANAGER, click='a[href*="/inputs/objectives/"]'),
    Page("review-invite", "first:.c-list .ttl a@/reviews/", MANAGER, click='a[href*="/invite/"]'),
    Page("review-signed", "first:tr:nth-child(2) .ttl a@/reviews/", TOP),
    Page("review-action", "first:.c-list .ttl a@/actions/?view=overdue&source=review", TOP),
    Page("review-action-drop", "first:.c-list .ttl a@/actions/?view=overdue&source=review", TOP, click='a[href*="/drop/"]'),
    Page("actions-mine", "/actions/", ENGINEER, whole=False),
    Page("samples", "/audits/AUD-000002/samples/", AUDITOR),
    Page("sample-new", "/audits/AUD-000002/samples/new/?kind=incidents", AUDITOR),
    Page("sample", "/audits/AUD-000002/samples/1/", AUDITOR),
    Page("paper", "/audits/AUD-000002/samples/1/paper/", AUDITOR),
    Page("paper-failing", "first:.c-sample .i-fail >> xpath=ancestor::a@/audits/AUD-000002/samples/1/paper/", AUDITOR),
    Page("paper-changes", "/audits/AUD-000002/samples/2/paper/", AUDITOR),
    Page("paper-read", "/audits/AUD-000002/samples/1/paper/1/", ENGINEER),
    Page("settings", "/settings/", MANAGER),
    Page("components", "/settings/components/", MANAGER),
    Page("not-found", "/nowhere/"),
)


def main(folder, address=ADDRESS, only=""):
    """Write one PNG a page, language, theme and width; returns how many could not be taken."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for role in dict.fromkeys(page.role for page in PAGES):
            pages = [page for page in PAGES if page.role == role and re.search(only, page.name)]
            if pages:
                failed += _walk(browser, folder, address, role, pages)
        browser.close()
    return failed


def _walk(browser, folder, address, role, pages):
    """All pictures that one role looks at."""
    failed = 0
    for language in LANGUAGES:
        for theme in THEMES:
            for size in SIZES:
                context = browser.new_context(base_url=address, viewport=size, color_scheme=theme, locale=language, reduced_motion="reduce")
                context.set_default_timeout(15_000)
                context.add_cookies([{"name": "django_language", "value": language, "url": address}])
                opened = context.new_page()
                _enter(opened, role)
                failed += sum(not _taken(opened, page, folder, f"{SHORT[language]}-{theme}-{size['width']}") for page in pages)
                context.close()
    return failed


def _enter(opened, role):
    """Walk in through the demo's door."""
    if role:
        opened.goto("/accounts/login/")
        opened.locator(f'button[name=username][value="{role}"]').click()
        opened.wait_for_load_state()


def _taken(opened, page, folder, look):
    """Take one picture; a page that cannot be reached is said and skipped."""
    try:
        _go(opened, page.path)
        for key in page.keys:
            opened.keyboard.press(key)
        if page.click:
            opened.locator(page.click).first.click(timeout=3_000)
        opened.wait_for_load_state("networkidle")
        whole = page.whole and not (page.keys or page.click)
        opened.screenshot(path=folder / f"{page.name}-{look}.png", full_page=whole, animations="disabled")
    except Error as trouble:
        print(f"screenshots: {page.name} {look}: {trouble.message.splitlines()[0]}", file=sys.stderr)
        return False
    return True


def _go(opened, path):
    """Open an address, or the one behind the first link that a selector finds on another page."""
    *selectors, start = path.removeprefix("first:").split("@")
    opened.goto(start)
    for selector in reversed(selectors):
        opened.goto(opened.locator(selector).first.get_attribute("href", timeout=3_000))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("screenshots: name the folder to write into.")
    try:
        sys.exit(1 if main(*sys.argv[1:]) else 0)
    except FileNotFoundError as missing:
        sys.exit(f"screenshots: {missing}")
