"""The catalogue: who sees what, who bought what for which days, and what its trail says."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import translation

from catalog import services
from catalog.models import Entitlement, Service
from itsm.core.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_service(team, service_manager):
    """A live service that nobody has bought, without English words."""
    return Service.objects.create(
        code="backup", name="备份", content="内容", target="目标", audience="对象", cost="费用", criticality="non_core",
        owner=service_manager, team=team,
    )  # fmt: skip


def events(model, record):
    return apps.get_model(f"catalog.{model}Event").objects.filter(pgh_obj_id=record.pk).order_by("pgh_id")


def test_staff_see_everything_and_a_customer_what_they_bought(service, other_service, agent, auditor, requester, stranger, service_manager):
    def seen(person):
        return set(Service.objects.visible_to(person))

    assert seen(agent) == seen(auditor) == {service, other_service}
    assert (seen(requester), seen(stranger)) == ({service}, set())
    services.entitle(stranger.organisation, other_service, by=service_manager, valid=DateRange(date(2026, 1, 1), None))
    assert (seen(requester), seen(stranger)) == ({service}, {other_service})
    services.retire(service, by=service_manager)
    assert seen(requester) == set()
    assert seen(agent) == {service, other_service}


def test_a_customer_sees_a_service_once_however_often_they_bought_it(other_service, stranger, service_manager):
    for year in (2025, 2026):
        services.entitle(stranger.organisation, other_service, by=service_manager, valid=DateRange(date(year, 1, 1), date(year + 1, 1, 1)))
    assert list(Service.objects.visible_to(stranger)) == [other_service]


def days(first, last=None):
    return DateRange(date.fromisoformat(first), date.fromisoformat(last) if last else None)


@pytest.mark.parametrize(
    ("held", "wanted", "fits"),
    [
        (("2026-01-01", "2026-07-01"), ("2026-07-01", "2027-01-01"), True),
        (("2026-01-01", "2026-07-01"), ("2025-01-01", "2026-01-01"), True),
        (("2026-01-01", "2026-07-01"), ("2026-06-30", "2027-01-01"), False),
        (("2026-01-01", "2026-07-01"), ("2026-03-01", "2026-04-01"), False),
        (("2026-01-01", None), ("2030-01-01", None), False),
        (("2026-01-01", None), ("2025-01-01", "2026-01-02"), False),
    ],
)
def test_a_service_is_bought_once_at_a_time(other_service, customer, other_customer, service_manager, held, wanted, fits):
    services.entitle(customer, other_service, by=service_manager, valid=days(*held))
    if fits:
        services.entitle(customer, other_service, by=service_manager, valid=days(*wanted))
    else:
        with pytest.raises(Refused, match="already"):
            services.entitle(customer, other_service, by=service_manager, valid=days(*wanted))
        with pytest.raises(IntegrityError), transaction.atomic():
            Entitlement.objects.create(customer=customer, service=other_service, valid=days(*wanted))
    services.entitle(other_customer, other_service, by=service_manager, valid=days(*wanted))


def test_an_entitlement_ends_with_a_day_and_not_before_it_began(other_service, customer, service_manager):
    bought = services.entitle(customer, other_service, by=service_manager, valid=days("2026-01-01"))
    with pytest.raises(Refused):
        services.end_entitlement(bought, by=service_manager, last_on=date(2025, 12, 31))
    ended = services.end_entitlement(bought, by=service_manager, last_on=date(2026, 3, 31))
    assert ended.last_on == date(2026, 3, 31)
    assert Entitlement.objects.held(customer, other_service, date(2026, 3, 31)).exists()
    assert not Entitlement.objects.held(customer, other_service, date(2026, 4, 1)).exists()


def test_an_entitlement_does_not_grow_into_the_next_one(other_service, customer, service_manager):
    first = services.entitle(customer, other_service, by=service_manager, valid=days("2026-01-01", "2026-04-01"))
    services.entitle(customer, other_service, by=service_manager, valid=days("2026-06-01"))
    with pytest.raises(Refused, match="already"):
        services.end_entitlement(first, by=service_manager, last_on=date(2026, 12, 31))
    assert services.end_entitlement(first, by=service_manager, last_on=date(2026, 5, 31)).last_on == date(2026, 5, 31)


def test_nothing_new_is_logged_on_a_retired_service_but_what_is_open_stays(
    client, service, log, agent, service_manager, customer, requester
):
    incident = log()
    services.retire(service, by=service_manager)
    with pytest.raises(Refused):
        services.retire(service, by=service_manager)
    report = {
        "customer": customer.pk, "contact": requester.pk, "service": service.pk, "title": "t", "description": "d", "impact": 1,
        "urgency": 1,
        "channel": "phone",
    }  # fmt: skip
    client.force_login(agent, backend="itsm.people.backends.SignInBackend")
    assert client.post("/incidents/log/", report).status_code == 422
    assert client.get(incident.get_absolute_url()).status_code == 200
    services.bring_back(service, by=service_manager)
    assert client.post("/incidents/log/", report).status_code == 302


def test_names_and_facets_are_told_in_the_readers_language(service, other_service):
    with translation.override("en"):
        assert (str(service), str(other_service)) == ("Online banking", "备份")
        assert [text for _title, text in other_service.facets()] == ["内容", "目标", "对象", "费用"]
    with translation.override("zh-hans"):
        assert (str(service), str(other_service)) == ("网银渠道", "备份")


def test_the_trail_keeps_who_changed_what_in_which_act(other_service, service_manager, top_manager):
    other_service.cost = "100"
    services.keep_service(other_service, by=service_manager)
    services.retire(other_service, by=top_manager)
    told = [(e.cost, bool(e.retired_at), e.pgh_context["by"], e.pgh_context["step"]) for e in events("Service", other_service)[1:]]
    assert told == [("100", False, service_manager.pk, "keep_service"), ("100", True, top_manager.pk, "retire")]


def test_the_trail_keeps_who_sold_what(other_service, customer, service_manager):
    bought = services.entitle(customer, other_service, by=service_manager, valid=days("2026-01-01"))
    services.end_entitlement(bought, by=service_manager, last_on=date(2026, 12, 31))
    told = [(e.valid.upper, e.pgh_context["step"]) for e in events("Entitlement", bought)]
    assert told == [(None, "entitle"), (date(2026, 12, 31) + timedelta(days=1), "end_entitlement")]


@pytest.mark.parametrize("table", ["catalog_service", "catalog_entitlement", "catalog_serviceevent", "catalog_entitlementevent"])
def test_nothing_of_the_catalogue_disappears(service, table):
    for sql in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Service.objects.filter(pk=service.pk).exists()
