"""Pages and API: the same verbs, the same refusals, and no nonsense that breaks them."""

from datetime import timedelta

import pytest

from incidents import services
from incidents.models import Incident, Message
from itsm.core import clock
from itsm.core.models import StepTaken
from itsm.notices.models import Notice
from tests import cast
from tests.incidents.doors import VERBS, ApiDoor, PageDoor

pytestmark = pytest.mark.django_db
every_verb = pytest.mark.parametrize("verb", VERBS, ids=str)
verbs_that_refuse = pytest.mark.parametrize("verb", [verb for verb in VERBS if verb.refused_in], ids=str)
verbs_with_details = pytest.mark.parametrize("verb", [verb for verb in VERBS if verb.malformed], ids=str)


@pytest.fixture(autouse=True)
def half_an_hour_later(at):
    """Whoever comes through a door comes half an hour after the contact."""
    with clock.at(at + timedelta(minutes=30)):
        yield


@pytest.fixture(params=[PageDoor, ApiDoor], ids=lambda door: door.name)
def door(request, client):
    return request.param(client)


@pytest.fixture
def people(ready, other_engineer, agent, auditor, requester, stranger, other_service, other_team, supplier):
    return {
        "engineer": ready,
        "other_engineer": other_engineer,
        "agent": agent,
        "auditor": auditor,
        "requester": requester,
        "stranger": stranger,
        "other_service": other_service,
        "other_team": other_team,
        "supplier": supplier,
    }


@pytest.fixture
def situation(stand, agent, supplier, at):
    """`situation("called")`: an incident in a status, or resolved with a call that waits for its second person."""

    def found(name):
        incident = stand({"called": "resolved", "asked": "assigned"}.get(name, name))
        if name == "asked":
            incident = services.ask_supplier(incident, by=agent, supplier=supplier, words="?", at=at)
        if name == "called":
            services.confirm_by_phone(incident, by=agent, note="works", at=at)
        return incident

    return found


@pytest.fixture
def report(customer, requester, service):
    """What an agent enters to log an incident."""
    return {
        "customer": customer,
        "contact": requester,
        "service": service,
        "title": "网银转账超时",
        "description": "提交后一直转圈",
        "impact": 2,
        "urgency": 2,
        "channel": "phone",
    }


def traces(incident):
    """All that an act may leave behind."""
    return (
        StepTaken.objects.about(incident).count(),
        Message.objects.filter(incident=incident).count(),
        incident.phone_confirmations.filter(decision="pending").count(),
        Notice.objects.about(incident).count(),
        Incident.objects.filter(pk=incident.pk).values().get(),
    )


@every_verb
def test_each_verb_answers_everybody_as_they_deserve(door, situation, people, verb):
    incident = situation(verb.stands)
    number, data, before = incident.shown_number, verb.data(people), traces(incident)
    _nobody_without_an_account_comes_in(door.act(verb, number, data), door)
    for customer in ("requester", "stranger"):
        door.enter(people[customer])
        response = door.act(verb, number, data)
        assert response.status_code == 404, customer
        assert incident.title not in response.content.decode()
    if verb.denied:
        door.enter(people[verb.denied])
        response = door.act(verb, number, data)
        assert response.status_code == 403
        assert "nly" in door.sentence(response)
    door.enter(people[verb.by])
    for unknown in ("INC-000000", "INC-99999999999999999999999", f"INC-{'9' * 5000}"):
        assert door.act(verb, unknown, data).status_code == 404, unknown[:40]
    assert traces(incident) == before
    _acts_once(door, verb, incident, data)


def _nobody_without_an_account_comes_in(response, door):
    if door.name == "page":
        assert (response.status_code, response.url.partition("?")[0]) == (302, "/accounts/login/")
    else:
        assert response.status_code == 401


def _acts_once(door, verb, incident, data):
    """The verb works; the same request again gets the same answer and leaves nothing behind."""
    before = traces(incident)
    first = door.act(verb, incident.shown_number, data, key="one-and-the-same")
    assert first.status_code == door.done, first.content[:2000]
    left = traces(incident)
    assert left != before
    assert left[-1]["status"] == (verb.after or before[-1]["status"])
    again = door.act(verb, incident.shown_number, data, key="one-and-the-same")
    assert (again.status_code, traces(incident)) == (door.done, left)
    if door.name == "api":
        assert again.json() == first.json()
        assert again.json()["number"] == incident.shown_number
    else:
        assert again.url == first.url
        assert door.client.get(first.url).status_code == 200


