"""Working time: how long a calendar was open, and when so much of it will have passed. Pure, no Django.

Instants are aware datetimes, results are in UTC, everything is exact to the microsecond (design: calendars, C1-C7).
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTES_A_DAY = 24 * 60
TWO_YEARS = 2 * 366 * 86_400_000_000
HORIZON = 20 * 366 * 86_400_000_000

OPEN, MAKE_UP, OUTSIDE, HOLIDAY = "open", "make_up", "outside", "holiday"


class NoWorkingTime(ValueError):
    """The calendar doesn't open often enough to ever give the time asked for."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of time of one kind: open and make_up are counted, outside and holiday are not."""

    kind: str
    starts_at: datetime
    ends_at: datetime

    @property
    def counted(self):
        """Whether this piece is service time."""
        return self.kind in (OPEN, MAKE_UP)

    @property
    def length(self):
        """Wall time of the piece, a timedelta."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True)
class _Table:
    """Open intervals of whole years in microseconds, with the service time before each."""

    first_year: int
    last_year: int
    begins: int
    ends: int
    starts: tuple
    stops: tuple
    before: tuple
    until: tuple

    def position(self, instant):
        """Service time between the table's beginning and the instant."""
        index = bisect_right(self.starts, instant) - 1
        if index < 0:
            return 0
        return self.before[index] + min(instant, self.stops[index]) - self.starts[index]


