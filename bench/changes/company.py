"""Who decides about changes, and the services and promises they touch: beside the company of the bench, by the product's own models."""

from datetime import timedelta

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from bench.company import ROOMY
from bench.people import PASSWORD
from catalog.models import Criticality, Entitlement, ItemType, Service
from changes import services as changes
from changes.models import Category, StandardModel
from itsm.calendars import services as calendars
from itsm.calendars.models import Purpose
from itsm.core import clock
from itsm.people.models import Appointment, Organisation, Person, Role, Team

DECIDERS = {Role.OPS_LEAD: 4, Role.TECH_LEAD: 4, Role.TESTER: 4, Role.PRODUCT_MANAGER: 2, Role.CHANGE_MANAGER: 1, Role.TOP_MANAGEMENT: 1}
ENGINEERS, MODELS = 48, 20
TYPES = (("rack", "机柜", "Rack"), ("host", "物理机", "Host"), ("vm", "虚拟机", "Virtual machine"), ("database", "数据库", "Database"),
         ("application", "应用", "Application"))  # fmt: skip
NIGHTS = [[day, 0, 360] for day in range(7)] + [[day, 1260, 1440] for day in range(7)]
PLAN = [("停流量 Drain the node", 10), ("安装补丁 Install the patch", 25), ("检查 Check", 10), ("恢复流量 Let traffic in again", 5)]


def found(services):
    """Everybody and everything that changes need, with so many services in all."""
    own = Organisation.objects.get(kind=Organisation.Kind.OWN)
    for role, count in DECIDERS.items():
        for n in range(count):
            _person(own, f"{role}{n}", f"{role.label} {n + 1}", role, signs_in=role == Role.OPS_LEAD and n == 0)
    _engineers(own)
    customers = list(Organisation.objects.customers().order_by("pk"))
    for customer in customers:
        speaker = customer.people.order_by("pk").first()
        Appointment.objects.create(person=speaker, role=Role.CUSTOMER_REPRESENTATIVE, organisation=customer, valid=DateRange(None, None))
    _services(services, customers)
    _nights()
    ItemType.objects.bulk_create((ItemType(code=code, name=name, name_en=name_en) for code, name, name_en in TYPES), ignore_conflicts=True)
    changes.policy_in_force(), changes.questions_in_force()
    for n in range(MODELS):
        _model(n)


def _person(own, username, name, role, team=None, *, signs_in=False):
    who = Person(username=username, name=name, organisation=own, email=f"{username}@own.example", language="zh-hans", capacity=ROOMY)
    who.set_password(PASSWORD) if signs_in else who.set_unusable_password()
    who.save()
    Appointment.objects.create(person=who, role=role, team=team, valid=DateRange(None, None))
    return who


def _engineers(own):
    """More of them than the bench's incidents need: so many changes are done beside each other."""
    teams, first = list(Team.objects.order_by("pk")), Person.objects.filter(appointments__role=Role.ENGINEER).count()
    for n in range(ENGINEERS):
        _person(own, f"engineer{first + n}", f"工程师 {first + n + 1}", Role.ENGINEER, teams[n % len(teams)])


def _services(count, customers):
    """So many in all, each used by two customers; each is a configuration item too."""
    owner, teams, have = Person.objects.get(username="manager"), list(Team.objects.order_by("pk")), Service.objects.count()
    made = Service.objects.bulk_create(
        Service(
            code=f"service-{n}", name=f"服务 {n + 1}", name_en=f"Service {n + 1}", content="内容", target="目标", audience="对象",
            cost="费用", criticality=Criticality.CORE if n % 4 == 0 else Criticality.NON_CORE, owner=owner, team=teams[n % len(teams)],
        )
        for n in range(have, count)
    )  # fmt: skip
    users = ((service, customers[(n + more) % len(customers)]) for n, service in enumerate(made) for more in (0, 7))
    Entitlement.objects.bulk_create(
        Entitlement(service=service, customer=customer, valid=DateRange(None, None)) for service, customer in users
    )


def _nights():
    """Every customer has agreed to maintenance at night. What is accepted never changes, so triggers look away."""
    nights = calendars.add(
        by=None, code="nights", name="夜间", purpose=Purpose.MAINTENANCE, tz="Asia/Shanghai", mode="weekly", weekly=NIGHTS,
        at=clock.now() - timedelta(days=900),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE sla_agreementversion SET maintenance_calendar_id = %s WHERE published_at IS NOT NULL", [nights.pk])
        cursor.execute("SET session_replication_role = DEFAULT")


def _model(n):
    at, author = clock.now() - timedelta(days=800), Person.objects.get(username="engineer8")
    model = StandardModel(
        code=f"model-{n}", name=f"例行变更 {n + 1} Routine {n + 1}", category=(Category.INFRASTRUCTURE, Category.OTHER)[n % 2],
        reason="例行维护 Routine upkeep", plan=[{"words": words, "minutes": minutes} for words, minutes in PLAN[: 2 + n % 3]],
        back_out_plan="恢复快照 Restore the snapshot", test_evidence="演练通过 Rehearsed", author=author,
    )  # fmt: skip
    model.save()
    model.approve(
        by=Person.objects.get(username=f"{Role.CHANGE_MANAGER}0"), at=at, review_due_on=(clock.now() + timedelta(days=300)).date()
    )
    model.save()
