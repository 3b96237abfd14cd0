"""Another priority for one of three reasons, another service, and what is undone within minutes (D6)."""

import pytest

from catalog.models import Service
from incidents import services
from itsm.core import clock as time
from itsm.core.errors import NotAllowed, Refused
from sla import services as sla
from sla.models import Agreement, Clock, Correction, Metric
from tests.sla.conftest import minutes, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
P1, P2, P3, P4 = {"impact": 1, "urgency": 1}, {"impact": 1, "urgency": 2}, {"impact": 2, "urgency": 2}, {"impact": 3, "urgency": 2}


@pytest.fixture
def accepted(updates_promised, log, engineer):
    """A P3 that the engineer accepted after ten minutes: due at 18:00, after eight office hours."""
    return services.accept(log(), by=engineer, at=minutes(10))


def clock_of(incident, metric=Metric.RESOLUTION):
    return Clock.objects.about(incident).filter(metric=metric).latest("cycle")


def rated(incident, by, at, levels, why="", **more):
    return services.reprioritise(incident, by=by, reason="said so", why=why, at=minutes(at), **levels, **more)


def last_line(clock):
    return clock.events.last()


@pytest.mark.parametrize(("why", "due"), [("", 120), ("misclassified", 120), ("situation_worse", 180)])
def test_wrongly_classified_counts_from_the_start_and_worse_from_now(accepted, agent, why, due):
    rated(accepted, agent, 60, P2, why)
    clock = clock_of(accepted)
    assert clock.due_at == minutes(due)
    line = last_line(clock)
    assert (line.payload["rule"], line.reason_code) == ("restart_capped" if why == "situation_worse" else "carry", why or "misclassified")
    assert sla.verify_clocks() == []


def test_worse_is_never_later_than_what_was_due(accepted, agent):
    rated(accepted, agent, 500, P2, "situation_worse")
    assert clock_of(accepted).due_at == minutes(540), "not two hours from 17:20"


def test_better_carries_and_never_takes_a_breach_back(accepted, agent, team_lead):
    rated(accepted, agent, 30, P2)
    sla.sweep(minutes(150))
    assert clock_of(accepted).outcome == "breached"
    with pytest.raises(NotAllowed, match="lead or the supervisor"):
        rated(accepted, agent, 155, P3, "situation_better")
    rated(accepted, team_lead, 155, P3, "situation_better")
    clock = clock_of(accepted)
    assert (clock.outcome, clock.breached_at, clock.priority) == ("breached", minutes(120), 3)
    assert sla.verify_clocks() == []


def test_with_less_than_a_quarter_left_only_the_lead_says_that_it_is_better(accepted, agent, team_lead):
    incident = rated(accepted, agent, 20, P2)
    with pytest.raises(NotAllowed, match="Little of the promised time"):
        rated(incident, agent, 91, P3, "situation_better")
    assert clock_of(incident).priority == 2
    rated(incident, team_lead, 91, P3, "situation_better")
    assert clock_of(incident).due_at == minutes(540)


def test_with_a_quarter_left_anybody_who_works_on_it_may(accepted, agent):
    incident = rated(accepted, agent, 20, P2)
    assert rated(incident, agent, 90, P3, "situation_better").priority == 3


@pytest.mark.parametrize(("levels", "why"), [(P4, "situation_worse"), (P2, "situation_better"), (P2, "because")])
def test_a_reason_that_does_not_fit_is_refused(accepted, agent, levels, why):
    with pytest.raises(Refused, match="Choose"):
        rated(accepted, agent, 60, levels, why)
    assert clock_of(accepted).priority == 3
    assert rated(accepted, agent, 60, levels).priority == {4: 4}.get(levels["impact"] + levels["urgency"] - 1, 2)


def test_what_breaks_at_once_wants_a_nod(accepted, agent):
    with pytest.raises(Refused, match="Resolution") as refused:
        rated(accepted, agent, 130, P2)
    assert refused.value.code == "breaks_at_once"
    assert clock_of(accepted).breached_at is None
    incident = rated(accepted, agent, 130, P2, breach_accepted=True)
    clock = clock_of(incident)
    assert (clock.breached_at, clock.breach_cause) == (minutes(130), "retarget")


def test_what_is_undone_within_five_minutes_by_somebody_else_breaks_nothing(accepted, agent, engineer):
    incident = rated(accepted, agent, 130, P2, breach_accepted=True)
    rated(incident, engineer, 134, P3)
    clock = clock_of(incident)
    assert (clock.outcome, clock.breached_at, clock.due_at, clock.target_s, clock.corrected) == ("", None, minutes(540), 28800, True)
    found = Correction.objects.filter(clock=clock).get()
    assert (found.kind, found.state, found.proposed_by, found.decided_by) == ("voided", "applied", agent, engineer)
    assert incident.pk
    assert sla.verify_clocks() == []


@pytest.mark.parametrize(("who", "at"), [("agent", 134), ("engineer", 136)])
def test_undone_by_the_same_person_or_too_late_it_stays_broken(request, accepted, agent, engineer, who, at):
    incident = rated(accepted, agent, 130, P2, breach_accepted=True)
    rated(incident, request.getfixturevalue(who), at, P3)
    clock = clock_of(incident)
    assert (clock.outcome, clock.breached_at, clock.target_s) == ("breached", minutes(130), 28800)
    assert not Correction.objects.exists()
    assert sla.verify_clocks() == []


