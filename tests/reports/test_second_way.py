"""Every metric of tickets computed a second way over a real log, and equal, whole and by month, priority, service and team."""

import os
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from changes.period import Period
from incidents.measures import STAGES
from itsm.core import measures
from reports import figures, services
from reports.models import ClosedMonth, Spread, Tally, TicketFact
from reports.scope import Scope
from reports.spread import ERROR
from tests.incidents.test_import_servicenow import LOG, ZONE
from tests.reports.second_way import World, least, mean, month, percent

pytestmark = pytest.mark.django_db
WHOLE = os.environ.get("SERVICENOW_LOG", "")
YEARS = Period(date(2015, 1, 1), date(2017, 12, 1))


@pytest.fixture
def world(service_manager):
    call_command("import_servicenow", str(LOG), timezone=ZONE, customer="Acme Ltd")
    services.sweep_touched()
    return World()


def attainment(metric, *, raw):
    def compute(world, chosen):
        verdicts = [met for incident, when, met in world.verdicts(metric) if chosen(incident, when) and (raw or met is not None)]
        return percent(verdicts)

    return compute


def of_solved(value):
    def compute(world, chosen):
        return mean(value(world, one) for one in world.incidents if (at := world.solved(one)) and chosen(one, month(at)))

    return compute


def of_closed(value):
    def compute(world, chosen):
        return mean(value(world, one) for one in world.incidents if one.closed_at and chosen(one, month(one.closed_at)))

    return compute


def clock_of(world, incident, metric):
    return [clock for clock in world.clocks[incident.pk] if clock.metric == metric][-1]