def _micros(instant):
    gap = instant - EPOCH
    return (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds


def _instant(micros):
    return EPOCH + timedelta(microseconds=micros)


@dataclass(frozen=True)
class Hours:
    """Weekly opening hours in one time zone with exceptions for single dates.

    weekly: (weekday 0-6, from minute, to minute) half-open, 0-1440; exceptions: (date, ((from, to), …)), an empty tuple is a holiday.
    """

    tz: str = "UTC"
    weekly: tuple = ()
    exceptions: tuple = field(default=(), repr=False)
    always: bool = False
    _cache: dict = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, tz, weekly, exceptions=None):
        """Hours from lists (and a dict of exceptions), checked and in one normal form. Raises ValueError on nonsense."""
        ZoneInfo(tz)
        days = tuple(sorted((int(dow), int(start), int(end)) for dow, start, end in weekly))
        for dow, start, end in days:
            _check_interval(start, end)
            if not 0 <= dow <= 6:
                raise ValueError(f"weekday {dow} is not 0 to 6")
        single = tuple(sorted((day, tuple(sorted((int(a), int(b)) for a, b in parts))) for day, parts in (exceptions or {}).items()))
        for _day, parts in single:
            for start, end in parts:
                _check_interval(start, end)
        return cls(tz=tz, weekly=days, exceptions=single)

    @classmethod
    def round_the_clock(cls):
        """24 hours a day, 7 days a week: plain difference of instants."""
        return cls(always=True)

    def between(self, start, end):
        """Service time in [start, end) as a timedelta; zero when end is not after start."""
        if end <= start:
            return timedelta(0)
        if self.always:
            return end - start
        first, last = _micros(start), _micros(end)
        table = self._table(first, last)
        return timedelta(microseconds=table.position(last) - table.position(first))

    def add(self, start, amount):
        """The least instant by which `amount` (timedelta, not negative) of service time has passed since start.

        Raises NoWorkingTime when the calendar doesn't open enough within 20 years.
        """
        if amount < timedelta(0):
            raise ValueError("only time ahead can be added")
        if not amount:
            return start.astimezone(UTC)
        if self.always:
            return start.astimezone(UTC) + amount
        first, wanted = _micros(start), amount // MICROSECOND
        table = self._table(first, first)
        while True:
            goal = table.position(first) + wanted
            if table.until and goal <= table.until[-1]:
                index = bisect_left(table.until, goal)
                return _instant(table.starts[index] + goal - table.before[index])
            if table.ends - first > HORIZON:
                raise NoWorkingTime("this calendar is never open long enough")
            table = self._table(first, table.ends)

    def is_open(self, instant):
        """Whether service time runs at that instant."""
        if self.always:
            return True
        moment = _micros(instant)
        table = self._table(moment, moment)
        index = bisect_right(table.starts, moment) - 1
        return index >= 0 and moment < table.stops[index]

    def next_change(self, instant):
        """When it next shuts (if open) or opens (if shut); None when that never happens within two years."""
        if self.always:
            return None
        moment = _micros(instant)
        table = self._table(moment, moment + TWO_YEARS)
        marks = table.stops if self.is_open(instant) else table.starts
        index = bisect_right(marks, moment)
        return _instant(marks[index]) if index < len(marks) else None

    def add_days(self, instant, days):
        """The same time of day `days` working days later; when that is outside the hours, the next opening."""
        if self.always:
            return instant.astimezone(UTC) + timedelta(days=days)
        zone = ZoneInfo(self.tz)
        local = instant.astimezone(zone)
        day, left = local.date(), days
        while left > 0:
            day += timedelta(days=1)
            if (day - local.date()).days > days * 30 + 366:
                raise NoWorkingTime("this calendar is never open long enough")
            left -= self.is_working_day(day)
        wall = datetime.combine(day, local.time())
        found = wall.replace(tzinfo=zone).astimezone(UTC)
        return found if self.is_open(found) else self.next_change(found) or found

    def is_working_day(self, day):
        """Whether that local date has any hours."""
        exception = self.exception_on(day)
        return bool(exception) if exception is not None else any(dow == day.weekday() for dow, _start, _end in self.weekly)

    def stretches(self, start, end):
        """[start, end) cut into Stretch pieces by kind, in order, without gaps; lengths of counted pieces add up to between()."""
        if end <= start:
            return []
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if self.always:
            return [Stretch(OPEN, start, end)]
        marks = self._marks(start, end)
        pieces = []
        for left, right in pairwise(marks):
            kind = self._kind(left)
            begins = pieces.pop().starts_at if pieces and pieces[-1].kind == kind else left
            pieces.append(Stretch(kind, begins, right))
        return pieces

    def exception_on(self, day):
        """The intervals that replace that date's ordinary ones, or None."""
        return self._by_date().get(day)

    def positions(self, first, last):
        """`(starts, stops, before)`: the open stretches from `first` to `last` in microseconds since 1970 and the service time before each.

        For a database that counts itself (itsm.calendars.counting); what lies before `first` is cut off.
        """
        if self.always:
            return (_micros(first),), (_micros(last),), (0,)
        begins, ends = _micros(first), _micros(last)
        table = self._table(begins, ends)
        low, high = bisect_right(table.stops, begins), bisect_left(table.starts, ends)
        base = table.before[low] if low < high else 0
        return table.starts[low:high], table.stops[low:high], tuple(b - base for b in table.before[low:high])

    # -- below: how it is computed ------------------------------------------------------------

    def _by_date(self):
        if "dates" not in self._cache:
            self._cache["dates"] = dict(self.exceptions)
        return self._cache["dates"]

    def _marks(self, start, end):
        """Every instant between start and end at which the kind may change."""
        first, last = _micros(start), _micros(end)
        table = self._table(first, last)
        low, high = bisect_right(table.stops, first), bisect_left(table.starts, last)
        inner = {*table.starts[low:high], *table.stops[low:high]}
        zone = ZoneInfo(self.tz)
        day, final = start.astimezone(zone).date(), end.astimezone(zone).date()
        while day < final:
            day += timedelta(days=1)
            inner.add(_opening(day, 0, zone))
        return [start, *(_instant(mark) for mark in sorted(inner) if first < mark < last), end]

    def _kind(self, instant):
        day = instant.astimezone(ZoneInfo(self.tz)).date()
        exception = self._by_date().get(day)
        if self.is_open(instant):
            return OPEN if exception is None else MAKE_UP
        return HOLIDAY if exception == () else OUTSIDE

    def _table(self, first, last):
        """The compiled table that holds both instants; grown by whole years and kept for this object's life."""
        table = self._cache.get("table")
        if table is not None and table.begins <= first and last < table.ends:
            return table
        low, high = _instant(first).year, _instant(last).year
        if table is not None:
            low, high = min(low, table.first_year), max(high, table.last_year)
            if last >= table.ends:  # doubled, so that a far due time costs few compilations
                high = max(high, table.last_year + 1 + table.last_year - table.first_year)
            if first < table.begins:
                low = min(low, table.first_year - 1)
        self._cache["table"] = table = self._compile(low, high)
        return table

    def _compile(self, low, high):
        zone = ZoneInfo(self.tz)
        weekly = [[] for _ in range(7)]
        for dow, start, end in self.weekly:
            weekly[dow].append((start, end))
        exceptions = self._by_date()
        begins, ends = _opening(date(low, 1, 1), 0, zone), _opening(date(high + 1, 1, 1), 0, zone)
        # One day more on either side, because the years are asked for in UTC and the days are local.
        margin = 2 * 86_400_000_000
        spans = []
        day, final = date(low, 1, 1) - timedelta(days=3), date(high + 1, 1, 1) + timedelta(days=3)
        while day < final:
            parts = exceptions.get(day, weekly[day.weekday()])
            spans.extend(_spans(day, parts, zone) if parts else ())
            day += timedelta(days=1)
        return _tabulate(spans, low, high, begins - margin, ends + margin)


