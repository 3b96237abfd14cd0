"""The database counts working time as the calendar does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsm.calendars import counting
from itsm.calendars.services import CHINA
from itsm.calendars.worktime import Hours

pytestmark = pytest.mark.django_db
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
instants = st.integers(0, 728 * 86_400_000_000).map(lambda us: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(microseconds=us))
NIGHTS = Hours.of("America/New_York", [(day, 0, 360) for day in range(7)] + [(day, 1320, 1440) for day in range(7)])


def counted(hours, start, end):
    """`(worked, elapsed)` in microseconds, by the database."""
    sql = f"WITH {counting.OPEN_HOURS} SELECT {counting.worked('a', 'b')}, {counting.elapsed('a', 'b')}"
    sql += " FROM (SELECT %s::timestamptz AS a, %s::timestamptz AS b) t"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*counting.parameters(hours, SINCE, UNTIL), start, end])
        return cursor.fetchone()


@pytest.mark.parametrize("hours", [CHINA, NIGHTS, Hours.round_the_clock()], ids=["office", "nights over a change of the clock", "always"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=instants, length=st.timedeltas(timedelta(0), timedelta(days=90)))
def test_the_database_counts_as_the_calendar_does(hours, start, length):
    end = min(start + length, UNTIL)
    worked, elapsed = counted(hours, start, end)
    assert timedelta(microseconds=worked) == hours.between(start, end)
    assert timedelta(microseconds=elapsed) == end - start


def test_a_weekend_is_no_working_time():
    friday, monday = datetime(2026, 3, 6, 9, 0, tzinfo=UTC), datetime(2026, 3, 9, 2, 0, tzinfo=UTC)  # 17:00 and 10:00 in Shanghai
    worked, elapsed = counted(CHINA, friday, monday)
    assert (worked, elapsed) == (2 * 3600 * 1_000_000, 65 * 3600 * 1_000_000)


def test_what_lies_before_the_table_is_cut_off_and_nothing_else():
    early = SINCE - counting.LONGEST - timedelta(days=30)
    first = SINCE - counting.LONGEST
    assert counted(CHINA, early, SINCE)[0] == CHINA.between(first, SINCE) // timedelta(microseconds=1)
