"""The promise check over real rows: the right clocks, measured on the draft's hours, judged and counted as plain Python counts them."""

import random
from datetime import timedelta
from statistics import median_low

import pytest

from itsm.calendars import services as calendars
from itsm.core import clock as time
from itsm.core.errors import NotAllowed, Refused
from sla import services as sla
from sla.models import Clock, ReopenRule
from sla.services import checking
from sla.services.checking import Population
from tests.sla.conftest import MONDAY

pytestmark = pytest.mark.django_db
RESPONSE, RESOLUTION = ("core", 3, "response"), ("core", 3, "resolution")
FIVE = 5 * 60
NOW = MONDAY + timedelta(days=11, hours=2)
"""Friday, 9 October 2026, a working day after the national holidays."""


@pytest.fixture(autouse=True)
def now():
    with time.at(NOW):
        yield


def held(version):
    return {(t.tier, t.priority, t.metric): (t.seconds, t.calendar) for t in version.targets.select_related("calendar")}


@pytest.fixture
def draft(agreement, service_manager):
    """A draft of version 2 with the targets of version 1."""
    return sla.draft_version(agreement.agreement, by=service_manager)


@pytest.fixture
def answered(agreement, make_incident):
    """`answered(minutes, …)`: an incident whose first answer took so many minutes, solved an hour later."""

    def made(minutes, at=MONDAY, *, solved=True, priority=3, whose=None):
        incident = make_incident(priority, contacted_at=at)
        incident.customer = whose or incident.customer
        incident.save()
        sla.start(incident, by=None, priority=priority)
        if minutes is not None:
            sla.stop(incident, "response", at=at + timedelta(minutes=minutes), by=None)
        if solved:
            sla.stop(incident, "resolution", at=at + timedelta(minutes=(minutes or 0) + 60), by=None)
        return incident

    return made


def row(found, key=RESPONSE):
    return next(row for row in found.rows if row.key == key)


def counts(found, key=RESPONSE):
    judged = row(found, key).judged
    return judged.met, judged.failed, judged.undecided


