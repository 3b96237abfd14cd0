"""Incidents on what a change touched are proposed as caused by it, until seven days after its end; people say whether (8.5.1.3)."""

import itertools
from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.authtoken.models import Token

from catalog.models import ConfigurationItem, Relation
from changes import measures, period
from changes.models import Change
from incidents import causes, panels, services
from incidents.models import Incident, NotCaused
from incidents.timeline import timeline
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.models import StepTaken
from itsm.people.models import Role
from tests import cast
from tests.catalog.things import an_item, hangs
from tests.changes.history import carried_out
from tests.incidents.conftest import MONDAY

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ENDED = MONDAY
BEGAN = MONDAY - HOUR


@pytest.fixture
def at():
    return MONDAY + 2 * HOUR


@pytest.fixture
def items(service, service_manager):
    """The service hangs on an application, that on a server, that on a switch; a printer stands alone."""
    made = {code: an_item(code, service_manager) for code in ("app-1", "web-1", "switch-1", "printer-1")}
    made["service"] = ConfigurationItem.objects.filter(service=service).first() or an_item("svc-1", service_manager, service=service)
    for child, parent in (("service", "app-1"), ("app-1", "web-1"), ("web-1", "switch-1")):
        hangs(made[child], made[parent], "depends_on")
    return made


def a_change(asker, doer=None, *, began=BEGAN, ended=ENDED, items=(), services=()):
    """A change of a title, carried out."""
    made = Change.objects.create(
        requester=asker, implementer=doer or asker, title="Patch", category="infrastructure", reason="r", raised_at=began - DAY
    )
    made.items.set(items)
    made.services.set(services)
    return carried_out(made, started_at=began, finished_at=ended)


@pytest.fixture
def asker(team):
    return cast.staff("asker", Role.ENGINEER, team=team, name="苏航")


@pytest.fixture
def change(asker, items):
    """The server was patched."""
    return a_change(asker, items=[items["web-1"]])


def proposed(change):
    return set(causes.perhaps_caused(change))


def test_what_hangs_on_the_items_is_proposed_and_what_they_hang_on_is_not(log, change, items):
    on = {code: log(configuration_item=item) for code, item in items.items()}
    assert proposed(change) == {on["web-1"], on["app-1"], on["service"]}


def test_without_an_item_the_service_counts(log, change, service, other_service, asker):
    named, other = log(), log(service=other_service)
    assert proposed(change) == {named}
    assert proposed(a_change(asker, services=[other_service])) == {other}


@pytest.mark.parametrize(
    ("contacted", "is_proposed"),
    [
        (BEGAN - timedelta(seconds=1), False),
        (BEGAN, True),
        (ENDED + 7 * DAY, True),
        (ENDED + 7 * DAY + timedelta(seconds=1), False),
    ],
)
def test_from_the_start_until_seven_days_after_the_end(log, change, items, contacted, is_proposed):
    incident = log(configuration_item=items["web-1"])
    Incident.objects.filter(pk=incident.pk).update(contacted_at=contacted)
    incident.refresh_from_db()
    assert (incident in proposed(change)) == is_proposed
    assert (change in causes.perhaps_caused_by(incident)) == is_proposed


def test_a_change_that_goes_on_may_have_caused_it_and_one_that_has_not_begun_can_not(log, asker, items):
    running = a_change(asker, ended=None, items=[items["web-1"]])
    planned = a_change(asker, began=BEGAN, ended=None, items=[items["web-1"]])
    Change.objects.filter(pk=planned.pk).update(started_at=None)
    incident = log(configuration_item=items["web-1"])
    assert list(causes.perhaps_caused_by(incident)) == [running]
    assert proposed(Change.objects.get(pk=planned.pk)) == set()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hung=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from(["runs_on", "part_of"])), max_size=7),
    touched=st.sets(st.integers(0, 4), max_size=3), named=st.one_of(st.none(), st.integers(0, 4)),
)  # fmt: skip
def test_what_a_change_proposes_proposes_the_change(log, asker, service, service_manager, hung, touched, named):
    with transaction.atomic():
        service_item = ConfigurationItem.objects.filter(service=service).first() or an_item("svc", service_manager, service=service)
        made = [service_item, *(an_item(f"i-{no}", service_manager) for no in range(4))]
        for (child, parent), kind in {(max(c, p), min(c, p)): k for c, p, k in hung if c != p}.items():
            hangs(made[child], made[parent], kind)
        change = a_change(asker, items=[made[no] for no in touched])
        incident = log(configuration_item=None if named is None else made[named])
        assert (incident in proposed(change)) == (change in causes.perhaps_caused_by(incident))
        transaction.set_rollback(True)


