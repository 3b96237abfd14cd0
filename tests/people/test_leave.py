from datetime import timedelta

import pytest
from django.apps import apps
from django.db import InternalError, transaction
from rest_framework.authtoken.models import Token

from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.people import services, signals, tasks
from itsm.people.models import Person, Role
from itsm.people.zones import company_day

DAY = timedelta(days=1)


@pytest.fixture
def heard():
    people = []
    signals.left.connect(receiver := lambda sender, person, at, **_: people.append(person.pk), weak=False)
    yield people
    signals.left.disconnect(receiver)


def test_leaving_today_ends_everything_and_is_announced(service_manager, engineer, heard, client):
    Token.objects.create(user=engineer)
    client.force_login(engineer)
    services.leave(engineer, by=service_manager)
    engineer.refresh_from_db()
    assert not engineer.is_active
    assert engineer.appointments.get().last_on == company_day(clock.now())
    assert not Token.objects.exists()
    assert heard == [engineer.pk]
    assert client.get("/settings/profile/").status_code == 302


def test_a_later_last_day_takes_effect_when_it_is_over(service_manager, engineer, heard):
    last = company_day(clock.now()) + 3 * DAY
    services.leave(engineer, by=service_manager, on=last)
    assert tasks.sweep_leavers() == 0
    assert not heard
    with clock.at(clock.now() + 4 * DAY):
        assert tasks.sweep_leavers() == 1
        assert tasks.sweep_leavers() == 0
    assert heard == [engineer.pk]
    assert not Person.objects.get(pk=engineer.pk).is_active


def test_a_lead_gives_the_team_away_first(service_manager, team, team_lead, engineer):
    with pytest.raises(Refused, match="lead"):
        services.leave(team_lead, by=service_manager)
    services.edit_team(team, by=service_manager, lead=engineer)
    assert services.leave(team_lead, by=service_manager).left_on


def test_nobody_leaves_twice_and_only_keepers_record_it(service_manager, engineer, agent):
    with pytest.raises(NotAllowed):
        services.leave(engineer, by=agent)
    services.leave(engineer, by=service_manager)
    with pytest.raises(Refused):
        services.leave(engineer, by=service_manager)


def test_nobody_is_deleted(engineer):
    with pytest.raises(InternalError), transaction.atomic():
        Person.objects.filter(pk=engineer.pk)._raw_delete("default")
    assert Person.objects.filter(pk=engineer.pk).exists()


def test_forgetting_blanks_the_person_and_the_trail_and_is_itself_recorded(service_manager, contact):
    services.edit(contact, by=service_manager, phone="13800000000")
    services.forget(contact, by=service_manager, reason="asked for it")
    contact.refresh_from_db()
    assert (contact.name, contact.email, contact.phone, contact.is_active) == ("", None, "", False)
    events = apps.get_model("people", "PersonEvent").objects.filter(pgh_obj_id=contact.pk)
    assert {(e.name, e.email, e.phone, e.username) for e in events} == {("", None, "", f"forgotten-{contact.pk}")}
    last = events.order_by("pgh_id").last()
    assert (last.pgh_context["by"], last.pgh_context["step"], last.pgh_context["reason"]) == (service_manager.pk, "forget", "asked for it")
    assert str(contact.pk) in contact.display


def test_the_trail_can_still_not_be_changed_by_anybody_else(service_manager, contact):
    services.edit(contact, by=service_manager, phone="1")
    with pytest.raises(InternalError), transaction.atomic():
        apps.get_model("people", "PersonEvent").objects.filter(pgh_obj_id=contact.pk).update(name="x")


def test_one_of_us_leaves_before_being_forgotten(service_manager, engineer):
    with pytest.raises(Refused, match="last day"):
        services.forget(engineer, by=service_manager, reason="asked")
    services.leave(engineer, by=service_manager)
    assert services.forget(engineer, by=service_manager, reason="asked").name == ""


def test_forgetting_needs_a_reason_and_a_keeper(service_manager, contact, agent):
    with pytest.raises(Refused):
        services.forget(contact, by=service_manager, reason=" ")
    with pytest.raises(NotAllowed):
        services.forget(contact, by=agent, reason="asked")
    assert services.forget(contact, by=service_manager, reason="asked").forgotten_at


def test_the_forgotten_cannot_be_filled_in_again(service_manager, contact):
    services.forget(contact, by=service_manager, reason="asked")
    with pytest.raises(Refused):
        services.edit(contact, by=service_manager, name="again")


def test_the_service_manager_who_left_frees_the_role(service_manager, administrator, agent):
    services.leave(service_manager, by=administrator)
    tomorrow = company_day(clock.now()) + DAY
    assert services.appoint(agent, Role.SERVICE_MANAGER, by=administrator, first_on=tomorrow)
