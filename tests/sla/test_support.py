"""What teams and suppliers promise us runs beside our clocks and never moves them (8.3.4)."""

import pytest

from incidents import services
from incidents.models import Incident
from itsm.core.errors import NotAllowed, Refused
from itsm.people.models import Organisation
from sla import panels
from sla import services as sla
from sla.models import Agreement, AgreementKind, Clock, Metric
from tests import cast
from tests.sla.conftest import MONDAY, minutes, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def supplier(db):
    return cast.customer("通达网络", "tongda", kind=Organisation.Kind.SUPPLIER)


@pytest.fixture
def promises(updates_promised, other_team, supplier, calendars_of_the_house):
    """The other team promises an hour, the supplier four, for every service."""
    always, _office = calendars_of_the_house
    hours = {1: 1, 2: 1, 3: 1, 4: 1}
    internal = Agreement.objects.create(kind=AgreementKind.INTERNAL, team=other_team, name="OLA")
    contract = Agreement.objects.create(kind=AgreementKind.SUPPLIER, supplier=supplier, name="UC")
    published(internal, {("core", p, Metric.SUPPORT): (3600 * n, always) for p, n in hours.items()})
    published(contract, {("core", p, Metric.SUPPORT): (4 * 3600, always) for p in hours})


def support(incident):
    return list(Clock.objects.about(incident).filter(metric=Metric.SUPPORT).order_by("cycle"))


def test_handing_to_a_team_that_promised_starts_its_clock_and_ours_run_on(promises, log, agent, other_team, team):
    incident = services.transfer(log(), by=agent, team=other_team, reason="Theirs.", at=minutes(5))
    (clock,) = support(incident)
    assert (clock.state, clock.due_at, clock.agreement_version.agreement.party) == ("running", minutes(65), other_team)
    assert (incident.team, incident.status, incident.assignee) == (other_team, "new", None)
    assert incident.next_due_at == minutes(30), "the response, which is ours; not the team's"
    services.transfer(incident, by=agent, team=team, reason="Back.", at=minutes(20))
    assert [(c.state, c.outcome) for c in support(incident)] == [("stopped", "met")]
    services.transfer(incident, by=agent, team=other_team, reason="Again.", at=minutes(30))
    assert [(c.cycle, c.state) for c in support(incident)] == [(1, "stopped"), (2, "running")]
    assert sla.verify_clocks() == []


def test_a_team_that_promised_nothing_has_no_clock(updates_promised, log, agent, other_team):
    incident = services.transfer(log(), by=agent, team=other_team, reason="Theirs.", at=minutes(5))
    assert support(incident) == []


def test_handing_to_the_same_or_a_retired_team_is_refused(promises, log, agent, team, other_team):
    incident = log()
    with pytest.raises(Refused, match="has it already"):
        services.transfer(incident, by=agent, team=team, reason="x", at=minutes(1))
    other_team.retired_at = MONDAY
    with pytest.raises(Refused, match="no work any more"):
        services.transfer(incident, by=agent, team=other_team, reason="x", at=minutes(1))
    other_team.retired_at = None
    assert services.transfer(incident, by=agent, team=other_team, reason="x", at=minutes(1)).team == other_team


def test_a_solution_stops_it_and_reopening_lets_it_go_on(promises, log, agent, other_team, administrator):
    incident = services.transfer(log(), by=agent, team=other_team, reason="Theirs.", at=minutes(5))
    incident = services.accept(incident, by=administrator, at=minutes(10))
    services.resolve(incident, by=administrator, resolution="x", resolution_code="fixed", at=minutes(25))
    (clock,) = support(incident)
    assert (clock.state, clock.outcome) == ("stopped", "met")
    services.reopen(incident, by=agent, reason="no", at=minutes(50))
    (clock,) = support(incident)
    assert (clock.state, clock.due_at) == ("running", minutes(90))
    assert sla.verify_clocks() == []