@verbs_that_refuse
def test_what_is_not_possible_now_is_refused_in_a_sentence(door, situation, people, verb):
    incident = situation(verb.refused_in)
    before = traces(incident)
    door.enter(
        people["agent"] if verb.by != "engineer" or (verb.denied == "other_engineer" and verb.name == "resolve") else people[verb.by]
    )
    response = door.act(verb, incident.shown_number, verb.data(people))
    assert response.status_code == 409, response.content[:500]
    assert verb.says in door.sentence(response)
    if door.name == "api":
        assert response.json()["code"]
    assert traces(incident) == before
    possible = situation(verb.stands)
    door.enter(people[verb.by])
    assert door.act(verb, possible.shown_number, verb.data(people)).status_code == door.done


def one_missing(verb, people):
    """`[(field, details without it)]`."""
    whole = verb.data(people)
    return [(field, {name: value for name, value in whole.items() if name != field}) for field in verb.malformed]


@verbs_with_details
def test_what_is_incomplete_is_sent_back_and_nothing_typed_is_lost(door, situation, people, verb):
    incident = situation(verb.stands)
    before = traces(incident)
    door.enter(people[verb.by])
    for field, details in one_missing(verb, people):
        response = door.act(verb, incident.shown_number, details)
        assert response.status_code == door.malformed, field
        if door.name == "api":
            assert field in response.json()
        else:
            page = response.content.decode()
            assert "c-err" in page
            for value in details.values():
                assert str(PageDoor.field(value)) in page, (field, value)
    assert traces(incident) == before
    assert door.act(verb, incident.shown_number, verb.data(people)).status_code == door.done


def test_a_key_that_was_used_for_something_else_is_refused(door, situation, people):
    incident = situation("assigned")
    accept, reply = VERBS[0], VERBS[1]
    door.enter(people["engineer"])
    assert door.act(accept, incident.shown_number, {}, key="k").status_code == door.done
    response = door.act(reply, incident.shown_number, {"body": "x"}, key="k")
    assert response.status_code == 409
    assert "request key" in door.sentence(response)
    assert door.act(reply, incident.shown_number, {"body": "x"}, key="k2").status_code == door.done


def test_logging_through_both_doors(door, report, people, requester, ready):
    door.enter(people["agent"])
    response = door.log(report, key="log")
    assert response.status_code in (201, 302), response.content[:2000]
    incident = Incident.objects.get()
    assert (incident.title, incident.contact, incident.assignee, incident.priority) == ("网银转账超时", requester, ready, 3)
    assert incident.logged_by == people["agent"]
    assert door.log(report, key="log").status_code in (201, 302)
    assert Incident.objects.count() == 1


def test_only_who_may_logs(door, report, people):
    for who, status in ((None, (302, 401)), ("stranger", (404,)), ("requester", (404,)), ("auditor", (403,))):
        door.enter(people[who] if who else None)
        assert door.log(report).status_code in status, who
    assert not Incident.objects.exists()
    door.enter(people["engineer"])
    assert door.log(report).status_code in (201, 302)


@pytest.mark.parametrize("field", ["customer", "service", "title", "description", "impact", "urgency"])
def test_an_incomplete_report_is_sent_back_whole(door, report, people, field):
    door.enter(people["agent"])
    missing = report.pop(field)
    response = door.log(report)
    assert response.status_code == door.malformed
    if door.name == "api":
        assert field in response.json()
    else:
        page = response.content.decode()
        for kept in {"title", "description"} - {field}:
            assert report[kept] in page
        for kept in {"customer", "contact", "service"} - {field}:
            assert f'<option value="{report[kept].pk}" selected' in page, kept
    assert not Incident.objects.exists()
    assert door.log(report | {field: missing}).status_code in (201, 302)


