"""What reviews decide: done, shown and accepted by somebody else; dates move with a reason; what is overdue climbs; the yearly reminder."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from audits import services
from audits.models import ReviewAction, ReviewClimb, ReviewDueMove, ReviewReminder
from itsm.core.errors import NotAllowed, Refused
from itsm.notices.models import Notice
from tests import cast
from tests.audits.conftest import DAY, NOW, TODAY
from tests.audits.review import action_of, decision, fresh
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(review_at):
    """An action of a signed review, due in thirty days."""
    return action_of(review_at("closed"))


def done(action, company, at=NOW):
    return services.report_decision(action, by=company["owner"], shown="Two courses, list attached.", at=at)


def test_done_shown_and_accepted_by_somebody_else(decided, company):
    with pytest.raises(Refused):
        services.report_decision(decided, by=company["owner"], shown=" ", at=NOW)
    done(decided, company)
    with pytest.raises(NotAllowed):
        services.accept_decision(decided, by=company["owner"], at=NOW)
    with pytest.raises(NotAllowed):
        services.accept_decision(decided, by=company["fixer"], at=NOW)
    services.return_decision(decided, by=company["top_manager"], reason="The night shift is missing.", at=NOW)
    assert (fresh(decided).status, fresh(decided).shown) == ("open", "Two courses, list attached.")
    done(decided, company)
    services.accept_decision(decided, by=company["service_manager"], at=NOW)
    assert (fresh(decided).status, fresh(decided).accepted_by) == ("accepted", company["service_manager"])


def test_nobody_accepts_their_own(review_at, company):
    review = review_at("held")
    for who in ("service_manager", "top_manager"):
        services.decide(review, by=company["top_manager"], at=NOW, **decision(company, NOW, owner=company[who]))
    assert services.accepters(action_of(review), NOW) == [company["service_manager"]]


def test_nothing_begins_before_the_minutes_are_signed(review_at, company):
    review = review_at("held")
    action = services.decide(review, by=company["top_manager"], at=NOW, **decision(company, NOW))
    with pytest.raises(Refused):
        done(action, company)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewAction.objects.filter(pk=action.pk).update(status="open", begun_at=NOW)


@pytest.mark.parametrize("change", [{"title": "x"}, {"why": "x"}, {"due_on": TODAY}, {"status": "accepted"}, {"begun_at": NOW + DAY}])
def test_what_was_decided_stays(decided, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewAction.objects.filter(pk=decided.pk).update(**change)


def test_the_database_lets_no_owner_accept(decided, company):
    done(decided, company)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewAction.objects.filter(pk=decided.pk).update(status="accepted", accepted_by=company["owner"], ended_at=NOW)


def test_a_date_moves_with_a_reason_and_its_history_stays(decided, company):
    for who, becomes, reason in (("fixer", TODAY + 40 * DAY, "x"), ("owner", TODAY + 40 * DAY, " "), ("owner", TODAY - DAY, "x"),
                                 ("owner", decided.due_on, "x")):  # fmt: skip
        with pytest.raises(Refused):
            services.move_decision(decided, by=company[who], becomes=becomes, reason=reason, at=NOW)
    services.move_decision(decided, by=company["owner"], becomes=TODAY + 40 * DAY, reason="The trainer is ill.", at=NOW)
    move = ReviewDueMove.objects.get()
    assert (move.was, move.becomes, fresh(decided).due_on) == (TODAY + 30 * DAY, TODAY + 40 * DAY, TODAY + 40 * DAY)


def test_it_is_handed_over_and_dropped_with_a_reason(decided, company):
    services.hand_decision_over(decided, by=company["service_manager"], owner=company["fixer"], reason="Another team.", at=NOW)
    assert fresh(decided).owner == company["fixer"]
    for who in ("service_manager", "fixer"):
        with pytest.raises(NotAllowed):
            services.drop_decision(decided, by=company[who], reason="Too dear.", at=NOW)
    services.drop_decision(decided, by=company["top_manager"], reason="Too dear.", at=NOW)
    assert (fresh(decided).status, fresh(decided).outcome) == ("dropped", "Too dear.")


def ladder(action):
    rungs = ReviewClimb.objects.filter(action=action).order_by("due_on", "days")
    return [(rung.days, sorted(Notice.objects.filter(kind="audits.review_overdue", key=f"{rung.due_on}-{rung.days}")
                               .values_list("person__username", flat=True))) for rung in rungs]  # fmt: skip


def test_what_is_overdue_climbs_and_each_step_once(decided, company):
    due = NOW + 30 * DAY
    assert services.sweep_decisions(due + timedelta(hours=13)) == 0
    for days, steps in ((1, 1), (2, 1), (7, 2), (14, 3), (30, 3)):
        services.sweep_decisions(due + days * DAY)
        assert services.sweep_decisions(due + days * DAY) == 0
        assert len(ladder(decided)) == steps
    assert ladder(decided) == [(1, ["owner"]), (7, ["manager"]), (14, ["boss"])]
    services.move_decision(decided, by=company["owner"], becomes=(due + 40 * DAY).date(), reason="Agreed.", at=due + 30 * DAY)
    services.sweep_decisions(due + 41 * DAY)
    assert [days for days, _who in ladder(decided)] == [1, 7, 14, 1]


def test_what_is_reported_done_climbs_no_more(decided, company):
    done(decided, company)
    assert services.sweep_decisions(NOW + 60 * DAY) == 0


def reminded():
    return [(row.months, len(row.people)) for row in ReviewReminder.objects.order_by("since", "months")]


def test_the_service_manager_is_reminded_at_ten_eleven_and_twelve_months_once_each(review_at, company):
    review_at("closed")
    for day, expected in (
        (date(2027, 1, 3), []), (date(2027, 1, 4), [(10, 1)]), (date(2027, 1, 20), [(10, 1)]), (date(2027, 2, 4), [(10, 1), (11, 1)]),
        (date(2027, 3, 4), [(10, 1), (11, 1), (12, 1)]), (date(2028, 3, 4), [(10, 1), (11, 1), (12, 1)]),
    ):  # fmt: skip
        for _twice in range(2):
            services.remind(NOW + (day - TODAY))
        assert reminded() == expected, day
    told = Notice.objects.filter(kind="audits.review_reminder")
    assert sorted((notice.params["months"], notice.person.username) for notice in told) == [
        (10, "manager"),
        (11, "manager"),
        (12, "manager"),
    ]


def test_a_new_review_begins_the_count_anew(review_at, company):
    review_at("closed")
    services.remind(NOW + 310 * DAY)
    review_at("closed", at=NOW + 320 * DAY)
    assert services.remind(NOW + 400 * DAY) == 0
    assert services.remind(NOW + (320 + 310) * DAY) == 1


def test_without_any_review_it_counts_from_the_companys_start(company):
    assert services.remind(NOW) == 0
    cast.person("first", joined_on=date(2025, 4, 1))
    assert services.remind(NOW) == 1
    assert reminded() == [(10, 0), (11, 1)]
    assert services.remind(NOW + DAY) == 0


@pytest.mark.django_db(transaction=True)
def test_two_accept_at_once_and_one_of_them_counts(decided, company):
    done(decided, company)
    by = [company["top_manager"], company["service_manager"]]
    found = at_once(*[lambda who=who: services.accept_decision(decided, by=who, at=NOW) for who in by])
    assert sorted(isinstance(one, Refused) for one in found) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_and_reminders_at_once_tell_once(decided, company):
    at = NOW + 400 * DAY
    at_once(*[lambda: (services.sweep_decisions(at), services.remind(at))] * 2)
    assert ladder(decided) == [(1, ["owner"]), (7, ["manager"]), (14, ["boss"])]
    assert reminded() == [(10, 0), (11, 0), (12, 1)]
    assert Notice.objects.filter(kind="audits.review_reminder").count() == 1