def test_a_confirmed_cause_makes_the_change_no_success_and_leaves_its_record_alone(log, change, items, agent, at):
    month = measures.Scope(period.named("2026-10", "2026-10", at))
    incident = log(configuration_item=items["app-1"])
    assert measures.carried_out(month, at)[0].successful == 1
    incident = services.confirm_cause(incident, by=agent, change=change, reason="It began with it.", at=at)
    done = measures.carried_out(month, at)[0]
    assert (done.successful, done.caused, done.incidents) == (0, 1, 1)
    assert Change.objects.get(pk=change.pk).result == change.result
    taken = StepTaken.objects.about(incident).get(step="confirm_cause")
    assert (taken.by, taken.effective_at, taken.details) == (agent, at, {"change": change.pk})
    assert proposed(change) == set()
    services.withdraw_cause(incident, by=agent, reason="It was the switch.", at=at)
    assert measures.carried_out(month, at)[0].successful == 1
    assert proposed(change) == set()  # it was looked at


def test_an_incident_of_the_eighth_day_counts_as_caused_but_not_against_success(log, change, items, agent, at):
    incident = log(configuration_item=items["app-1"])
    Incident.objects.filter(pk=incident.pk).update(contacted_at=ENDED + 8 * DAY)
    services.confirm_cause(incident, by=agent, change=change, at=at + 9 * DAY)
    done = measures.carried_out(measures.Scope(period.named("2026-10", "2026-10", at)), at)[0]
    assert (done.successful, done.caused) == (1, 1)


def test_what_was_denied_is_not_proposed_again_and_never_forgotten(log, change, items, agent, at):
    incident = log(configuration_item=items["app-1"])
    with pytest.raises(Refused):
        services.deny_cause(incident, by=agent, change=change, reason=" ", at=at)
    services.deny_cause(incident, by=agent, change=change, reason="A cable.", at=at)
    services.deny_cause(incident, by=agent, change=change, reason="Again.", at=at)
    assert proposed(change) == set()
    assert list(causes.perhaps_caused_by(incident)) == []
    assert NotCaused.objects.get().reason == "A cable."
    for act in (lambda: NotCaused.objects.update(reason="x"), lambda: NotCaused.objects.all().delete()):
        with pytest.raises(InternalError), transaction.atomic():
            act()


def test_who_did_it_does_not_clear_it_but_may_own_up(log, change, items, asker, agent, at):
    incident = log(configuration_item=items["app-1"])
    with pytest.raises(NotAllowed):
        services.deny_cause(incident, by=asker, change=change, reason="Not mine.", at=at)
    services.confirm_cause(incident, by=asker, change=change, at=at)
    with pytest.raises(NotAllowed):
        services.withdraw_cause(incident, by=asker, reason="Not mine.", at=at)
    services.withdraw_cause(incident, by=agent, reason="A cable.", at=at)


def test_only_one_cause_and_only_what_had_begun(log, change, items, asker, agent, at):
    incident = log(configuration_item=items["app-1"])
    later = a_change(asker, began=MONDAY + 3 * HOUR, ended=MONDAY + 4 * HOUR)
    with pytest.raises(Refused):
        services.confirm_cause(incident, by=agent, change=later, at=at)
    services.confirm_cause(incident, by=agent, change=change, at=at)
    with pytest.raises(Refused):
        services.confirm_cause(incident, by=agent, change=a_change(asker), at=at)
    with pytest.raises(Refused):
        services.deny_cause(incident, by=agent, change=change, reason="x", at=at)
    with pytest.raises(Refused):
        services.withdraw_cause(log(), by=agent, reason="x", at=at)


def test_an_auditor_names_no_cause(log, change, items, auditor, agent, at):
    incident = log(configuration_item=items["app-1"])
    for verb in (services.confirm_cause, services.deny_cause):
        with pytest.raises(NotAllowed):
            verb(incident, by=auditor, change=change, reason="x", at=at)
    services.confirm_cause(incident, by=agent, change=change, at=at)


def test_the_item_is_named_changed_and_taken_away_until_it_is_closed(stand, items, agent, at):
    incident = stand("in_progress")
    incident = services.point_at(incident, by=agent, item=items["web-1"], at=at)
    incident = services.point_at(incident, by=agent, item=items["web-1"], at=at)
    incident = services.edit(incident, by=agent, title="t", at=at)
    assert incident.configuration_item == items["web-1"]
    incident = services.edit(incident, by=agent, configuration_item=None, at=at)
    assert incident.configuration_item is None
    assert StepTaken.objects.about(incident).filter(step="point_at").count() == 2
    with pytest.raises(Refused):
        services.point_at(stand("closed"), by=agent, item=items["web-1"], at=at)


def test_the_timeline_tells_of_item_and_cause(log, change, items, agent, at):
    incident = log(configuration_item=None)
    services.point_at(incident, by=agent, item=items["web-1"], at=at)
    incident = services.confirm_cause(incident, by=agent, change=change, at=at)
    services.withdraw_cause(incident, by=agent, reason="A cable.", at=at)
    told = [entry.text for entry in timeline(incident, agent)]
    number = change.shown_number
    assert told[-3:] == ["Configuration item changed from – to web-1", f"Caused by {number}", f"Not caused by {number} after all"]


