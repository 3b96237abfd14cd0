"""How long approval takes, where it waits and for whom: counted by hand (requirement 65)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changes import measures, period, services
from changes.measures.timing import listed_leads, listed_waits
from changes.models import Change, Stage
from tests.changes.conftest import NOW
from tests.changes.history import HOUR, decided
from tests.changes.plans import seat

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
"""17:00 in Shanghai, an hour before the office closes."""
MONDAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai, an hour after it opens."""
MARCH = measures.Scope(period.named("2026-03", "2026-03", FRIDAY))
HOURS = 3600


@pytest.fixture
def history(assessed, ops_lead, tester, product_manager, service_manager, tech_lead, representative):
    """Four approvals: two hours; over a weekend; all three of a high risk; one rejected at once. And one that was withdrawn."""
    quick = decided(assessed("low"), ("ops_lead", ops_lead, "approve", NOW + 2 * HOUR))
    weekend = decided(assessed("low"), ("ops_lead", ops_lead, "approve", MONDAY), at=FRIDAY)
    high = decided(
        assessed("high"), ("service_manager", service_manager, "approve", NOW + HOUR), ("tech_lead", tech_lead, "approve", NOW + HOUR),
        ("customer_representative", representative, "approve", NOW + 6 * HOUR),
    )  # fmt: skip
    style = decided(assessed("low", category="interface"), ("product_manager", product_manager, "reject", NOW + HOUR / 2))
    withdrawn = decided(assessed("medium"))
    services.withdraw(withdrawn, by=withdrawn.requester, reason="No.", at=NOW + HOUR)
    return {"quick": quick, "weekend": weekend, "high": high, "style": style, "withdrawn": withdrawn}


def test_approvals_are_counted_by_hand(history, django_assert_num_queries):
    ContentType.objects.get_for_model(Change)
    with django_assert_num_queries(2):
        leads, months, groups, _waits = measures.approvals(MARCH)
    # 10:00 to 12:00; Friday 17:00 to Monday 10:00; 10:00 to 16:00 with an hour of lunch; half an hour.
    assert leads.number == 4
    assert (leads.worked_p50, leads.worked_p90) == (2 * HOURS, 5 * HOURS)
    assert (leads.elapsed_p50, leads.elapsed_p90) == (2 * HOURS, 65 * HOURS)
    assert (leads.worked_in_target, leads.elapsed_in_target) == (3, 2)
    assert (leads.worked_share, leads.worked_late, leads.elapsed_late) == (75, 1, 2)
    assert months == {date(2026, 3, 1): leads}
    assert {key: (one.number, one.worked_p90) for key, one in groups.items()} == {"low": (3, 2 * HOURS), "high": (1, 5 * HOURS)}


def test_where_it_waited_and_for_whom(history, ops_lead, representative, service_manager):
    *_leads, waits = measures.approvals(MARCH)
    roles = {role: (one.number, one.worked_p50, one.last) for role, one in waits["role"].items()}
    assert roles == {
        "ops_lead": (2, 2 * HOURS, 2), "product_manager": (1, HOURS / 2, 1), "service_manager": (1, HOURS, 0), "tech_lead": (1, HOURS, 0),
        "customer_representative": (1, 5 * HOURS, 1),
    }  # fmt: skip
    assert waits["role"]["ops_lead"].elapsed_p90 == 65 * HOURS
    assert waits["person"][str(representative.pk)].worked_total == 5 * HOURS
    assert waits["person"][str(ops_lead.pk)].number == 2
    assert {key: one.number for key, one in waits["nudge"].items()} == {"alone": 6}


def test_a_decision_after_a_reminder_or_an_escalation_is_told_apart(assessed, tester, ops_lead):
    change = assessed("low", category="core_function")
    services.submit(change, by=change.requester, at=NOW)
    services.decide(seat(change, "tester"), by=tester, choice="approve", at=NOW + HOUR)
    Stage.objects.filter(round__change=change).update(reminded_at=NOW + 2 * HOUR, escalated_at=NOW + 4 * HOUR)
    services.decide(seat(change, "ops_lead"), by=ops_lead, choice="approve", at=NOW + 5 * HOUR)
    *_leads, waits = measures.approvals(MARCH)
    assert {key: one.number for key, one in waits["nudge"].items()} == {"alone": 1, "escalated": 1}


def test_an_approval_that_an_edit_voided_later_still_counts_and_one_that_was_never_decided_does_not(history, assessed):
    change = history["quick"]
    services.edit(change, by=change.requester, at=NOW + 3 * HOUR, back_out_plan="Another one.")
    assert measures.approvals(MARCH)[0].number == 4
    undecided = decided(assessed("low"))
    services.edit(undecided, by=undecided.requester, at=NOW + HOUR, back_out_plan="Another one.")
    assert measures.approvals(MARCH)[0].number == 4


def test_only_the_months_and_changes_asked_about_count(history):
    february = measures.Scope(period.named("2026-02", "2026-02", FRIDAY))
    assert measures.approvals(february)[0] == measures.Leads(worked_p50=None)
    assert measures.approvals(measures.Scope(MARCH.period, tier="high"))[0].number == 1
    assert measures.approvals(measures.Scope(MARCH.period, category="interface"))[0].number == 1


def test_the_rows_are_those_that_were_counted(history):
    leads, *_rest, waits = measures.approvals(MARCH)
    listed = listed_leads(MARCH)
    assert [worked for _pk, worked, _elapsed in listed] == [2 * HOURS, 5 * HOURS, 2 * HOURS, HOURS / 2]
    assert len(listed_leads(MARCH, late="worked")) == leads.worked_late
    assert len(listed_leads(MARCH, late="elapsed")) == leads.elapsed_late
    for role, one in waits["role"].items():
        assert len(listed_waits(MARCH, role=role)) == one.number
    for person, one in waits["person"].items():
        assert len(listed_waits(MARCH, person=int(person))) == one.number
    assert len(listed_waits(MARCH, nudge="alone")) == 6
    assert listed_waits(MARCH, nudge="escalated") == []


def test_what_is_asked_for_now(assessed, tester, django_assert_num_queries):
    change = assessed("low", category="core_function")
    services.submit(change, by=change.requester, at=NOW)
    services.decide(seat(change, "tester"), by=tester, choice="approve", at=NOW + HOUR)
    with django_assert_num_queries(1):
        assert measures.waiting_now(MARCH) == [("ops_lead", 1, NOW, 0)]
    Stage.objects.filter(round__change=change).update(escalated_at=NOW + HOUR)
    assert measures.waiting_now(MARCH) == [("ops_lead", 1, NOW, 1)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=60))
def test_a_percentile_is_a_length_that_occurred_and_so_many_are_no_longer(db, lengths):
    with connection.cursor() as cursor:
        cursor.execute("SELECT percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY n) FROM unnest(%s::bigint[]) n", [lengths])
        half, nine = cursor.fetchone()[0]
    ordered = sorted(lengths)
    assert half == ordered[-(-len(ordered) // 2) - 1]
    assert nine == ordered[-(-len(ordered) * 9 // 10) - 1]
    assert timedelta(microseconds=half) <= timedelta(microseconds=nine)
