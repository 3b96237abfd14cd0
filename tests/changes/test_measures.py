"""What changes come to: counted by hand (domain.md section 3.5)."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.contenttypes.models import ContentType

from catalog.models import Service
from changes import measures, period
from changes.measures import outcomes
from changes.models import Change, FreezeWindow, Override, Status
from itsm.core import trail
from itsm.people.models import Role
from tests import cast
from tests.catalog.things import an_item
from tests.changes.conftest import NOW
from tests.changes.history import DAY, HOUR, carried_out, decided, took, wrote

pytestmark = pytest.mark.django_db
JANUARY = datetime(2026, 1, 12, 2, 0, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 3, 2, 0, tzinfo=UTC)


def scope(first="2026-01", last="2026-03", **more):
    return measures.Scope(period.named(first, last, NOW), **more)


@pytest.fixture
def history(assessed, draft):
    """Seven changes: a success, one late, one backed out, one failed, an emergency, a recent success; and one still to be done."""
    made = {
        "good": carried_out(assessed("low"), started_at=JANUARY, finished_at=JANUARY + HOUR),
        "late": carried_out(
            assessed("medium"), started_at=JANUARY, finished_at=JANUARY + 3 * HOUR, window=(JANUARY, JANUARY + 2 * HOUR)
        ),
        "back": carried_out(assessed("low"), started_at=FEBRUARY, finished_at=FEBRUARY + HOUR, status=Status.REVIEW),
        "failed": carried_out(
            assessed("high"), started_at=FEBRUARY, finished_at=FEBRUARY + HOUR, status=Status.CLOSED, result="failed"
        ),
        "urgent": carried_out(draft(kind="emergency", category="database"), started_at=FEBRUARY, finished_at=FEBRUARY + HOUR),
        "recent": carried_out(assessed("low", category="other"), started_at=NOW - DAY, finished_at=NOW - DAY + HOUR),
        "waiting": assessed("low"),
    }  # fmt: skip
    took(made["back"], "back_out", FEBRUARY + HOUR)
    carried_out(assessed("low"), started_at=JANUARY - 40 * DAY, finished_at=JANUARY - 40 * DAY + HOUR)  # in December
    return made


def test_a_period_is_counted_by_hand(history, django_assert_num_queries):
    ContentType.objects.get_for_model(Change)
    with django_assert_num_queries(1):
        done, months, groups = measures.carried_out(scope(), NOW)
    assert (done.implemented, done.successful, done.provisional) == (6, 3, 1)  # good, urgent, recent
    assert (done.backed_out, done.failed, done.outside_window, done.emergency) == (1, 1, 1, 1)
    assert done.success_rate == 50
    assert done.emergency_rate == pytest.approx(100 / 6)
    assert done.backed_out_rate == pytest.approx(100 / 6)
    assert [months[date(2026, no, 1)].implemented for no in (1, 2, 3)] == [2, 3, 1]
    assert {key: (one.implemented, one.successful) for key, one in groups.items()} == {
        "low": (3, 2), "medium": (1, 0), "high": (1, 0), "emergency": (1, 1),
    }  # fmt: skip


@pytest.mark.parametrize("figure", outcomes.FIGURES)
def test_every_figure_is_the_number_of_its_rows(history, figure):
    done, _months, groups = measures.carried_out(scope(), NOW)
    listed = outcomes.listed(scope(), NOW, figure)
    assert len(listed) == getattr(done, figure)
    for tier, counted in groups.items():
        assert len(outcomes.listed(scope(tier=tier), NOW, figure)) == getattr(counted, figure)


def test_what_ended_with_issues_is_a_success_and_backing_out_never_is(history):
    change = history["back"]
    wrote(change, status=Status.CLOSED, result="failed")
    done, *_rest = measures.carried_out(scope(), NOW)
    assert (done.backed_out, done.failed) == (1, 2)
    wrote(history["good"], status=Status.CLOSED, result="with_issues")
    assert measures.carried_out(scope(), NOW)[0].successful == 3


def test_nothing_is_a_dash_not_a_hundred_percent(db):
    done, months, groups = measures.carried_out(scope(), NOW)
    assert (done.implemented, done.success_rate, done.emergency_rate, groups) == (0, None, None, {})
    assert len(months) == 3


def test_a_change_of_two_services_counts_in_each_but_once_in_all(history, team, service_manager):
    facets = dict.fromkeys(("content", "target", "audience", "cost"), "x")
    services = [Service.objects.create(code=c, name=c, owner=service_manager, team=team, criticality="core", **facets) for c in ("a", "b")]
    history["good"].services.set(services)
    history["late"].services.set(services[:1])
    done, _months, groups = measures.carried_out(scope(by="service"), NOW)
    assert done.implemented == 6
    assert {int(key): one.implemented for key, one in groups.items()} == {services[0].pk: 2, services[1].pk: 1}
    assert measures.carried_out(scope(service=services[1]), NOW)[0].implemented == 1


def test_only_what_no_change_allowed_is_unauthorised(db, service_manager, draft):
    item = an_item("web-1", service_manager)
    with trail.acting(by=service_manager, step="test"):
        item.name = "Web 1"
        item.save()
    month = measures.Scope(period.lately(item.updates.latest("id").at, 1))
    assert measures.unauthorised(month) == {"updates": 1, "unexplained": 1, "items": 1}


def test_the_backlog_is_what_nobody_has_done_or_given_up(history):
    number, lines, past = measures.backlog(scope(), NOW)
    assert (number, [(status, count) for status, count, _oldest in lines], past) == (1, [(Status.ASSESSED, 1)], 0)
    assert measures.backlog(scope(), NOW + 30 * DAY)[2] == 1
    assert measures.backlog(scope(tier="high"), NOW)[0] == 0


def test_freezes_that_were_broken_are_counted_and_no_other_override(history, top_manager):
    freeze = FreezeWindow.objects.create(name="双十一", reason="Sale", starts_at=FEBRUARY, ends_at=FEBRUARY + DAY)
    for key, at in ((f"freeze:{freeze.pk}", FEBRUARY), ("change:1:items", FEBRUARY), ("freeze:9", JANUARY - 40 * DAY)):
        Override.objects.create(change=history["good"], key=key, fingerprint="0" * 64, reason="It must.", by=top_manager, at=at)
    assert measures.freeze_overrides(scope()) == {"overrides": 1, "changes": 1}


def test_managements_list_says_why_who_let_it_begin_and_what_was_said_after(draft, asker, ops_lead, tech_lead, django_assert_num_queries):
    change = decided(
        wrote(draft(kind="emergency", reason="The disk is full."), risk="low", status="assessed"),
        ("ops_lead", ops_lead, "approve", NOW + HOUR / 2),
    )  # fmt: skip
    change = wrote(change, status=Status.IMPLEMENTING, started_at=NOW + HOUR, retrospect="owed")
    unreachable = wrote(draft(kind="emergency"), status=Status.IMPLEMENTING, started_at=NOW, unreachable_reason="Night.")
    with django_assert_num_queries(3):
        (newest, other), number = measures.emergencies(scope(), 10)
    assert number == 2
    assert (newest.change, newest.panel.person, newest.waited) == (change, ops_lead, HOUR)
    assert (other.change, other.panel) == (unreachable, None)


def test_a_person_of_a_customer_reads_no_figure(contact):
    with pytest.raises(measures.scope.NotAllowed):
        measures.scope.must_read(contact)
    measures.scope.must_read(cast.staff("somebody", Role.ENGINEER))
