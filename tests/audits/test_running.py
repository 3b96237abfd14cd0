"""Letting rules run: alone, all, at night, side by side, and with one that cannot."""

import dataclasses

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.models.lookups import Exact
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits import known, services, tasks
from audits.declaring import Check
from audits.models import Failure, Run
from audits.rules import shipped
from audits.services import running
from itsm.core import clock
from itsm.core.errors import NotAllowed
from tests.audits.records import AT, MINUTE, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(own_company):
    return World()


def broken_rule():
    """A rule that the database cannot run: it divides by nought."""
    rule = shipped()["T-8.6.1a"]
    nonsense = Check("nonsense", "n", lambda _window: Exact(F("impact") / (F("impact") - F("impact")), 1))
    return dataclasses.replace(rule, id="T-8.6.1z", checks=(nonsense,))


def test_all_of_them_run(world, service_manager):
    runs = services.run_all(by=service_manager, at=AT)
    assert {run.rule for run in runs} == set(shipped())
    assert [run.error for run in runs if run.is_error] == []


def test_one_that_cannot_run_says_so_and_stops_no_other(world):
    world.incident()
    bad, fine = broken_rule(), shipped()["T-8.6.1a"]
    first, second = services.run_all([bad, fine], at=AT)
    assert first.is_error
    assert "division by zero" in first.error
    assert (first.population, first.share, first.is_empty) == (0, None, False)
    assert (second.outcome, second.population) == ("done", 1)


def test_a_night_counts_once_whoever_comes_twice(world):
    assert services.run_nightly(AT) == len(shipped())
    assert services.run_nightly(AT + MINUTE) == 0
    assert Run.objects.count() == len(shipped())


def test_what_could_not_run_is_tried_again_the_same_night(world, monkeypatch):
    rule = broken_rule()
    world.incident()
    monkeypatch.setattr(running, "rules", lambda: {rule.id: rule})
    assert services.run_nightly(AT) == 1
    mended = dataclasses.replace(rule, checks=shipped()["T-8.6.1a"].checks)
    monkeypatch.setattr(running, "rules", lambda: {rule.id: mended})
    assert services.run_nightly(AT + MINUTE) == 1
    assert list(Run.objects.order_by("id").values_list("outcome", flat=True)) == ["error", "done"]


def test_two_at_the_same_rule_and_night_leave_one_run(world):
    rule = shipped()["T-8.6.1a"]
    night = AT.date()
    assert running.attempt(rule, by=None, night=night, at=AT)
    assert running.attempt(rule, by=None, night=night, at=AT) is None
    assert Run.objects.of(rule.id).count() == 1


def test_on_demand_it_runs_as_often_as_somebody_asks(world, auditor):
    rule = shipped()["T-8.6.1a"]
    for _time in range(2):
        services.run(rule, by=auditor, at=AT)
    assert Run.objects.of(rule.id).count() == 2


def test_who_may_let_them_run(world, service_manager, auditor, administrator, agent, engineer, top_manager, contact):
    rule = shipped()["T-8.6.1a"]
    for person in (agent, engineer, top_manager, contact):
        with pytest.raises(NotAllowed):
            services.run(rule, by=person, at=AT)
        with pytest.raises(NotAllowed):
            services.run_all(by=person, at=AT)
    for person in (service_manager, auditor, administrator):
        assert services.run(rule, by=person, at=AT)


def test_runs_and_their_exceptions_are_never_changed(world):
    world.incident(priority=1)
    run = services.run(shipped()["T-8.6.1a"], by=None, at=AT)
    failure = run.failures.get()
    for row, change in ((run, {"failed": 0}), (failure, {"details": {"x": 1}})):
        with pytest.raises(InternalError, match="append-only"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**change)


def test_a_run_takes_the_same_queries_however_many_records_there_are(world):
    rule = shipped()["T-8.6.1a"]
    services.run(rule, by=None, at=AT)
    counts = []
    for many in (1, 20):
        for _no in range(many):
            world.incident(priority=1)
        with CaptureQueriesContext(connection) as found:
            services.run(rule, by=None, at=AT)
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_the_task_of_the_night(world):
    with clock.at(AT):
        assert tasks.run_rules() == len(shipped())
        assert tasks.run_rules() == 0


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(levels=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.sampled_from(["", " ", "why"])), max_size=12))
def test_passed_and_failed_add_up_to_all(world, levels):
    for impact, urgency, priority, why in levels:
        world.incident(impact=impact, urgency=urgency, priority=priority, priority_reason=why)
    for name in ("T-8.6.1a", "T-8.6.1b", "T-8.2.4a"):
        run = services.run(known.rule(name), by=None, at=AT)
        failures = Failure.objects.filter(run=run)
        assert run.passed + run.failed == run.population
        assert failures.count() == run.failed == failures.values("object_id").distinct().count()
        assert all(failure.reasons for failure in failures)
