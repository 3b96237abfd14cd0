import re

import pytest

from itsm.core.errors import NotAllowed
from itsm.people import services
from itsm.people.models import Appointment, Organisation, Person, Role, Team
from tests import cast

READ = ["/settings/", "/settings/profile/", "/settings/people/", "/settings/people/?view=contacts", "/settings/people/?view=left",
        "/settings/teams/", "/settings/customers/", "/settings/customers/?kind=own", "/settings/notices/", "/notices/"]  # fmt: skip
KEEP = ["/settings/people/new/", "/settings/teams/new/", "/settings/customers/new/"]


@pytest.mark.parametrize("path", READ + KEEP)
def test_nobody_without_signing_in_and_no_customer_gets_in(client, contact, path):
    assert client.get(path).status_code == 302
    client.force_login(contact)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", READ)
def test_staff_read_the_settings(client, engineer, team_lead, representative, path):
    client.force_login(engineer)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", KEEP)
def test_only_keepers_write(client, engineer, service_manager, top_manager, administrator, path):
    client.force_login(engineer)
    assert client.get(path).status_code == 403
    for keeper in (service_manager, top_manager, administrator):
        client.force_login(keeper)
        assert client.get(path).status_code == 200


def test_a_person_is_added_changed_appointed_and_leaves(client, service_manager, team):
    client.force_login(service_manager)
    typed = {
        "name": "王新",
        "username": "wangxin",
        "email": "w@example.com",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
        "capacity": 8,
    }
    page = client.post("/settings/people/new/", typed)
    person = Person.objects.get(username="wangxin")
    assert page.url == f"/settings/people/{person.pk}/"
    assert person.is_internal
    assert not person.has_usable_password()
    client.post(f"{page.url}edit/", {**typed, "phone": "138"})
    client.post(f"{page.url}appoint/", {"role": "engineer", "team": team.pk})
    assert Appointment.objects.get(person=person).appointed_by == service_manager
    shown = client.get(page.url).content.decode()
    assert "138" in shown
    assert "Engineer" in shown
    client.post(f"{page.url}leave/", {})
    person.refresh_from_db()
    assert not person.is_active


