"""Folding a log: a pure fold, and the same log lived anew where two people put it right."""

from dataclasses import replace

from sla.clockwork import (
    BREACH,
    CORRECT,
    PAUSE,
    REOPEN,
    RESUME,
    RETARGET,
    START,
    STOP,
    ClockworkError,
    Event,
    State,
    apply,
    forward,
    overdue,
)

NOTHING_YET = State()


def fold(events, state=NOTHING_YET):
    """The state after a whole log."""
    told = []
    for event in events:
        state = corrected(told, event, state) if event.kind == CORRECT else apply(state, event)
        told.append(event)
    return state


def lived(log):
    """A log as it counts, `[(line, event)]`: put right as it was corrected. An added wait stands between lines, a new breach on None."""
    told = list(enumerate(log, 1))
    fixed = [(line, event) for line, event in told if event.kind == CORRECT]
    newest = fixed[-1][0] if fixed else 0
    return [*_again(log[: newest - 1], log[newest - 1])[1], *fixed, *told[newest:]] if fixed else told


def corrected(log, event, state):
    """The state after a correction: the log so far lived anew with what was found wrong put right, breaches judged afresh.

    Raises ClockworkError when the amendment names a line that can't be amended so.
    """
    again, _acts = _again(log, event)
    newer = {"seq": state.seq + 1, "generation": state.generation + 1, "last_at": max(event.at, state.last_at)}
    return replace(again, corrected=True, steps_fired=again.ladder_kept(state), **newer)


def _again(log, correction):
    """State and `[(line, event)]` of a log lived anew under all its corrections, up to the newest one's own instant."""
    state, found = State(), []
    for line, act in acts_of([*log, correction]):
        state, written = forward(state, act)
        found += [(None if event.kind == BREACH else line, event) for event in written]
    if passed := overdue(state, correction.at):
        state = apply(state, passed)
        found.append((None, passed))
    return state, found


def acts_of(lived):
    """What really happened according to a log and its corrections, as (line, act) in order; breaches are judged from it."""
    acts = {seq: act for seq, act in enumerate(lived, 1) if act.kind not in (BREACH, CORRECT)}
    for correction in (act for act in lived if act.kind == CORRECT):
        acts = _amended(acts, correction.amend)
    return sorted(acts.items(), key=lambda line: (line[1].kind != START, line[1].at, line[0]))


def _amended(acts, amendment):
    """The acts of a log with one amendment; what was waited becomes a pause and a resumption between the lines."""
    found = dict(acts)
    for seq, at in amendment.moved:
        if seq not in found or found[seq].kind not in (START, PAUSE, RESUME, STOP, REOPEN):
            raise ClockworkError(f"line {seq} has no time that could be corrected")
        found[seq] = replace(found[seq], at=at)
    for seq in amendment.voided:
        if seq not in found or found[seq].kind != RETARGET:
            raise ClockworkError(f"line {seq} is no change of the target")
        del found[seq]
    for since, until in amendment.waited:
        if since >= until:
            raise ClockworkError("a pause ends after it begins")
        place = max(found) + 0.25
        found |= {place: Event(PAUSE, since), place + 0.25: Event(RESUME, until)}
    return found