def test_the_forecast_is_what_happens(accepted, agent):
    shown = sla.forecast_priority(accepted, 2, reason="situation_worse", at=minutes(60))
    assert [line.clock.metric for line in shown] == ["resolution", "next_update"]
    rated(accepted, agent, 60, P2, "situation_worse")
    assert {line.clock.metric: line.after.due_at for line in shown} == {
        c.metric: c.due_at for c in Clock.objects.about(accepted).filter(state="running")
    }


def test_the_page_shows_it_before_it_is_saved(client, accepted, agent):
    client.force_login(agent)
    url = f"{accepted.get_absolute_url()}forecast/"
    with time.at(minutes(125)):
        warned = client.get(url, P2, headers={"accept-language": "en"}).content.decode()
        assert "broken at once" in warned
        assert 'name="breach_accepted"' in warned
        worse = client.get(url, {**P2, "why": "situation_worse"}, headers={"accept-language": "en"}).content.decode()
        assert "broken at once" not in worse
        assert "It stays a P3" in client.get(url, P3, headers={"accept-language": "en"}).content.decode()
        dialog = client.get(f"{accepted.get_absolute_url()}reprioritise/", headers={"accept-language": "en"}).content.decode()
        assert 'id="forecast"' in dialog
    assert clock_of(accepted).priority == 3


def test_nobody_else_reads_a_forecast(client, accepted, auditor, contact):
    url = f"{accepted.get_absolute_url()}forecast/"
    for who, status in ((auditor, 403), (contact, 404)):
        client.force_login(who)
        assert client.get(url, P2).status_code == status


@pytest.fixture
def other_service(customer, team, service_manager, calendars_of_the_house):
    """A service with an agreement of its own: an hour to respond, three to solve, whatever the priority; no updates."""
    always, _office = calendars_of_the_house
    found = Service.objects.create(
        code="reports",
        name="报表",
        content="c",
        target="t",
        audience="a",
        cost="k",
        criticality="non_core",
        owner=service_manager,
        team=team,
    )
    targets = {("non_core", p, m): (s, always) for p in (1, 2, 3, 4) for m, s in (("response", 3600), ("resolution", 3 * 3600))}
    published(Agreement.objects.create(customer=customer, service=found, name="SLA-R"), targets)
    return found


def test_another_service_counts_under_its_own_agreement_from_the_same_start(accepted, agent, other_service):
    with time.at(minutes(60)):
        services.reclassify(accepted, by=agent, service=other_service, reason="It is the report.")
    clock = clock_of(accepted)
    assert (clock.due_at, clock.service, clock.tier) == (minutes(180), other_service, "non_core")
    assert clock.agreement_version.agreement.name == "SLA-R"
    line = last_line(clock)
    assert (line.kind, line.reason_code, line.payload["rule"]) == ("retarget", "reclassified", "carry")
    assert clock_of(accepted, Metric.NEXT_UPDATE).target_s is None
    assert clock_of(accepted, Metric.RESPONSE).agreement_version.agreement.name == "SLA-JL", "decided under the former one"
    assert sla.verify_clocks() == []


def test_another_service_that_breaks_at_once_wants_a_nod_too(accepted, agent, other_service, service):
    with pytest.raises(Refused) as same:
        services.reclassify(accepted, by=agent, service=service, reason="x", at=minutes(200))
    assert same.value.code == "same_service"
    with pytest.raises(Refused) as breaking:
        services.reclassify(accepted, by=agent, service=other_service, reason="x", at=minutes(200))
    assert breaking.value.code == "breaks_at_once"
    incident = services.reclassify(accepted, by=agent, service=other_service, reason="x", breach_accepted=True, at=minutes(200))
    assert (clock_of(incident).breach_cause, incident.service) == ("retarget", other_service)


def test_only_reasons_of_the_agreement_stop_the_clock_and_maintenance_only_within_its_windows(
    client, customer, service, log, engineer, calendars_of_the_house
):
    always, office = calendars_of_the_house
    targets = {("core", p, m): (3600 * p, always) for p in (1, 2, 3, 4) for m in ("response", "resolution")}
    agreement = Agreement.objects.create(customer=customer, service=service, name="SLA-M")
    published(agreement, targets, pause_reasons=["agreed_maintenance_window", "force_majeure"], maintenance_calendar=office)
    incident = services.accept(log(at=minutes(-60)), by=engineer, at=minutes(-59))
    client.force_login(engineer)
    form = client.get(f"{incident.get_absolute_url()}wait/").content.decode()
    assert "agreed_maintenance_window" in form
    assert "waiting_customer_info" not in form
    with pytest.raises(Refused, match="Choose another one"):
        services.wait(incident, by=engineer, reason="waiting_customer_info", body="?", at=minutes(-10))
    with pytest.raises(Refused, match="the next one begins 2026-09-28"):
        services.wait(incident, by=engineer, reason="agreed_maintenance_window", body="?", at=minutes(-10))
    assert services.wait(incident, by=engineer, reason="agreed_maintenance_window", body="?", at=minutes(10)).status == "waiting"


def test_a_service_that_nothing_is_agreed_about_leaves_what_is_broken_broken(accepted, agent, team, service_manager):
    orphan = Service.objects.create(
        code="orphan", name="无", content="c", target="t", audience="a", cost="k", criticality="core", owner=service_manager, team=team
    )
    sla.sweep(minutes(150))
    services.reclassify(accepted, by=agent, service=orphan, reason="x", at=minutes(150))
    assert clock_of(accepted).target_s is None
    assert clock_of(accepted, Metric.NEXT_UPDATE).outcome == "breached"
    assert sla.verify_clocks() == []
