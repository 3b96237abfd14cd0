"""Periods of whole months of the company."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes import period
from changes.period import Period

AT = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
months = st.dates(date(2005, 1, 1), date(2150, 12, 1)).map(lambda day: day.replace(day=1))


def test_the_last_three_months_are_looked_at():
    assert period.lately(AT) == Period(date(2026, 1, 1), date(2026, 3, 1))
    assert period.lately(AT, 12).first == date(2025, 4, 1)


def test_a_month_begins_at_the_companys_midnight():
    chosen = Period(date(2026, 1, 1), date(2026, 1, 1))
    assert (chosen.since, chosen.until) == (datetime(2025, 12, 31, 16, tzinfo=UTC), datetime(2026, 1, 31, 16, tzinfo=UTC))
    assert period.lately(datetime(2026, 2, 28, 16, tzinfo=UTC), 1).first == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2026-01", "2026-02", ("2026-01", "2026-02")),
        ("2026-02", "2026-01", ("2026-01", "2026-02")),
        ("", "2025-12", ("2025-10", "2025-12")),
        ("2025-12", "", ("2025-12", "2026-03")),
        ("x", "2026-13", ("2026-01", "2026-03")),
        ("2030-01", "2031-01", ("2026-03", "2026-03")),
        ("2001-01", "2026-03", ("2023-04", "2026-03")),
        ("²026-01", "\0", ("2026-01", "2026-03")),
    ],
)
def test_whatever_is_asked_for_a_sensible_period_is_looked_at(first, last, found):
    assert tuple(period.named(first, last, AT).query.values()) == found


@given(first=months, more=st.integers(0, 40), moved=st.integers(-30, 30))
def test_months_follow_one_another_without_gap_or_overlap(first, more, moved):
    last = Period(first, first).moved(more).first
    chosen = Period(first, last)
    assert len(chosen.months) == more + 1
    assert chosen.months[0] == first
    assert chosen.months[-1] == last
    singles = [Period(month, month) for month in chosen.months]
    assert singles[0].since == chosen.since
    assert singles[-1].until == chosen.until
    for left, right in pairwise(singles):
        assert left.until == right.since
        assert timedelta(days=28) <= left.until - left.since <= timedelta(days=31)
    assert chosen.moved(moved).moved(-moved) == chosen
    assert len(chosen.moved(moved).months) == more + 1
