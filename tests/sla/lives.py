"""Random lives of clocks, for the laws of the pure clock and of what is made of its log."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from itsm.calendars import china
from itsm.calendars.worktime import Hours
from sla.clockwork import Amendment, Event, State, Terms, apply, forward, overdue
from sla.folding import acts_of, corrected

OFFICE = Hours.of("Asia/Shanghai", china.OFFICE_WEEK, china.EXCEPTIONS_2026)
NIGHTS = Hours.of("America/New_York", [(d, 1320, 1440) for d in range(7)] + [(d, 0, 360) for d in range(7)])
ALWAYS = Hours.round_the_clock()
START = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
HOUR = 3_600_000_000
pure = settings(max_examples=1000, deadline=None)
calendars = st.sampled_from([OFFICE, NIGHTS, ALWAYS])
targets = st.integers(1_000_000, 40 * HOUR)
terms = st.builds(Terms, st.one_of(st.none(), targets), calendars, st.just((75, 90)), st.booleans())
gaps = st.timedeltas(timedelta(0), timedelta(days=4))
kinds = st.sampled_from(["pause", "resume", "stop", "reopen", "retarget", "close", "cancel", "pause", "resume", "retarget"])
acts = st.lists(st.tuples(kinds, gaps, terms), max_size=12)
rules = st.sampled_from(["carry", "restart_capped"])
everything = st.sampled_from(
    ["pause", "resume", "stop", "reopen", "retarget", "retarget", "close", "cancel", "rebind_calendar", "excuse", "acknowledge", "correct"]
)
picks = st.integers(0, 10**9)
rich = st.lists(st.tuples(everything, gaps, terms, rules, picks), max_size=10)
JUDGED = ("state", "elapsed_us", "allowed_us", "due_at", "breached_at", "breach_cause", "stopped_at", "outcome", "terms")


def live(first, acts):
    """A life: `[(state, events written)]` after the start and after each act."""
    state, written = forward(State(), Event("start", START, first))
    story, at = [(state, written)], START
    for kind, gap, held in acts:
        at += gap
        state, written = forward(state, Event(kind, at, held if kind == "retarget" else None))
        story.append((state, written))
    return story


def log_of(story):
    return [event for _state, written in story for event in written]


def live_richly(first, acts):
    """A life as `[(state, events written)]`; corrections are drawn from what has happened so far."""
    state, written = forward(State(), Event("start", START, first))
    story, at = [(state, written)], START
    for kind, gap, held, rule, pick in acts:
        at += gap
        if kind == "correct":
            state, written = correct_something(state, log_of(story), at, pick)
        else:
            told = {"retarget": held, "rebind_calendar": replace(state.terms, hours=held.hours)}.get(kind)
            state, written = forward(state, Event(kind, at, told, rule=rule))
        story.append((state, written))
    return story


def correct_something(state, lived, at, pick):
    """The state after a correction that the number picks, and what it wrote: a late breach first, then the correction."""
    at = max(at, state.last_at)
    written = []
    if passed := overdue(state, at):
        state = apply(state, passed)
        written, lived = [passed], [*lived, passed]
    event = Event("correct", at, amend=amendment(lived, at, pick))
    return corrected(lived, event, state), [*written, event]


def amendment(lived, at, pick):
    """A voided change, or an act moved within its neighbours, or nothing."""
    acts = acts_of(lived)
    changes = [seq for seq, act in acts if act.kind == "retarget"]
    if changes and pick % 3 == 0:
        return Amendment(voided=(changes[pick % len(changes)],))
    place = pick % len(acts)
    seq, act = acts[place]
    if act.kind not in ("start", "pause", "resume", "stop", "reopen") or pick % 3 == 1:
        return Amendment()
    last = acts[place + 1][1].at if place + 1 < len(acts) else at
    return Amendment(moved=((seq, act.at + (last - act.at) * (pick % 7) / 7),))


def judged(state):
    return {name: getattr(state, name) for name in JUDGED}
