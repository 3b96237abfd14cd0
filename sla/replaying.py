"""What another promise would have made of real tickets: their clocks measured anew, and judged. Pure, no database.

A clock's log says when it ran; how much service time that was depends on the hours one asks of. So the same log answers for
any calendar and any target. Seconds are rounded up, therefore "needed <= target" is exact for targets in whole seconds.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass

from itsm.calendars.worktime import MICROSECOND
from sla.clockwork import BREACHED, CANCEL, CLOSE, MET, PAUSE, REOPEN, RESUME, START, STOP
from sla.folding import acts_of

HOURS_A_DAY = 24
MINUTE, HOUR = 60, 3600
NICE_S = (
    *(n * MINUTE for n in (1, 2, 3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 45, 50)),
    *(n * HOUR // 4 for n in (4, 5, 6, 7, 8, 10, 12, 14)),
    *(n * HOUR for n in (4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 40, 48, 60, 80, 100, 120, 160, 200, 240, 320, 400, 500, 750, 1000, 2000)),
)
"""Targets that people would write, ascending; a slider moves along them."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Service time used, in microseconds, and whether that is all: of a clock still open it is at least so much.

    `idle` means that it still ran when its hours had shut: it stopped after the due time of a target of just so much.
    """

    used_us: int
    ended: bool
    idle: bool = False

    @property
    def needs_us(self):
        """The least target it would have met, or not yet missed."""
        return self.used_us + self.idle

    def verdict(self, target_us):
        """Met, breached, or "" while an open clock has not missed the target: undecided."""
        if self.needs_us > target_us:
            return BREACHED
        return MET if self.ended else ""

    def ran(self, hours, since, until):
        """The Replay after it ran on from one instant to another."""
        used = hours.between(since, until) // MICROSECOND
        idle = not hours.is_open(until - MICROSECOND) if used else self.idle or until > since
        return Replay(self.used_us + used, self.ended, idle)


NOTHING = Replay(0, ended=False)


def replayed(events, hours, at, *, count_gap=False):
    """The Replay of a clock's log (as `log.events_of` gives it) on other hours by `at`; None for one that was cancelled.

    Only when it ran counts: targets, breaches and excuses of the time are ignored, corrections are applied.
    `count_gap` is the reopen rule to apply: whether the time between solving and reopening counts.
    """
    return measured([(act.kind, act.at) for _line, act in acts_of(events)], hours, at, count_gap=count_gap)


def measured(lines, hours, at, *, count_gap=False):
    """The same from the bare lines (kind, instant) of a log without corrections, in order."""
    found, since, stopped_at, last, state = NOTHING, None, None, None, ""
    for kind, told_at in lines:
        last = instant = max(told_at, last or told_at)
        if state == CLOSE:
            break
        if kind in ENDS and since is not None:
            found, since = found.ran(hours, since, instant), None
        if kind == CANCEL:
            return None
        if kind in _FOLLOWS and state in _FOLLOWS[kind]:
            since = stopped_at if kind == REOPEN and count_gap else instant if kind in BEGINS else since
            stopped_at = instant if kind == STOP else stopped_at
            state = kind
    if since is not None:
        found = found.ran(hours, since, at)
    return Replay(found.used_us, state in (STOP, CLOSE), found.idle)


BEGINS, ENDS = (START, RESUME, REOPEN), (PAUSE, STOP, CANCEL)
_FOLLOWS = {START: ("",), PAUSE: BEGINS, RESUME: (PAUSE,), STOP: (*BEGINS, PAUSE), REOPEN: (STOP,), CLOSE: (STOP,)}


@dataclass(frozen=True, slots=True)
class Times:
    """Time used by many clocks: seconds ascending, beside each the hour of the day of its contact and the clock's id."""

    used: array
    hours: bytes
    clocks: array

    @classmethod
    def of(cls, rows):
        """From (seconds, hour, clock id) in any order."""
        rows = sorted(rows)
        return cls(array("q", (row[0] for row in rows)), bytes(row[1] for row in rows), array("q", (row[2] for row in rows)))

    def __len__(self):
        return len(self.used)

    def within(self, target_s):
        """How many used no more than the target."""
        return bisect_right(self.used, target_s)

    def share(self, part):
        """The time that this part of them used at most (nearest rank), in seconds; None of none. `part` is percent, 1 to 100."""
        return self.used[-(-part * len(self) // 100) - 1] if len(self) else None


@dataclass(frozen=True, slots=True)
class Strand:
    """All clocks of one tier, priority and metric: those that ended, and those still open with at least so much used."""

    ended: Times
    open: Times

    @classmethod
    def of(cls, rows):
        """From (seconds, hour, clock id, whether it ended) in any order."""
        rows = list(rows)
        return cls(Times.of(row[:3] for row in rows if row[3]), Times.of(row[:3] for row in rows if not row[3]))

    def judged(self, target_s):
        """What this target would have made of them."""
        met, waiting = self.ended.within(target_s), self.open.within(target_s)
        failed = len(self.ended) - met + len(self.open) - waiting
        return Judged(met, failed, waiting, self.ended.share(50), self.ended.share(90))

    def failures(self, target_s):
        """(seconds used, clock id, whether it ended) of those that would have failed."""
        return [
            (times.used[place], times.clocks[place], times is self.ended)
            for times in (self.ended, self.open)
            for place in range(times.within(target_s), len(times))
        ]

    def by_hour(self, target_s):
        """For each hour of the day of contact: (would have failed, decided)."""
        met = Counter(self.ended.hours[: self.ended.within(target_s)])
        failed = Counter(self.ended.hours[self.ended.within(target_s) :]) + Counter(self.open.hours[self.open.within(target_s) :])
        return [(failed[hour], failed[hour] + met[hour]) for hour in range(HOURS_A_DAY)]

    def least(self, wished):
        """The least time somebody really needed that as a target so many percent would have met; None when too few ended to say."""
        used = self.ended.used
        place = bisect_left(used, True, key=lambda target_s: self.judged(target_s).keeps(wished))
        return used[place] if place < len(used) else None


@dataclass(frozen=True, slots=True)
class Judged:
    """Counts of a verdict over many clocks; median and 90th percentile are of the ended ones, in seconds."""

    met: int
    failed: int
    undecided: int
    median_s: int | None
    p90_s: int | None

    @property
    def decided(self):
        """Those with a verdict."""
        return self.met + self.failed

    @property
    def share(self):
        """Percent met of the decided, down to a tenth, so that 100 means all; None when there is nothing to judge."""
        return (1000 * self.met // self.decided) / 10 if self.decided else None

    def keeps(self, wished):
        """Whether at least so many percent would have been met, exactly."""
        return bool(self.decided) and 100 * self.met >= wished * self.decided


def nice(seconds):
    """The next target that people would write, not below; None beyond all of them."""
    place = bisect_left(NICE_S, seconds)
    return NICE_S[place] if place < len(NICE_S) else None
