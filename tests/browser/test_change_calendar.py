"""The change calendar in a browser: nobody is shut out, nothing slides sideways, and the policy of the page is kept."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from catalog.models import Entitlement
from changes import services
from itsm.calendars import services as calendars
from itsm.calendars.models import Purpose
from itsm.core import clock
from itsm.people.models import Role
from sla.models import Agreement
from tests import cast
from tests.browser.conftest import DESK, PHONE, barriers, missing_icons, slides
from tests.changes import estate, plans
from tests.sla.conftest import published

LOOKS = [("zh-hans", "light", DESK), ("en", "dark", DESK), ("zh-hans", "dark", PHONE), ("en", "light", PHONE)]
TITLES = (
    "Patch the web servers",
    "支付数据库按月分区",
    "Renew the certificates of the gateway",
    "核心交换机升级",
    "Move the report jobs to the new queue",
)


@pytest.fixture
def company(db, own_company, team, customer, top_manager):
    """A month with changes, one in another's way, a freeze, and a maintenance window."""
    calendars.ensure_defaults()
    keeper, doer = (cast.staff(name, Role.ENGINEER, team=team, name=shown) for name, shown in (("keeper", "苏航"), ("doer", "陈可")))
    lead, manager = cast.staff("ops", Role.OPS_LEAD, name="周明远"), cast.staff("changes", Role.CHANGE_MANAGER, name="白简")
    rack = estate.item("rack-01", owner=keeper)
    machines = [estate.item(f"vm-{no}", on=[rack], owner=keeper) for no in range(4)]
    banks = [
        estate.service(name, owner=keeper, on=[machine]) for name, machine in zip(("online-banking", "payments"), machines, strict=False)
    ]
    Entitlement.objects.create(customer=customer, service=banks[0], valid=DateRange(None, None))
    nights = calendars.add(
        by=None, code="nights", name="夜间", purpose=Purpose.MAINTENANCE, tz="Asia/Shanghai", mode="weekly", weekly=[[5, 1320, 1440]]
    )
    published(Agreement.objects.create(customer=customer), {}, maintenance_calendar=nights)
    now = clock.now()
    hands = [doer, cast.staff("other", Role.ENGINEER, team=team, name="许多")]
    made = []
    for no in range(14):
        start = now + timedelta(hours=5 * no - 4, minutes=40)
        change = services.raise_change(
            by=keeper, **{**plans.CONTENT, "title": TITLES[no % 5]}, implementer=hands[no % 2], customers=[customer],
            items=[machines[no % 4]], starts_at=start, ends_at=start + timedelta(hours=3 + 3 * (no % 3)),
        )  # fmt: skip
        change = services.assess(change, by=keeper, answers=plans.answers("low"))
        change = services.submit(change, by=keeper)
        if no % 5:
            services.decide(plans.seat(change, "ops_lead"), by=lead, choice="approve")
        made.append(change)
    freeze = {"name": "双十一封网", "name_en": "Singles' Day freeze", "reason": "Sales peak", "services": [banks[1]]}
    services.set_freeze(by=manager, **freeze, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=4))
    return manager


PATHS = (
    "calendar/", "calendar/?view=week", "calendar/?view=services", "calendar/?view=day", "calendar/feed/", "freezes/", "freezes/new/",
    "freezes/?over",
)  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_have_no_barrier(open_page, speaks, company, look):
    language, theme, size = look
    page = open_page(speaks(company, language), language, theme, size)
    for path in PATHS:
        page.goto(f"/changes/{path}")
        assert (path, barriers(page)) == (path, [])
        assert (path, slides(page) <= 0) == (path, True)
        assert missing_icons(page) == []
    page.goto("/changes/freezes/")
    page.locator(".c-list .ttl a").first.click()
    page.wait_for_url("**/freezes/*/")
    assert barriers(page) == []


def test_a_click_opens_the_change_and_the_keyboard_reaches_it(open_page, company):
    page = open_page(company)
    page.goto("/changes/calendar/?view=week")
    link = page.locator("a.x-entry").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/changes/CHG-*/")
