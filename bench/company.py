"""The company of the bench: customers, contacts, teams, engineers, services and promises, made by the product's own models."""

from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from rest_framework.authtoken.models import Token

from bench.people import AGENTS, MANAGER, PASSWORD
from catalog.models import Criticality, Entitlement, Service
from itsm.calendars import services as calendars
from itsm.core import clock
from itsm.people.models import Appointment, Organisation, Person, Role, Team
from sla.services import default_agreement

CUSTOMERS, CONTACTS_EACH, TEAMS, ENGINEERS, SERVICES = 20, 4, 4, 12, 10
ROOMY = 30_000
"""Capacity of an engineer, so that new incidents find somebody however many are open."""


def found():
    """Found the whole company."""
    own = Organisation.objects.create(kind=Organisation.Kind.OWN, name="云枢科技", code="own")
    calendars.ensure_defaults()
    manager = _person(own, MANAGER, "沈若宁", Role.SERVICE_MANAGER)
    teams = [_team(own, i) for i in range(TEAMS)]
    for i in range(ENGINEERS):
        _engineer(own, i, teams[i % TEAMS])
    services = [_service(i, manager, teams[i % TEAMS]) for i in range(SERVICES)]
    for i in range(CUSTOMERS):
        _customer(i, services)


def _person(own, username, name, role=None, team=None, **details):
    who = Person(username=username, name=name, organisation=own, email=f"{username}@own.example", language="zh-hans", **details)
    who.set_password(PASSWORD)
    who.save()
    if role:
        Appointment.objects.create(person=who, role=role, team=team, valid=DateRange(None, None))
    return who


def _team(own, i):
    lead = _person(own, f"lead{i}", f"组长 {i + 1}")
    return Team.objects.create(name=f"运维{i + 1}组", name_en=f"Operations {i + 1}", lead=lead)


def _engineer(own, i, team):
    """Engineers on duty round the clock; the first of them answer the phone too."""
    always = calendars.Calendar.objects.get(code=calendars.ALWAYS)
    username = AGENTS[i] if i < len(AGENTS) else f"engineer{i}"
    who = _person(own, username, f"工程师 {i + 1}", Role.ENGINEER, team, works_on=always, capacity=ROOMY)
    if username in AGENTS:
        Appointment.objects.create(person=who, role=Role.SERVICE_DESK, team=team, valid=DateRange(None, None))
        Token.objects.create(user=who, key=f"{i:040d}")


def _service(i, owner, team):
    return Service.objects.create(
        code=f"service-{i}", name=f"服务 {i + 1}", name_en=f"Service {i + 1}", content="内容", target="目标", audience="对象", cost="费用",
        criticality=Criticality.CORE if i % 2 else Criticality.NON_CORE, owner=owner, team=team,
    )  # fmt: skip


def _customer(i, services):
    customer = Organisation.objects.create(kind=Organisation.Kind.CUSTOMER, name=f"客户 {i + 1} 有限公司", code=f"customer-{i}")
    for j in range(CONTACTS_EACH):
        contact = Person(username=f"contact{i}-{j}", name=f"联系人 {i + 1}-{j + 1}", organisation=customer, phone="010-1")
        contact.email = f"{contact.username}@customer.example"
        contact.set_unusable_password()
        contact.save()
    for service in services[i % 3 :]:
        Entitlement.objects.create(customer=customer, service=service, valid=DateRange(None, None))
    at = clock.now() - timedelta(days=1000)
    default_agreement(customer, effective_from=at, at=at)
