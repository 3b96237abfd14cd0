"""Changes to measure with: written, assessed and submitted by the product's own verbs; and which records the pages show."""

import random
from datetime import datetime, time, timedelta

from bench.changes.load import ZONE
from catalog.models import ConfigurationItem
from changes import risk, services
from changes.models import Category, Change, Seat, Status
from changes.services.asking import waiting_seats
from itsm.core import clock
from itsm.people.models import Organisation, Person, Role

CONTENT = {
    "title": "安装安全补丁 Install security patches", "reason": "公告中的漏洞 A published hole", "benefit": "更安全 Safer", "impact": "",
    "plan": [{"words": "备份 Save", "minutes": 10}, {"words": "安装 Install", "minutes": 30}], 
    "back_out_plan": "恢复快照 Restore the snapshot", "test_evidence": "测试环境通过 Passed in the test room",
}  # fmt: skip
QUIET, BUSY = time(7), time(23)
"""When hardly anybody does anything, and when everybody does."""


def submitted(count, category=Category.CORE_FUNCTION, hour=QUIET):
    """So many changes of low risk put before their deciders, each on another virtual machine, their windows over the next month."""
    day = (clock.now().astimezone(ZONE).date().replace(day=1) + timedelta(days=32)).replace(day=1)
    machines = list(ConfigurationItem.objects.filter(type__code="vm").order_by("code"))
    engineers = list(Person.objects.filter(appointments__role=Role.ENGINEER).order_by("pk").distinct())
    customer, chance = Organisation.objects.customers().order_by("pk").first(), random.Random(f"{category} {hour} {Change.objects.count()}")
    found = []
    for n in range(count):
        starts_at = datetime.combine(day + timedelta(days=n % 28), hour, ZONE)
        fields = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1), "category": category, **CONTENT}
        by, doer = chance.sample(engineers, 2)
        change = services.raise_change(by=by, implementer=doer, items=[chance.choice(machines)], customers=[customer], **fields)
        services.assess(change, by=by, answers={question["code"]: 0 for question in risk.SHIPPED_QUESTIONS})
        found.append(services.submit(change, by=by))
    return found


def seats(change):
    """`{role: seat}` of the open round of a change, loaded as a door loads them."""
    asked = Seat.objects.filter(stage__round__change=change, stage__round__outcome="pending").select_related("stage__round__change")
    return {seat.role: seat for seat in asked}


def holders(role):
    """Everybody who holds a role, in one order."""
    return list(Person.objects.filter(appointments__role=role).select_related("organisation").order_by("pk").distinct())


def pages():
    """What the pages are asked for: numbers of changes that wait and that are closed, and what the database holds."""
    numbers = {
        status: list(Change.objects.filter(status=status).order_by("-number").values_list("number", flat=True)[:400])
        for status in (Status.AWAITING, Status.SCHEDULED, Status.CLOSED)
    }
    month = clock.now().astimezone(ZONE).date().replace(day=1)
    following = (month + timedelta(days=32)).replace(day=1)
    held = {"items": ConfigurationItem.objects.count(), "changes": Change.objects.count(), "seats": waiting_seats().count()}
    return {"numbers": numbers, "months": [_month(month), _month(following)], **held}


def _month(day):
    first, until = (datetime.combine(d, time(), ZONE) for d in (day, (day + timedelta(days=32)).replace(day=1)))
    return {"day": day.isoformat(), "changes": Change.objects.meeting(first, until).count()}