def test_a_contact_of_another_customer_is_not_taken(door, report, people, stranger):
    door.enter(people["agent"])
    assert door.log(report | {"contact": stranger}).status_code == door.malformed
    assert not Incident.objects.exists()
    assert door.log(report).status_code in (201, 302)


def test_another_priority_needs_a_reason_and_keeps_it(door, report, people):
    door.enter(people["agent"])
    assert door.log(report | {"priority": 1}).status_code in (409, 422)
    assert not Incident.objects.exists()
    assert door.log(report | {"priority": 1, "priority_reason": "VIP"}).status_code in (201, 302)
    incident = Incident.objects.get()
    assert (incident.priority, incident.priority_reason) == (1, "VIP")
    door.enter(people["agent"])
    reprioritise = next(verb for verb in VERBS if verb.name == "reprioritise")
    assert door.act(reprioritise, incident.shown_number, {"impact": 2, "urgency": 2, "reason": "normal"}).status_code == door.done
    incident.refresh_from_db()
    assert (incident.priority, incident.priority_reason) == (3, "")
    details = {"impact": 2, "urgency": 2, "priority": 2, "reason": "the board asks"}
    assert door.act(reprioritise, incident.shown_number, details).status_code == door.done
    incident.refresh_from_db()
    assert (incident.priority, incident.priority_reason) == (2, "the board asks")


@pytest.mark.parametrize("path", ["", "accept/", "wait/", "resolve/", "edit/"])
def test_the_pages_open_for_staff_alone(client, situation, people, path):
    incident = situation("assigned")
    url = f"{incident.get_absolute_url()}{path}"
    assert client.get(url).status_code == 302
    for who, status in (("stranger", 404), ("requester", 404), ("engineer", 200)):
        client.force_login(people[who], backend="itsm.people.backends.SignInBackend")
        assert client.get(url).status_code == status, who


def test_an_unknown_way_of_saying_sends_nothing_to_the_customer(client, situation, people):
    incident = situation("assigned")
    client.force_login(people["engineer"], backend="itsm.people.backends.SignInBackend")
    say = f"{incident.get_absolute_url()}say/"
    assert client.post(say, {"kind": "Note", "body": "he is difficult"}).status_code in (404, 422)
    assert not Message.objects.exists()
    assert client.post(say, {"kind": "note", "body": "he is difficult"}).status_code == 302
    assert not Message.objects.public().exists()


def test_correcting_a_report(client, situation, people, representative):
    incident = situation("assigned")
    url = f"{incident.get_absolute_url()}edit/"
    told = {"title": "New title", "description": "New words", "contact": representative.pk}
    client.force_login(people["auditor"], backend="itsm.people.backends.SignInBackend")
    assert client.post(url, told).status_code == 403
    client.force_login(people["engineer"], backend="itsm.people.backends.SignInBackend")
    assert client.post(url, told | {"contact": people["stranger"].pk}).status_code == 422
    assert client.post(url, told).status_code == 302
    incident.refresh_from_db()
    assert (incident.title, incident.contact) == ("New title", representative)


def test_a_leaver_comes_in_no_more(door, situation, people):
    incident = situation("assigned")
    door.enter(people["engineer"])
    people["engineer"].is_active = False
    people["engineer"].save()
    assert door.act(VERBS[0], incident.shown_number, {}).status_code in (302, 401, 403)
    assert Incident.objects.get(pk=incident.pk).status == "assigned"
    people["engineer"].is_active = True
    people["engineer"].save()
    assert door.act(VERBS[0], incident.shown_number, {}).status_code == door.done


def test_an_administrator_without_a_role_may_work_everywhere(door, situation, people, administrator):
    incident = situation("assigned")
    door.enter(administrator)
    resolve = next(verb for verb in VERBS if verb.name == "resolve")
    assert door.act(resolve, incident.shown_number, resolve.data(people)).status_code == door.done


def test_an_engineer_elsewhere_reads_and_notes_but_does_not_work(door, situation, people, other_team):
    incident = situation("assigned")
    door.enter(cast.staff("elsewhere", "engineer", team=other_team))
    found = {verb.name: door.act(verb, incident.shown_number, verb.data(people)).status_code for verb in VERBS[:4]}
    assert found == {"accept": 403, "reply": 403, "note": door.done, "wait": 403}
