"""Working time against vectors worked out by hand and against the laws C1-C7, 1,000 cases each over seven zones.

Faults made by hand in worktime.py, and what turned red:
1. `_closing` takes the first pass of a repeated hour: the vector that shuts inside it (11-01, 0:30-1:30).
2. `add` searches with bisect_right, so that a target that ends with the day is due at the next opening: the vector 09-28 16:00 + 2 h, C3.
3. An exception is added to the weekday's hours instead of replacing them: the Chinese vectors, the stretches.
Further ones to try: `_opening` at the gap's beginning; `_spans` without the long way (C3 at Lord Howe's half hour);
`_table` that doesn't grow downwards (the order of questions); the horizon left out (a calendar that never opens hangs).
"""

import functools
import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itsm.calendars import china
from itsm.calendars.worktime import HOLIDAY, MAKE_UP, OPEN, OUTSIDE, Hours, NoWorkingTime

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = Hours.of("Asia/Shanghai", china.OFFICE_WEEK, china.EXCEPTIONS_2026)
ZONES = ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana", "UTC"]
pure = settings(max_examples=1000, deadline=None)


def at(text, zone=SHANGHAI):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("09-30 17:00", 120, "10-08 10:00"),
        ("10-09 17:30", 120, "10-10 10:30"),
        ("10-10 17:30", 60, "10-12 09:30"),
        ("09-24 16:00", 480, "09-28 16:00"),
        ("09-19 10:00", 60, "09-20 10:00"),
        ("09-28 12:10", 15, "09-28 13:15"),
        ("09-28 16:00", 120, "09-28 18:00"),
    ],
)
def test_due_times_of_the_chinese_office_year(start, minutes, due):
    assert OFFICE.add(at(start), timedelta(minutes=minutes)) == at(due)


def ny(text):
    return at(text, ZoneInfo("America/New_York"))


def test_a_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn():
    nights = Hours.of("America/New_York", [(d, 1320, 1440) for d in range(7)] + [(d, 0, 360) for d in range(7)])
    assert nights.between(ny("03-07 12:00"), ny("03-08 12:00")) == timedelta(hours=7)
    assert nights.between(ny("10-31 12:00"), ny("11-01 12:00")) == timedelta(hours=9)


@pytest.mark.parametrize(
    ("day", "start", "end", "minutes"),
    [
        ("03-08", 150, 240, 60),  # opens inside the gap
        ("03-08", 30, 150, 90),  # shuts inside the gap
        ("03-08", 130, 170, 0),  # lies wholly in the gap
        ("11-01", 30, 90, 120),  # shuts inside the repeated hour
        ("11-01", 90, 180, 150),  # opens inside the repeated hour
        ("11-01", 0, 60, 60),  # shuts when the repeated hour begins
    ],
)
def test_hours_on_a_day_when_the_clocks_change(day, start, end, minutes):
    date_ = ny(f"{day} 00:00").date()
    hours = Hours.of("America/New_York", [], {date_: [(start, end)]})
    assert hours.between(ny(f"{day} 00:00"), ny(f"{day} 00:00") + timedelta(hours=26)) == timedelta(minutes=minutes)


def test_the_day_samoa_skipped_has_no_hours():
    apia = ZoneInfo("Pacific/Apia")
    hours = Hours.of("Pacific/Apia", [], {date(2011, 12, 30): [(540, 1080)], date(2011, 12, 31): [(540, 1080)]})
    assert hours.between(datetime(2011, 12, 29, tzinfo=apia), datetime(2012, 1, 2, tzinfo=apia)) == timedelta(hours=9)


def test_a_calendar_that_never_opens_gives_no_due_time():
    with pytest.raises(NoWorkingTime):
        Hours.of("UTC", []).add(at("01-01 00:00"), timedelta(seconds=1))


def test_a_calendar_with_one_open_day_gives_no_more_than_that():
    once = Hours.of("UTC", [], {date(2029, 5, 1): [(0, 60)]})
    assert once.add(at("01-01 00:00"), timedelta(hours=1)) == datetime(2029, 5, 1, 1, tzinfo=UTC)
    with pytest.raises(NoWorkingTime):
        once.add(at("01-01 00:00"), timedelta(hours=2))


@pytest.mark.parametrize("year", [1900, 2026, 2200])
def test_a_calendar_that_never_opens_ends_in_any_century(year):
    start = datetime(year, 1, 1, tzinfo=UTC)
    shut = Hours.of("Asia/Shanghai", [])
    with pytest.raises(NoWorkingTime):
        shut.add(start, timedelta(microseconds=1))
    assert shut.add(start, timedelta(0)) == start
    assert shut.between(start, start + timedelta(days=3650)) == timedelta(0)
    assert shut.next_change(start) is None
    with pytest.raises(NoWorkingTime):
        shut.add_days(start, 1)


@pytest.mark.parametrize(("start", "due"), [("1900-01-05T09:50:00+00:00", "1900-01-08"), ("2200-01-03T09:50:00+00:00", "2200-01-06")])
def test_a_weekend_of_1900_and_one_of_2200(start, due):
    """Friday 17:50 local and 20 minutes: Monday ten minutes after opening; Shanghai kept local mean time in 1900."""
    hours = Hours.of("Asia/Shanghai", china.OFFICE_WEEK)
    local = datetime.fromisoformat(start).astimezone(SHANGHAI).replace(hour=17, minute=50, second=0)
    assert hours.add(local, timedelta(minutes=20)).astimezone(SHANGHAI).isoformat().startswith(f"{due}T09:10:00")
    assert hours.between(local, hours.add(local, timedelta(minutes=20))) == timedelta(minutes=20)