def test_a_team_that_answers_in_twelve_minutes_cannot_promise_five(draft, answered, service_manager):
    """The seed's own failure: five minutes for everything, and a team that needs twelve."""
    chance = random.Random(20000)
    needed = [max(1, round(chance.gauss(12, 5))) for _ in range(60)]
    for place, minutes in enumerate(needed):
        answered(minutes, MONDAY + timedelta(minutes=2 * place), priority=1 + place % 4)
    five = {key: (FIVE if key[2] == "response" else seconds, calendar) for key, (seconds, calendar) in held(draft).items()}
    sla.save_draft(draft, by=service_manager, targets=five)
    found = sla.check(draft, at=NOW)
    assert median_low(needed) == 12
    for priority in (1, 2, 3, 4):
        mine = needed[priority - 1 :: 4]
        shown = row(found, ("core", priority, "response"))
        assert shown.grade == "red"
        assert shown.judged.share == (1000 * sum(minutes <= 5 for minutes in mine) // len(mine)) / 10
        assert shown.judged.median_s == 60 * median_low(mine)
        assert shown.better_s >= 60 * sorted(mine)[-(-95 * len(mine) // 100) - 1]
        longer = sla.check(draft, at=NOW, seconds={shown.key: shown.better_s})
        assert row(longer, shown.key).grade == "green"


def test_who_is_replayed_is_what_the_reader_chose(draft, answered, agreement, other_customer):
    answered(3)
    answered(9, MONDAY - timedelta(days=40))
    answered(9, NOW - timedelta(days=91))
    answered(9, whose=other_customer)
    assert checking.populations(agreement.agreement, NOW) == {"customer": 2, "desk": 3}
    assert counts(sla.check(draft, at=NOW)) == (2, 0, 0)
    assert counts(sla.check(draft, population=Population.DESK, at=NOW, seconds={RESPONSE: FIVE})) == (1, 2, 0)


def test_what_another_agreement_covers_is_not_the_customers_population(draft, answered, service, customer, service_manager):
    answered(3)
    own = sla.make_agreement(by=service_manager, customer=customer, service=service, name="SLA-own")
    version = own.versions.get()
    assert sla.check(draft, at=NOW).sample.tickets == 1
    sla.save_draft(version, by=service_manager, targets=held(version), approved_note="Letter.", effective_from=NOW)
    sla.publish_version(version, by=service_manager, risks_accepted="On call by phone.")
    assert checking.populations(draft.agreement, NOW)["customer"] == 0
    assert checking.populations(own, NOW) == {"customer": 1, "service": 1, "desk": 1}
    assert sla.check(version, population=Population.SERVICE, at=NOW).sample.tickets == 1


def test_the_cancelled_are_left_out_and_the_open_are_undecided_until_they_are_late(draft, answered):
    sla.cancel(answered(3), by=None)
    answered(None, NOW - timedelta(minutes=4), solved=False)
    answered(None, NOW - timedelta(minutes=9), solved=False)
    found = sla.check(draft, at=NOW, seconds={RESPONSE: FIVE})
    assert counts(found) == (0, 1, 1)
    (failure,) = found.failures(RESPONSE)
    assert (failure.used_s, failure.over_s, failure.ended) == (9 * 60, 4 * 60, False)
    assert row(found).better_s is None


def test_a_draft_on_other_hours_measures_every_clock_anew(draft, answered, service_manager):
    incident = answered(10, solved=False)
    sla.pause(incident, reason="waiting_customer_info", at=MONDAY + timedelta(hours=1), by=None)
    sla.resume(incident, at=MONDAY + timedelta(hours=2), by=None)
    sla.stop(incident, "resolution", at=MONDAY + timedelta(days=1, hours=1), by=None)
    office, always = sla.check(draft, at=NOW), calendars.ensure_defaults()[0]
    sla.save_draft(draft, by=service_manager, targets={key: (seconds, always) for key, (seconds, _c) in held(draft).items()})
    assert row(office, RESOLUTION).judged.median_s == 8 * 3600
    assert row(sla.check(draft, at=NOW), RESOLUTION).judged.median_s == 24 * 3600


def test_a_clock_that_was_moved_between_calendars_is_measured_on_the_drafts_alone(draft, answered):
    evening = MONDAY + timedelta(hours=12)
    incident = answered(None, evening, solved=False, priority=1)
    sla.retarget(incident, priority=3, reason="misclassified", at=evening + timedelta(hours=1), by=None)
    sla.stop(incident, "response", at=MONDAY + timedelta(hours=24, minutes=20), by=None)
    assert Clock.objects.about(incident).get(metric="response").elapsed_us == 80 * 60_000_000
    assert row(sla.check(draft, at=NOW)).judged.median_s == 20 * 60


def test_the_reopen_rule_of_the_draft_counts_not_that_of_the_day(draft, answered, service_manager):
    incident = answered(10)
    sla.reopen(incident, at=MONDAY + timedelta(minutes=100), by=None)
    sla.stop(incident, "resolution", at=MONDAY + timedelta(minutes=110), by=None)
    assert row(sla.check(draft, at=NOW), RESOLUTION).judged.median_s == 80 * 60
    draft = sla.save_draft(draft, by=service_manager, targets=held(draft), reopen_rule=ReopenRule.COUNT_GAP)
    assert row(sla.check(draft, at=NOW), RESOLUTION).judged.median_s == 110 * 60


def test_the_hour_is_that_of_the_contact_in_the_companys_zone(draft, answered):
    answered(3)
    answered(9, MONDAY + timedelta(hours=5))
    heat = sla.check(draft, at=NOW, seconds={RESPONSE: FIVE}).heat("response")
    assert [(hour, told) for hour, told in enumerate(heat[3]) if told[1]] == [(9, (0, 1)), (14, (1, 1))]
    assert sum(decided for _failed, decided in heat[1]) == 0


def test_without_tickets_there_is_nothing_to_judge(draft):
    found = sla.check(draft, at=NOW)
    assert (found.sample.tickets, found.decided) == (0, 0)
    assert {(row.grade, row.judged.share, row.better_s) for row in found.rows} == {("none", None, None)}


def test_tickets_that_no_target_covers_are_counted_apart(draft, answered, service_manager):
    answered(3)
    none_for_core = {key: told for key, told in held(draft).items() if key[0] != "core"}
    sla.save_draft(draft, by=service_manager, targets=none_for_core)
    found = sla.check(draft, at=NOW)
    assert (found.sample.tickets, found.sample.untested, found.decided) == (1, 1, 0)


def test_another_target_is_answered_from_memory_and_other_hours_are_not(draft, answered, service_manager, django_assert_max_num_queries):
    answered(9)
    sla.check(draft, at=NOW)
    Clock.objects.update(elapsed_us=1)
    with django_assert_max_num_queries(6):
        assert counts(sla.check(draft, at=NOW, seconds={RESPONSE: FIVE})) == (0, 1, 0)
    always = calendars.ensure_defaults()[0]
    sla.save_draft(draft, by=service_manager, targets={key: (seconds, always) for key, (seconds, _c) in held(draft).items()})
    assert counts(sla.check(draft, at=NOW, seconds={RESPONSE: FIVE})) == (0, 1, 0)
    assert counts(sla.check(draft, population=Population.DESK, at=NOW + timedelta(days=1))) == (1, 0, 0)


def test_the_version_in_force_is_shown_beside_where_its_hours_are_the_same(draft, answered, agreement):
    answered(20)
    found = row(sla.check(draft, at=NOW, seconds={RESPONSE: FIVE}))
    assert (found.before_s, found.before.met, found.judged.met) == (30 * 60, 1, 0)
    assert row(sla.check(agreement, at=NOW)).before_s is None


@pytest.mark.parametrize("other", [False, True])
def test_loading_asks_the_same_questions_however_many_tickets(draft, answered, service_manager, django_assert_num_queries, other):
    always = calendars.ensure_defaults()[0]
    if other:
        sla.save_draft(draft, by=service_manager, targets={key: (seconds, always) for key, (seconds, _c) in held(draft).items()})
    hours = {key: calendar.current().hours() for key, (_s, calendar) in held(draft).items()}
    for more in (1, 5):
        for minute in range(more):
            answered(minute)
        with django_assert_num_queries(2 if other else 1):
            checking.load(draft, Population.CUSTOMER, NOW, hours)


def test_tried_targets_are_taken_into_the_draft_by_whom_it_is_given_to(draft, engineer, service_manager):
    before = held(draft)
    with pytest.raises(NotAllowed):
        sla.take_targets(draft, by=engineer, seconds={RESPONSE: FIVE})
    sla.take_targets(draft, by=service_manager, seconds={RESPONSE: FIVE})
    assert held(draft) == before | {RESPONSE: (FIVE, before[RESPONSE][1])}
    with pytest.raises(Refused):
        sla.take_targets(draft, by=service_manager, seconds={("core", 4, "next_update"): FIVE})


def test_what_is_published_takes_nothing(agreement, service_manager):
    with pytest.raises(Refused):
        sla.take_targets(agreement, by=service_manager, seconds={RESPONSE: FIVE})


@pytest.mark.parametrize(("stopped", "met"), [(timedelta(hours=9), 1), (timedelta(hours=11), 0), (timedelta(days=1), 0)])
@pytest.mark.parametrize("waited", [False, True])
def test_the_verdict_is_the_clocks_own_to_the_end_of_the_day(draft, answered, stopped, met, waited):
    incident = answered(10, solved=False)
    if waited:
        sla.pause(incident, reason="waiting_customer_info", at=MONDAY + timedelta(hours=3), by=None)
        sla.resume(incident, at=MONDAY + timedelta(hours=4), by=None)
    sla.stop(incident, "resolution", at=MONDAY + stopped, by=None)
    clock = Clock.objects.about(incident).get(metric="resolution")
    assert (clock.elapsed_us, clock.outcome) == (8 * 3600 * 1_000_000, "met" if met else "breached")
    assert counts(sla.check(draft, at=NOW), RESOLUTION) == (met, 1 - met, 0)
