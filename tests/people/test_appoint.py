from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.people import services, signals
from itsm.people.models import Appointment, Person, Role, Team
from itsm.people.zones import company_day
from tests.threads import at_once

DAY = timedelta(days=1)


def fresh(person):
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def today(db):
    return company_day(clock.now())


def test_an_appointed_engineer_holds_the_role_from_today(service_manager, auditor, team):
    services.appoint(auditor, Role.ENGINEER, by=service_manager, team=team)
    assert fresh(auditor).roles == {"internal_auditor", "engineer"}
    assert team.pk in fresh(auditor).team_ids


def test_a_role_that_begins_tomorrow_is_not_held_today(service_manager, agent, team, today):
    services.appoint(agent, Role.ENGINEER, by=service_manager, team=team, first_on=today + DAY)
    assert not fresh(agent).has_role(Role.ENGINEER)
    with clock.at(clock.now() + DAY):
        assert fresh(agent).has_role(Role.ENGINEER)


def test_there_is_one_service_manager_at_a_time(service_manager, agent, today):
    with pytest.raises(Refused, match="IT service manager"):
        services.appoint(agent, Role.SERVICE_MANAGER, by=service_manager)
    held = service_manager.appointments.get()
    services.end_appointment(held, by=service_manager, last_on=today)
    assert services.appoint(agent, Role.SERVICE_MANAGER, by=None, first_on=today + DAY)


def test_the_database_itself_refuses_a_second_service_manager(service_manager, agent):
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(person=agent, role=Role.SERVICE_MANAGER, valid=DateRange(date(2026, 1, 1), None))


@pytest.mark.django_db(transaction=True)
def test_two_who_appoint_a_service_manager_at_once_appoint_one(agent, engineer):
    results = at_once(*[lambda p=p: services.appoint(p, Role.SERVICE_MANAGER, by=None) for p in (agent, engineer)])
    assert Appointment.objects.filter(role=Role.SERVICE_MANAGER).count() == 1
    assert {type(result) for result in results} == {Appointment, Refused}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_down_the_same_at_once_one_reads_a_sentence(own_company):
    for _ in range(3):
        name = f"team {Team.objects.count()}"
        results = at_once(*[lambda name=name: services.add_team(by=None, name=name)] * 2)
        assert {type(result) for result in results} == {Team, Refused}


def test_only_keepers_appoint(agent, engineer, team, service_manager):
    with pytest.raises(NotAllowed):
        services.appoint(engineer, Role.SUPERVISOR, by=agent, team=team)
    assert services.appoint(engineer, Role.SUPERVISOR, by=service_manager, team=team)


def test_an_engineer_needs_a_team(service_manager, auditor, team):
    with pytest.raises(Refused, match="team"):
        services.appoint(auditor, Role.ENGINEER, by=service_manager)
    assert services.appoint(auditor, Role.ENGINEER, by=service_manager, team=team)


def test_a_representative_represents_their_own_organisation(service_manager, contact, customer, other_customer):
    with pytest.raises(Refused):
        services.appoint(contact, Role.CUSTOMER_REPRESENTATIVE, by=service_manager, organisation=other_customer)
    services.appoint(contact, Role.CUSTOMER_REPRESENTATIVE, by=service_manager, organisation=customer)
    assert fresh(contact).represents(customer.pk)


def test_a_customers_contact_cannot_become_our_engineer(service_manager, contact, agent, team):
    with pytest.raises(Refused):
        services.appoint(contact, Role.ENGINEER, by=service_manager, team=team)
    assert services.appoint(agent, Role.ENGINEER, by=service_manager, team=team)


def test_ending_keeps_the_days_that_were_and_announces_it(service_manager, engineer, today):
    heard = []
    signals.appointment_changed.connect(receiver := lambda sender, person, at, **_: heard.append(person), weak=False)
    held = services.end_appointment(engineer.appointments.get(), by=service_manager)
    signals.appointment_changed.disconnect(receiver)
    assert heard == [engineer]
    assert held.last_on == today
    assert fresh(engineer).has_role(Role.ENGINEER)
    with clock.at(clock.now() + DAY):
        assert not fresh(engineer).has_role(Role.ENGINEER)


def test_an_appointment_that_never_began_is_withdrawn(service_manager, agent, team, today):
    planned = services.appoint(agent, Role.ENGINEER, by=service_manager, team=team, first_on=today + 7 * DAY)
    services.end_appointment(planned, by=service_manager)
    planned.refresh_from_db()
    assert planned.withdrawn_at
    with clock.at(clock.now() + 8 * DAY):
        assert not fresh(agent).has_role(Role.ENGINEER)


def test_an_ended_appointment_cannot_be_ended_again(service_manager, engineer):
    held = engineer.appointments.get()
    services.end_appointment(held, by=service_manager)
    with clock.at(clock.now() + 2 * DAY), pytest.raises(Refused):
        services.end_appointment(held, by=service_manager)


def test_roles_and_leads_cost_one_query(engineer, team, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert engineer.has_role(Role.ENGINEER)
        assert not engineer.leads(team.pk)
        assert engineer.team_ids == {team.pk}


def test_the_lead_leads_and_a_supervisor_too(team, team_lead, engineer, other_team):
    assert fresh(team_lead).leads(team.pk)
    assert not fresh(team_lead).leads(other_team.pk)
    services.appoint(engineer, Role.SUPERVISOR, by=None, team=team)
    assert fresh(engineer).leads(team.pk)
