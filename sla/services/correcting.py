"""A log corrected: lived anew with what two people found wrong put right, then the clock shows what it gives."""

from dataclasses import replace

from sla import clockwork, folding, log
from sla.clockwork import CORRECT, Event
from sla.models import ClockEvent


class Log:
    """The lines of one clock with the events they stand for."""

    def __init__(self, lines, metric, agreements, calendars):
        self.lines, self._agreements, self._calendars = lines, agreements, calendars
        self.events = [log.event_of(line, metric, agreements, calendars) for line in lines]

    def corrected(self, amend, at):
        """`(event, state)` of a correction at that instant, its amendment as the log keeps it. Raises ClockworkError on nonsense."""
        event = Event(CORRECT, at, amend=log.amendment_of({"amend": amend}))
        before = folding.fold(self.events)
        if passed := clockwork.overdue(before, at):
            before = clockwork.apply(before, passed)
        return event, folding.corrected(self.events, event, before)

    def worn(self, state, amend):
        """The columns from which a state's terms are read: of the last lines that count and that set its target, and its hours."""
        voided = {seq for told in [amend, *(line.payload.get("amend", {}) for line in self.lines)] for seq in told.get("voided", ())}
        pairs = zip(reversed(self.lines), reversed(self.events), strict=True)
        counted = [(line.payload, event.terms) for line, event in pairs if event.terms and line.seq not in voided]
        promised = next(told for told, terms in counted if replace(terms, hours=state.terms.hours) == state.terms)
        measured = next(told for told, terms in counted if terms.hours == state.terms.hours)
        return {
            "target_s": promised["target_s"],
            "agreement_version": self._agreements.get(promised["agreement_version"]),
            "calendar_version": self._calendars.get(measured["calendar_version"]),
        }  # fmt: skip


def logs_of(clocks):
    """`{clock id: Log}`; one query however many clocks, and none without."""
    if not clocks:
        return {}
    lines = list(ClockEvent.objects.filter(clock__in=clocks).order_by("clock_id", "seq"))
    agreements = log.agreement_versions({line.payload.get("agreement_version") for line in lines} - {None})
    calendars = log.calendar_versions({line.payload.get("calendar_version") for line in lines} - {None})
    found = {clock.pk: [] for clock in clocks}
    for line in lines:
        found[line.clock_id].append(line)
    return {clock.pk: Log(found[clock.pk], clock.metric, agreements, calendars) for clock in clocks}


def correct(turn, clock, kept, correction):
    """Put a correction on one locked clock of a turn: one `correct` line that names the Correction; the caller writes the turn.

    Whether it found a promise broken that did not count as broken before.
    """
    before, was_broken = clock.seq, clock.breached_at
    event, state = kept.corrected(correction.amend, turn.at)
    for name, value in kept.worn(state, correction.amend).items():
        setattr(clock, name, value)
    log.project(clock, state)
    turn.note(clock, [event], reason=correction.kind, payload={"amend": correction.amend, "correction": correction.pk}, seq=before)
    found = bool(state.breached_at) and not was_broken
    if found:
        turn.broke(clock)
    return found