def test_shutting_inside_the_repeated_hour_counts_both_passes_and_a_target_ends_within_it():
    """The vector that alone finds a fold taken the wrong way (design: 3.4)."""
    hours = Hours.of("America/New_York", [(6, 30, 90)])
    assert hours.between(ny("11-01 00:00"), ny("11-01 06:00")) == timedelta(hours=2)
    assert hours.add(ny("11-01 00:00"), timedelta(hours=2)) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert hours.add(ny("11-01 00:00"), timedelta(minutes=90)) == datetime(2026, 11, 1, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("weekly", [[(7, 0, 10)], [(0, 10, 10)], [(0, 20, 10)], [(0, -1, 10)], [(0, 0, 1441)]])
def test_nonsense_hours_are_refused(weekly):
    with pytest.raises(ValueError, match="is not"):
        Hours.of("UTC", weekly)


def test_stretches_name_holidays_nights_and_the_make_up_workday():
    pieces = OFFICE.stretches(at("09-30 16:20"), at("10-10 10:42"))
    assert [p.kind for p in pieces[:4]] == [OPEN, OUTSIDE, HOLIDAY, OUTSIDE]
    assert pieces[2].starts_at == at("10-01 00:00")
    assert pieces[2].ends_at == at("10-08 00:00")
    assert pieces[-1].kind == MAKE_UP
    assert pieces[-1].length == timedelta(hours=1, minutes=42)


# -- the laws -----------------------------------------------------------------------------------------


def _intervals(dice):
    cuts = sorted(dice.sample(range(1441), 2 * dice.randint(0, 3)))
    return list(zip(cuts[::2], cuts[1::2], strict=True))


def _calendar(dice):
    """A random calendar, open at least three hours a week, with exceptions around changes of the clocks and years."""
    weekly = [(dow, a, b) for dow in range(7) for a, b in _intervals(dice)] + [(dice.randint(0, 6), 0, 60 * dice.randint(3, 24))]
    days = dice.sample([date(2025, 10, 1) + timedelta(days=n) for n in range(517)], dice.randint(0, 6))
    return Hours.of(dice.choice(ZONES), weekly, {day: _intervals(dice) for day in days})


DICE = random.Random(20000)
calendars = functools.partial(st.sampled_from, [Hours.round_the_clock(), OFFICE, *(_calendar(DICE) for _ in range(150))])
instants = st.datetimes(datetime(2025, 10, 1), datetime(2027, 3, 1)).map(lambda t: t.replace(tzinfo=UTC))  # noqa: DTZ001
amounts = st.timedeltas(timedelta(0), timedelta(days=4))


@pure
@given(calendars(), instants, instants, instants)
def test_c1_c2_time_adds_up_and_never_exceeds_the_wall(hours, one, two, three):
    a, b, c = sorted((one, two, three))
    assert hours.between(a, b) + hours.between(b, c) == hours.between(a, c)
    assert timedelta(0) <= hours.between(a, b) <= b - a


@pure
@given(calendars(), instants, amounts)
@example(OFFICE, at("09-28 16:00"), timedelta(hours=2))
def test_c3_add_is_the_least_instant_with_that_much_time(hours, start, amount):
    end = hours.add(start, amount)
    assert hours.between(start, end) == amount
    if amount:
        assert hours.between(start, end - timedelta(microseconds=1)) < amount


@pure
@given(calendars(), instants, amounts, amounts)
def test_c4_adding_twice_is_adding_the_sum(hours, start, first, second):
    assert hours.add(hours.add(start, first), second) == hours.add(start, first + second)


@pure
@given(calendars(), instants, instants, amounts)
def test_c5_an_earlier_start_is_never_due_later(hours, one, other, amount):
    early, late = sorted((one, other))
    if amount:
        assert hours.add(early, amount) <= hours.add(late, amount)


EVERY_MINUTE = Hours.of("America/New_York", [(d, 0, 1440) for d in range(7)])


@pure
@given(instants, amounts)
def test_c6_round_the_clock_is_plain_arithmetic(start, amount):
    assert Hours.round_the_clock().add(start, amount) == start + amount
    assert EVERY_MINUTE.add(start, amount) == start + amount


@pure
@given(calendars(), instants, amounts, st.sampled_from(ZONES))
def test_c7_the_notation_of_an_instant_is_irrelevant(hours, start, amount, zone):
    elsewhere = start.astimezone(ZoneInfo(zone))
    assert hours.add(elsewhere, amount) == hours.add(start, amount)
    assert hours.between(elsewhere, start + amount) == hours.between(start, start + amount)


@pure
@given(calendars(), instants, st.timedeltas(timedelta(microseconds=1), timedelta(days=30)))
def test_stretches_cover_the_time_and_add_up(hours, start, length):
    end = start + length
    pieces = hours.stretches(start, end)
    assert pieces[0].starts_at == start
    assert pieces[-1].ends_at == end
    assert all(a.ends_at == b.starts_at and a.kind != b.kind for a, b in pairwise(pieces))
    assert sum((p.length for p in pieces if p.counted), timedelta(0)) == hours.between(start, end)


def test_the_order_of_questions_does_not_matter():
    fresh = Hours.of("Asia/Shanghai", china.OFFICE_WEEK, china.EXCEPTIONS_2026)
    fresh.add(datetime(2031, 1, 1, tzinfo=UTC), timedelta(hours=1))
    fresh.add(datetime(2016, 2, 29, tzinfo=UTC), timedelta(hours=1))
    assert fresh.add(at("09-30 17:00"), timedelta(hours=2)) == at("10-08 10:00")
