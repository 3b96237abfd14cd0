"""Facts follow what happens to a ticket; sums follow the facts; a closed month follows nothing."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from changes.period import Period
from incidents import services as incidents
from itsm.core import clock, measures
from itsm.core.models import StepTaken
from reports import figures, services
from reports.models import Restatement, Tally, TicketFact, Touched
from reports.scope import Scope
from sla import services as sla
from sla.models import Clock, ClockFire
from sla.services import timers

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
SCOPE = Scope(Period(OCTOBER, OCTOBER))


def figure(key, scope=SCOPE):
    return figures.one(scope, measures.named(key))


def test_a_ticket_leaves_facts_and_sums(resolved, ready, service, customer, team):
    assert Touched.objects.exists()
    services.sweep_touched()
    assert not Touched.objects.exists()
    kinds = set(TicketFact.objects.values_list("kind", flat=True))
    assert {"logged", "responded", "response", "resolution", "resolved"} <= kinds
    fact = TicketFact.objects.get(kind="resolved")
    assert (fact.customer, fact.service, fact.team, fact.handler, fact.priority) == (customer, service, team, ready, 3)
    assert fact.lengths == [1200, 1200, 0]
    assert figure("mttr").value == 1200
    assert abs(figure("mttr").p50 - 1200) <= 12
    assert figure("attainment_resolution").value == 100
    assert figure("attainment_resolution", SCOPE.but(customer=customer, service=service)).number == 1
    assert figure("attainment_resolution", SCOPE.but(team=team)).number == 1


def test_sweeping_twice_changes_nothing(resolved):
    services.sweep_touched()
    before = list(Tally.objects.order_by("id").values())
    Touched.objects.bulk_create(Touched(record_type_id=fact.record_type_id, record_id=fact.record_id) for fact in TicketFact.objects.all())
    services.sweep_touched()
    assert list(Tally.objects.order_by("id").values()) == before


def test_reopening_takes_the_verdict_back(resolved, requester, ready, at):
    services.sweep_touched()
    incidents.reopen(resolved, by=ready, reason="Still broken", at=at + timedelta(hours=2))
    services.sweep_touched()
    assert figure("attainment_resolution").number == 0
    assert not TicketFact.objects.filter(kind="resolved").exists()


def test_a_closed_month_stays_and_the_difference_is_told(resolved, ready, service_manager, at):
    closed = services.close_month(OCTOBER, by=service_manager, at=at + timedelta(days=30))
    assert closed.facts == TicketFact.objects.count() > 0
    before = figure("attainment_resolution")
    incidents.reopen(resolved, by=ready, reason="Still broken", at=at + timedelta(days=31))
    services.sweep_touched()
    assert figure("attainment_resolution") == before
    told = Restatement.objects.get(kind="resolution")
    assert told.before["outcome"] == "met"
    assert told.after is None
    assert told.cause == "reopen"
    with pytest.raises(DatabaseError, match="closed"), transaction.atomic():
        TicketFact.objects.update(outcome="breached")
    with pytest.raises(DatabaseError, match="closed"), transaction.atomic():
        Tally.objects.update(number=7)


def test_figures_wait_while_a_clock_does(log, at):
    log()
    with clock.at(at + timedelta(days=1)):
        assert Clock.objects.due(clock.now()).exists()
        assert services.sweep_when_calm() == 0
        sla.sweep(clock.now())
        assert services.sweep_when_calm() > 0
    assert not Touched.objects.exists()


def test_a_record_that_cannot_be_counted_stops_no_other_and_stays_owed(resolved, stand, at):
    """Its steps say something that is no team: only it fails, each time, until somebody puts it right."""
    poisoned = stand("in_progress")
    StepTaken.objects.create(
        record=poisoned, seq=99, step="transfer", target="new", details={"before": "no team"}, effective_at=at + timedelta(days=1)
    )
    done = services.sweep_touched()
    assert done > 0
    assert TicketFact.objects.filter(record_id=resolved.pk).exists()
    assert not TicketFact.objects.filter(record_id=poisoned.pk).exists()
    assert set(Touched.objects.values_list("record_id", flat=True)) == {poisoned.pk}
    assert services.sweep_touched() == 0
    assert Touched.objects.exists()


def test_escalations_on_time_are_those_that_fired_within_five_seconds(log, at):
    """The way of plain Python: lag by lag over everything that fired."""
    prompt, slow = log(), log()
    for incident, lag in ((prompt, 1), (slow, 60)):
        for clock_ in Clock.objects.about(incident).filter(next_fire_at__isnull=False):
            timers.fire([clock_], at=clock_.next_fire_at + timedelta(seconds=lag))
    lags = [fire.fired_at - fire.scheduled_for for fire in ClockFire.objects.all()]
    services.sweep_touched()
    found = figure("escalation_punctuality")
    assert found.number == len(lags) >= 4
    assert found.value == 100 * sum(lag <= timedelta(seconds=5) for lag in lags) / len(lags)
    assert 0 < found.value < 100