def test_asking_a_supplier_is_no_wait_and_their_answer_stops_their_clock(promises, log, agent, engineer, supplier):
    incident = services.ask_supplier(log(), by=engineer, supplier=supplier, words="Is the line up?", at=minutes(5))
    (clock,) = support(incident)
    assert (clock.due_at, incident.status, incident.supplier, incident.supplier_since) == (minutes(245), "assigned", supplier, minutes(5))
    assert Clock.objects.about(incident).get(metric="resolution").state == "running"
    assert incident.messages.get().visibility == "internal"
    with pytest.raises(Refused, match="has not answered yet"):
        services.ask_supplier(incident, by=engineer, supplier=supplier, words="?", at=minutes(6))
    incident = services.supplier_answered(incident, by=agent, words="It is up.", at=minutes(30))
    assert (incident.supplier, support(incident)[0].outcome) == (None, "met")
    with pytest.raises(Refused, match="No supplier was asked"):
        services.supplier_answered(incident, by=agent, at=minutes(31))
    services.ask_supplier(incident, by=engineer, supplier=supplier, words="And now?", at=minutes(40))
    assert [(c.cycle, c.state) for c in support(incident)] == [(1, "stopped"), (2, "running")]
    assert sla.verify_clocks() == []


def test_a_supplier_without_a_contract_is_noted_all_the_same(updates_promised, log, engineer, supplier):
    incident = services.ask_supplier(log(), by=engineer, supplier=supplier, words="?", at=minutes(5))
    assert (incident.supplier, support(incident)) == (supplier, [])


def test_only_a_supplier_of_ours_is_asked_and_only_by_who_works_on_it(promises, log, engineer, auditor, customer, supplier):
    incident = log()
    with pytest.raises(Refused, match="no supplier of ours"):
        services.ask_supplier(incident, by=engineer, supplier=customer, words="?", at=minutes(5))
    with pytest.raises(NotAllowed):
        services.ask_supplier(incident, by=auditor, supplier=supplier, words="?", at=minutes(5))
    assert services.ask_supplier(incident, by=engineer, supplier=supplier, words="?", at=minutes(5)).supplier == supplier


def test_a_team_and_its_supplier_run_side_by_side(promises, log, agent, other_team, supplier, administrator):
    incident = services.transfer(log(), by=agent, team=other_team, reason="Theirs.", at=minutes(5))
    incident = services.ask_supplier(incident, by=administrator, supplier=supplier, words="?", at=minutes(10))
    incident = services.supplier_answered(incident, by=administrator, at=minutes(20))
    assert [(c.cycle, c.state) for c in support(incident)] == [(1, "running"), (2, "stopped")]


def test_what_others_owe_us_counts_nowhere_as_ours(promises, log, agent, other_team, service_manager, contact):
    incident = services.transfer(log(), by=agent, team=other_team, reason="Theirs.", at=minutes(5))
    sla.sweep(minutes(25 * 60))
    (clock,) = support(incident)
    assert clock.outcome == "breached"
    metrics = {line.metric for line in panels.attainment(service_manager, minutes(25 * 60))["metrics"]}
    assert Metric.SUPPORT not in metrics
    assert "response" in metrics
    assert Metric.SUPPORT not in {c.metric for c, _face in sla.record_faces(incident)}
    assert not Clock.objects.visible_to(contact).filter(metric=Metric.SUPPORT).exists()
    assert Clock.objects.visible_to(contact).exists()


def test_the_page_names_whose_promise_it_is(client, promises, log, agent, other_team, supplier, administrator):
    incident = services.transfer(log(), by=agent, team=other_team, reason="Theirs.", at=minutes(5))
    services.ask_supplier(incident, by=administrator, supplier=supplier, words="Is the line up?", at=minutes(10))
    client.force_login(agent)
    page = client.get(incident.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert "Applications" in page
    assert "With supplier" in page
    assert "Asked 通达网络; our clocks run on" in page
    assert Incident.objects.get(pk=incident.pk).supplier == supplier