def test_a_wrong_entry_is_said_in_place_and_nothing_typed_is_lost(client, service_manager, agent):
    client.force_login(service_manager)
    page = client.post("/settings/people/new/", {"name": "王新", "username": agent.username, "email": "nonsense"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "王新" in text
    assert "This user name is taken." in text


def test_a_refusal_is_a_sentence_on_the_form(client, service_manager, agent):
    client.force_login(service_manager)
    page = client.post(f"/settings/people/{agent.pk}/appoint/", {"role": "service_manager"})
    assert page.status_code == 422
    assert "There is an IT service manager on these days already" in page.content.decode()


def test_a_contact_is_added_to_a_customer(client, service_manager, customer):
    client.force_login(service_manager)
    path = f"/settings/people/new/?organisation={customer.pk}"
    page = client.post(path, {"name": "李雷", "email": "", "language": "zh-hans", "time_zone": "Asia/Shanghai"})
    person = Person.objects.get(name="李雷")
    assert page.status_code == 302
    assert person.is_contact
    assert person.email is None
    assert "no mail: confirm by phone" in client.get(f"/settings/customers/{customer.pk}/").content.decode()


def test_forgetting_wants_the_name_typed(client, service_manager, contact):
    client.force_login(service_manager)
    path = f"/settings/people/{contact.pk}/forget/"
    assert client.post(path, {"reason": "asked", "name": "wrong"}).status_code == 422
    assert client.post(path, {"reason": "asked", "name": contact.name}).status_code == 302
    contact.refresh_from_db()
    assert contact.name == ""


def test_teams_and_customers_are_made_changed_and_retired(client, service_manager, engineer):
    client.force_login(service_manager)
    page = client.post("/settings/teams/new/", {"name": "数据库组", "name_en": "Databases", "lead": engineer.pk})
    team = Team.objects.get(name_en="Databases")
    client.post(f"{page.url}retire/")
    team.refresh_from_db()
    assert team.is_retired
    client.post(f"{page.url}retire/")
    team.refresh_from_db()
    assert not team.is_retired
    page = client.post("/settings/customers/new/", {"name": "新客户", "code": "new", "kind": "customer", "time_zone": "Asia/Shanghai"})
    assert Organisation.objects.get(code="new").kind == "customer"
    client.post(f"{page.url}edit/", {"name": "新客户二", "code": "new", "kind": "customer", "time_zone": "Asia/Shanghai"})
    assert Organisation.objects.get(code="new").name == "新客户二"


def test_the_history_says_who_changed_what(client, service_manager, engineer):
    services.edit(engineer, by=service_manager, phone="13900000000")
    client.force_login(service_manager)
    text = client.get(f"/settings/people/{engineer.pk}/").content.decode()
    assert "13900000000" in text
    assert re.search(rf"{service_manager.name}:\s*changed", text)


def test_availability_is_set_from_the_top_bar_and_returns_to_where_one_was(client, engineer):
    client.force_login(engineer)
    response = client.post("/availability/", {"availability": "busy", "next": "/notices/"})
    assert response.url == "/notices/"
    engineer.refresh_from_db()
    assert engineer.availability == "busy"
    assert client.post("/availability/", {"availability": "away", "next": "https://evil.example/"}).url == "/"
    assert client.post("/availability/", {"availability": "nonsense"}).status_code == 409


def test_the_language_is_remembered_with_the_person(client, engineer):
    client.force_login(engineer)
    assert 'lang="en"' in client.get("/settings/profile/").content.decode()
    client.post("/language/", {"language": "zh-hans", "next": "/settings/profile/"})
    engineer.refresh_from_db()
    assert engineer.language == "zh-hans"
    assert 'lang="zh-Hans"' in client.get("/settings/profile/").content.decode()


def test_the_profile_changes_only_what_is_mine(client, engineer):
    client.force_login(engineer)
    typed = {"name": "陈可可", "email": "e@example.com", "phone": "1", "language": "en", "time_zone": "Europe/Berlin"}
    assert client.post("/settings/profile/", {**typed, "is_staff": "on", "capacity": 99}).status_code == 302
    engineer.refresh_from_db()
    assert (engineer.name, engineer.time_zone, engineer.is_staff, engineer.capacity) == ("陈可可", "Europe/Berlin", False, 8)


@pytest.mark.parametrize("path", ["/settings/people/", "/settings/teams/", "/settings/customers/"])
def test_lists_ask_the_same_number_of_queries_however_long(client, service_manager, team, path, django_assert_max_num_queries):
    client.force_login(service_manager)
    for number in range(15):
        cast.staff(f"p{number}", Role.ENGINEER, team=cast.team(f"T{number}", f"T{number}"))
        cast.customer(f"C{number}", f"c{number}")
    client.get(path)
    with django_assert_max_num_queries(14):
        assert client.get(path).status_code == 200


def test_people_are_found_by_name_mail_and_phone(client, service_manager, engineer):
    client.force_login(service_manager)
    for words in ("陈", "engineer@", "ENGINEER"):
        assert engineer.name in client.get("/settings/people/", {"q": words}).content.decode()
    assert "Nobody found" in client.get("/settings/people/", {"q": "zzz"}).content.decode()


def test_whoever_answers_the_phone_writes_down_a_new_caller_but_not_where_mail_goes(client, agent, engineer, customer, own_company):
    path, own = f"/settings/people/new/?organisation={customer.pk}", f"/settings/people/new/?organisation={own_company.pk}"
    client.force_login(engineer)
    assert client.get(path).status_code == 403
    client.force_login(agent)
    assert client.get(own).status_code == 403
    assert f"/settings/people/new/?organisation={customer.pk}" in client.get(f"/settings/customers/{customer.pk}/").content.decode()
    typed = {"name": "王新", "phone": "138", "language": "zh-hans", "email": "agent@example.com", "username": "wang"}
    client.post(path, typed)
    caller = Person.objects.get(name="王新")
    assert (caller.organisation, caller.phone, caller.email, caller.time_zone) == (customer, "138", None, customer.time_zone)
    with pytest.raises(NotAllowed):
        services.add_person(by=agent, name="x", email="x@example.com", organisation=customer)