def responded(world, chosen):
    clocks = [
        clock for one in world.incidents for clock in world.clocks[one.pk]
        if clock.metric == "response" and clock.stopped_at and chosen(one, month(clock.stopped_at))
    ]  # fmt: skip
    return mean(clock.used // timedelta(seconds=1) for clock in clocks)


def of_logged(value):
    return lambda world, chosen: percent(value(world, one) for one in world.incidents if chosen(one, month(one.contacted_at)))


def pause_share(world, chosen):
    clocks = [clock_of(world, one, "resolution") for one in world.incidents if (at := world.solved(one)) and chosen(one, month(at))]
    held, used = (sum(getattr(clock, name) // timedelta(seconds=1) for clock in clocks) for name in ("held", "used"))
    return 100 * held / (held + used) if held + used else None


def closing(kind):
    return of_closed(lambda _world, one: 100.0 * (one.closing_kind == kind))


def rating(world, chosen):
    return mean(one.rating for one in world.incidents if one.rating and one.closed_at and chosen(one, month(one.closed_at)))


WAYS = {
    "attainment_response": attainment("response", raw=True),
    "attainment_response_excused": attainment("response", raw=False),
    "attainment_resolution": attainment("resolution", raw=True),
    "attainment_resolution_excused": attainment("resolution", raw=False),
    "attainment_update": attainment("next_update", raw=True),
    "attainment_update_excused": attainment("next_update", raw=False),
    "attainment_support": attainment("support", raw=True),
    "attainment_support_excused": attainment("support", raw=False),
    "mtta": responded,
    "logged_in_time": of_logged(lambda _world, one: one.logged_at - one.contacted_at <= timedelta(minutes=5)),
    "promised": of_logged(lambda world, one: clock_of(world, one, "resolution").target is not None),
    "mttr": of_solved(lambda world, one: clock_of(world, one, "resolution").used // timedelta(seconds=1)),
    "mttr_wall": of_solved(lambda world, one: (world.solved(one) - one.contacted_at) // timedelta(seconds=1)),
    "pause_share": pause_share,
    "reopen_rate": of_solved(lambda world, one: 100.0 * any(step.step == "reopen" for step in world.steps[one.pk])),
    "first_contact": of_solved(lambda world, one: 100.0 * world.first_contact(one)),
    "closed_confirmed": closing("confirmed"),
    "closed_phone": closing("phone"),
    "closed_lapsed": closing("lapsed"),
    "rating": rating,
    **{f"stage_{name}": of_closed(lambda world, one, name=name: world.spent(one)[name] // 1) for name in STAGES},
}
MACHINE = {"escalation_punctuality"}
OF_CHANGES = {"change_success", "emergency_rate", "backed_out_rate", "approval_in_target", "approval_lead_time", "approval_lead_time_wall"}


def test_every_measure_is_computed_a_second_way():
    from_apps = {key for key, measure in measures.known().items() if measure.group in GROUPS}
    assert from_apps == WAYS.keys() | MACHINE | OF_CHANGES


GROUPS = {"promises", "times", "quality", "stages", "machine", "changes"}


def alike(found, expected):
    return found == expected if found is None or expected is None else abs(found - expected) <= 1e-6 * max(1, abs(expected))


def compare(world, scope, chosen, label):
    shown = figures.read(scope, [measures.named(key) for key in WAYS], percentiles=False)[""]
    for key, way in WAYS.items():
        expected = way(world, chosen)
        assert alike(shown[key].value, expected), f"{key} {label}: {shown[key].value} is not {expected}"


def test_the_figures_of_a_real_log_are_those_of_plain_python(world):
    assert len(world.incidents) > 50
    compare(world, Scope(YEARS), lambda _one, _when: True, "whole")
    months = sorted({fact.month for fact in TicketFact.objects.only("month")})
    assert len(months) > 1
    for first in months:
        compare(world, Scope(Period(first, first)), lambda _one, when, first=first: when == first, first)


def test_by_service_team_and_priority_they_are_those_of_plain_python_too(world):
    facts = TicketFact.objects.filter(kind="resolved")
    keys = {"mttr": "resolved", "mttr_wall": "resolved", "reopen_rate": "resolved", "first_contact": "resolved", "pause_share": "resolved"}
    for by, column in (("service", "service_id"), ("team", "team_id"), ("priority", "priority"), ("customer", "customer_id")):
        shown = figures.read(Scope(YEARS), [measures.named(key) for key in keys], by=by)
        groups = {(row["record_id"], row[column]) for row in facts.values("record_id", column)}
        for group, found in shown.items():
            mine = {record for record, key in groups if key == group}
            for key in keys:
                assert alike(found[key].value, WAYS[key](world, lambda one, _when, mine=mine: one.pk in mine)), (by, group, key)
            lengths = [(world.solved(one) - one.contacted_at) // timedelta(seconds=1) for one in world.incidents if one.pk in mine]
            for share, name in ((0.5, "p50"), (0.9, "p90")):
                exact = least(lengths, share)
                assert abs(getattr(found["mttr_wall"], name) - exact) <= ERROR * exact + 1


@pytest.mark.usefixtures("world")
def test_sums_are_those_of_the_facts_by_every_grouping():
    for measure in measures.known().values():
        for by in figures.TICKET_GROUPS if measure.kind not in figures.OF_CHANGES else figures.CHANGE_GROUPS:
            shown = figures.read(Scope(YEARS), [measure], by=by)
            assert sum(found[measure.key].number for found in shown.values()) == figures.facts(Scope(YEARS), measure).count()


@pytest.mark.usefixtures("world")
def test_every_month_of_the_log_closes_by_itself_and_its_seal_holds():
    facts = TicketFact.objects.count()
    assert services.close_what_is_due() > 1
    assert sum(ClosedMonth.objects.values_list("facts", flat=True)) == facts
    for closed in ClosedMonth.objects.all():
        assert services.sealed(closed.month) == (closed.facts, closed.sha256)
    assert services.close_what_is_due() == 0


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not WHOLE, reason="SERVICENOW_LOG names no log")
def test_the_figures_of_the_whole_log_are_those_of_plain_python(service_manager):
    call_command("import_servicenow", WHOLE, timezone=ZONE, customer="Acme Ltd")
    services.sweep_touched(limit=10_000_000)
    world = World()
    compare(world, Scope(YEARS), lambda _one, _when: True, "whole")


def sums():
    """All sums that count anything, without their keys."""
    names = ("grain", "start", "customer", "service", "team", "kind", "priority", "outcome", "marks", "slot", "number", "sums")
    tallies = sorted(map(str, Tally.objects.exclude(number=0).values_list(*names)))
    spreads = Spread.objects.exclude(counts={}).values_list("start", "customer", "service", "team", "kind", "priority", "no", "counts")
    return tallies, sorted((*key, sorted(counts.items())) for *key, counts in spreads)


@pytest.mark.usefixtures("world")
def test_the_sums_are_those_that_the_database_counts_anew():
    before = sums()
    assert len(before[0]) > 100
    services.recount()
    assert sums() == before
