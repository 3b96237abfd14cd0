"""What a page shows of a running promise; seconds are of service time, so a closed night does not count."""

from dataclasses import dataclass
from datetime import datetime

MARKS = (75, 90)
RUNNING, PAUSED, MET, MISSED, OFF = "running", "paused", "met", "missed", "off"


@dataclass(frozen=True)
class Face:
    """One clock as a reader sees it.

    `left_s` is below nought when the promise is broken; `target_s` None means nothing was promised;
    `closes_at` is when the calendar stops counting next (None: it never stops), `is_open` whether it counts now.
    """

    what: str
    state: str = RUNNING
    target_s: float | None = None
    left_s: float | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    is_open: bool = True
    marks: tuple = MARKS

    @property
    def used_s(self):
        """Seconds of service time used up so far."""
        return max(0, (self.target_s or 0) - (self.left_s or 0))

    @property
    def percent(self):
        """How much of the target is used, 0 to 100, with one decimal."""
        if not self.target_s:
            return 0
        return round(min(100, max(0, 100 * self.used_s / self.target_s)), 1)

    @property
    def is_late(self):
        """Whether more was used than promised."""
        return self.left_s is not None and self.left_s < 0

    @property
    def kind(self):
        """The class of its look: ok, 75, 90, late, hold, met or none."""
        if self.target_s is None or self.state == OFF:
            return "none"
        if self.state in (MET, MISSED):
            return "late" if self.state == MISSED else "met"
        if self.is_late:
            return "late"
        if self.state == PAUSED:
            return "hold"
        return next((str(mark) for mark in reversed(self.marks) if self.percent >= mark and mark in MARKS), "ok")

    @property
    def is_counting(self):
        """Whether the seconds go down at this moment."""
        return self.state == RUNNING and self.is_open and self.target_s is not None