def _tabulate(spans, low, high, begins, ends):
    """Union of the spans within [begins, ends), with running totals."""
    starts, stops = [], []
    for start, end in sorted(spans):
        left, right = max(start, begins), min(end, ends)
        if right <= left:
            continue
        if stops and left <= stops[-1]:
            stops[-1] = max(stops[-1], right)
            continue
        starts.append(left)
        stops.append(right)
    before, until, total = [], [], 0
    for start, end in zip(starts, stops, strict=True):
        before.append(total)
        total += end - start
        until.append(total)
    return _Table(low, high, begins, ends, tuple(starts), tuple(stops), tuple(before), tuple(until))


def _check_interval(start, end):
    if not 0 <= start < end <= MINUTES_A_DAY:
        raise ValueError(f"{start}-{end} is not an interval within one day")


def _wall(day, minute):
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def _passes(wall, zone):
    """The instants at which the wall clock shows this time: first pass, second pass (equal except in a fold or gap)."""
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    naive = wall.replace(tzinfo=UTC)
    return _micros(naive - first.utcoffset()), _micros(naive - second.utcoffset())


def _opening(day, minute, zone):
    """A start: the end of the gap when it falls into one, the first pass when it comes twice."""
    first, second = _passes(_wall(day, minute), zone)
    return _transition(second, first, zone) if second < first else first


def _closing(day, minute, zone):
    """An end: the end of the gap when it falls into one, the second pass when it lies inside the repeated hour."""
    first, second = _passes(_wall(day, minute), zone)
    if second < first:
        return _transition(second, first, zone)
    if second > first and _transition(first, second, zone) == second:
        return first  # the repeated hour begins exactly here, so the office has shut before it
    return second


def _spans(day, parts, zone):
    """The intervals of one local date in microseconds; the long way only around a change of the clocks."""
    midnight = datetime.combine(day, time(), UTC)
    offset = (midnight - timedelta(days=1)).astimezone(zone).utcoffset()
    if offset != (midnight + timedelta(days=2)).astimezone(zone).utcoffset():
        return [(_opening(day, start, zone), _closing(day, end, zone)) for start, end in parts]
    base = _micros(midnight - offset)
    return [(base + start * 60_000_000, base + end * 60_000_000) for start, end in parts]


def _transition(low, high, zone):
    """The instant in (low, high] at which the zone's offset changes, in microseconds."""
    before = _instant(low).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if _instant(middle).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def covers(wide, narrow, start, end):
    """Whether `wide` is open whenever `narrow` is, within [start, end)."""
    if wide.always:
        return True
    return all(wide.between(p.starts_at, p.ends_at) == p.length for p in narrow.stretches(start, end) if p.counted)
