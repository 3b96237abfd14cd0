"""One act on the clocks of a record: all are locked, time is rolled forward, then events are put on some and written at once."""

from datetime import UTC

from itsm.core import clock as time
from sla import clockwork, log, signals
from sla.clockwork import Event, State
from sla.models import Clock, Metric
from sla.services import timers

OPEN = (clockwork.RUNNING, clockwork.PAUSED)


class Turn:
    """The clocks of a record in one person's hands; the record is locked before. However many there are, the statements are the same.

    A breach that nobody has noticed yet is recorded and told first, like any other.
    """

    def __init__(self, record, *, at, by):
        self.record, self.by = record, by
        self.clocks = log.locked(record)
        self.recorded_at = time.now()
        self.at = (at or self.recorded_at).astimezone(UTC)
        self._begun, self._written, self._broken, self._moved = [], [], [], {}
        late = [c for c in self.clocks if c.state == clockwork.RUNNING and clockwork.overdue(log.state_of(c), self.at)]
        if late:
            timers.fire(late, at=self.at, recorded_at=self.recorded_at)

    def of(self, *metrics):
        """The clocks of these metrics."""
        return [clock for clock in self.clocks if clock.metric in metrics]

    def open(self, *metrics):
        """Those of them that run or wait."""
        return [clock for clock in self.of(*metrics) if clock.state in OPEN]

    def newest(self, metric):
        """The last cycle of a metric, or None."""
        return max(self.of(metric), key=lambda clock: clock.cycle, default=None)

    def move(self, clocks, kind, *, reason="", payload=None):
        """Put one kind of event on these clocks; where it changes nothing, nothing is written."""
        for clock in clocks:
            self.put(clock, Event(kind, self.at), reason=reason, payload=payload)

    def put(self, clock, event, *, reason="", payload=None, wear=None):
        """Put one event on a clock, and the columns that its new terms are read from (`wear`). The lines it wrote."""
        before = clock.seq
        state, events = clockwork.forward(log.state_of(clock), event)
        if any(found.kind == event.kind for found in events):
            for name, value in (wear or {}).items():
                setattr(clock, name, value)
        log.project(clock, state)
        return self.note(clock, events, reason=reason, payload=payload, seq=before)

    def note(self, clock, events, *, reason="", payload=None, seq):
        """Keep the lines of events whose state the clock shows already."""
        lines = log.lines(clock, events, recorded_at=self.recorded_at, by=self.by, reason=reason[:60], payload=payload, seq=seq)
        self._written += lines
        if lines:
            self._moved[id(clock)] = clock
        self._broken += [clock for line in lines if line.kind == clockwork.BREACH]
        return lines

    def begin(self, clock):
        """Start a new clock of this record now."""
        event = Event(clockwork.START, self.at, log.terms_of(clock))
        log.project(clock, clockwork.apply(State(), event))
        self.note(clock, [event], payload=log.terms_payload(clock), seq=0)
        self._begun.append(clock)
        self.clocks.append(clock)

    def broke(self, clock):
        """A correction found a promise broken; it is announced with the rest."""
        self._broken.append(clock)

    def write(self):
        """Write all that happened, announce what broke, and return the earliest due time of our running promises."""
        if self._begun:
            Clock.objects.bulk_create(self._begun)
        if self._written:
            log.insert(self._written)
            begun = {id(clock) for clock in self._begun}
            log.write_back([clock for key, clock in self._moved.items() if key not in begun])
        if self._broken:
            signals.breached.send(Clock, clocks=self._broken, at=self.at)
        return earliest(self.clocks)


def earliest(clocks):
    """The earliest due time of the running ones that we promised to the customer, or None."""
    ours = [c.due_at for c in clocks if c.state == clockwork.RUNNING and c.due_at and c.metric != Metric.SUPPORT]
    return min(ours, default=None)