@pytest.fixture
def desk(client, agent):
    with clock.at(MONDAY + 2 * HOUR):
        client.force_login(agent, backend=BACKEND)
        yield client


def test_both_pages_offer_the_verdict(desk, log, change, items, agent):
    incident, other = log(configuration_item=items["app-1"]), log(configuration_item=items["app-1"])
    page = desk.get(incident.get_absolute_url()).content.decode()
    assert change.shown_number in page
    there = f"{incident.get_absolute_url()}causes/{change.shown_number}/"
    assert f"{there}confirm/" in page
    assert desk.get(f"{there}deny/").status_code == 200
    assert desk.get(f"{there}maybe/").status_code == 404
    assert desk.post(f"{there}deny/", {"reason": ""}).status_code == 422
    answer = desk.post(f"{there}confirm/?back=change", {"request_key": "k"})
    assert answer.url == change.get_absolute_url()
    assert desk.post(f"{there}confirm/?back=change", {"request_key": "k"}).status_code == 302  # sent twice, done once
    incident.refresh_from_db()
    assert incident.caused_by == change
    facts = panels.caused_by(change, agent)
    assert (list(facts["caused"]), facts["perhaps"]) == ([incident], [other])
    assert desk.post(f"{incident.get_absolute_url()}withdraw-cause/", {"reason": "A cable."}).status_code == 302
    assert desk.post(f"{incident.get_absolute_url()}cause/", {"change": change.shown_number}).status_code == 302
    assert desk.post(f"{other.get_absolute_url()}cause/", {"change": "CHG-999999"}).status_code == 422


def test_the_item_is_chosen_by_its_code_on_every_page(desk, log, items, customer, contact, service):
    incident = log()
    there = incident.get_absolute_url()
    assert b"web-1" in desk.get(f"{there}item/").content
    assert desk.post(f"{there}item/", {"item": "nothing"}).status_code == 422
    assert desk.post(f"{there}item/", {"item": "web-1"}).status_code == 302
    assert b'value="web-1"' in desk.get(f"{there}edit/").content
    form = {"title": "t", "description": "d", "contact": contact.pk}
    assert desk.post(f"{there}edit/", {**form, "configuration_item": "app-1"}).status_code == 302
    incident.refresh_from_db()
    assert incident.configuration_item == items["app-1"]
    form |= {"customer": customer.pk, "service": service.pk, "impact": 2, "urgency": 2, "channel": "phone"}
    assert desk.post("/incidents/log/", {**form, "configuration_item": "switch-1", "request_key": "k"}).status_code == 302
    assert Incident.objects.latest("id").configuration_item == items["switch-1"]


def test_the_api_says_the_same(client, log, change, items, agent):
    incident = log()
    headers = {"Authorization": f"Token {Token.objects.create(user=agent).key}"}
    there = f"/api/v1/incidents/{incident.shown_number}/"

    def post(verb, **data):
        return client.post(f"{there}{verb}/", data, content_type="application/json", headers=headers)

    with clock.at(MONDAY + 2 * HOUR):
        assert post("point-at", item="web-1").json()["configuration_item"] == "web-1"
        assert post("point-at", item="x").status_code == 400
        listed = client.get(f"{there}perhaps-caused-by/", headers=headers).json()
        assert [one["number"] for one in listed] == [change.shown_number]
        assert post("confirm-cause", change="CHG-999999").status_code == 400
        assert post("confirm-cause", change=change.shown_number).json()["caused_by"] == change.shown_number
        assert post("deny-cause", change=change.shown_number, reason="x").status_code == 409
        assert post("withdraw-cause", reason="A cable.").json()["caused_by"] is None
        assert post("edit", configuration_item=None).json()["configuration_item"] is None


def test_a_customers_account_learns_nothing_of_causes(client, log, change, items, contact):
    incident = log(configuration_item=items["app-1"])
    client.force_login(contact, backend=BACKEND)
    assert client.post(f"{incident.get_absolute_url()}causes/{change.shown_number}/confirm/").status_code == 404


def test_panels_take_the_same_queries_however_many_are_proposed(desk, log, ready, change, items, agent, asker):
    ready.capacity = 1000
    ready.save()

    def number():
        with CaptureQueriesContext(connection) as found:
            list(panels.caused_by(change, agent)["caused"])
            panels.cause_of(incident, agent)
        return len(found)

    incident = log(configuration_item=items["app-1"])
    few = number()
    for _no, code in itertools.product(range(4), ("app-1", "web-1")):
        log(configuration_item=items[code])
        a_change(asker, items=[items[code]])
    assert number() == few <= 20
    assert Relation.objects.count() == 3
