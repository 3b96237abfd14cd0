"""The laws of a log put right: only a correction takes anything back, and what it says is as if it had been so (D5, D6).

Faults put in by hand, each of which turned a property red and was taken out again: an excuse that clears the breach (K7); a
correction that keeps the old breaches, and one that forgets the correction before it (made void, second correction); a pause
noted later that has no length.
"""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.clockwork import Amendment, ClockworkError, Event, Terms, apply, overdue
from sla.folding import corrected, fold
from tests.sla.lives import ALWAYS, HOUR, START, acts, calendars, gaps, judged, live, live_richly, log_of, pure, rich, targets, terms


@pure
@given(terms, acts)
def test_a_correction_that_says_nothing_judges_the_same(first, acts):
    story = live(first, acts)
    state, lived = story[-1][0], log_of(story)
    seen_at = max(START + sum((gap for _kind, gap, _terms in acts), timedelta(0)), state.last_at)
    if overdue(state, seen_at):
        return
    again = corrected(lived, Event("correct", seen_at, amend=Amendment()), state)
    assert judged(again) == judged(state)
    assert (again.corrected, again.generation, again.seq) == (True, state.generation + 1, state.seq + 1)


@pure
@given(terms, acts, st.data())
def test_a_change_made_void_is_as_if_it_had_never_been(first, acts, data):
    places = [place for place, (kind, _gap, _terms) in enumerate(acts) if kind == "retarget"]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    story = live(first, acts)
    written = story[place + 1][1]
    change = next((event for event in written if event.kind == "retarget"), None)
    if change is None or any(kind == "retarget" and held == change.terms for kind, _gap, held in acts[place + 1 :]):
        return  # the same change again left no trace in the log
    state, lived = story[-1][0], log_of(story)
    at = START + sum((gap for _kind, gap, _terms in acts), timedelta(0))
    seq = 1 + next(index for index, event in enumerate(lived) if event is change)
    if passed := overdue(state, at):
        state, lived = apply(state, passed), [*lived, passed]
    voided = corrected(lived, Event("correct", at, amend=Amendment(voided=(seq,))), state)
    never = [(kind, gap, held) if n != place else ("acknowledge", gap, held) for n, (kind, gap, held) in enumerate(acts)]
    without = live(first, never)[-1][0]
    if passed := overdue(without, at):
        without = apply(without, passed)
    if not any(kind in ("close", "cancel") for kind, _gap, _terms in acts):
        assert judged(voided) == judged(without)


@pure
@given(targets, calendars, gaps, gaps, gaps)
def test_a_pause_noted_later_gives_the_same_as_one_noted_at_once(target, hours, before, length, after):
    first = Terms(target, hours)
    noted = live(first, [("pause", before, None), ("resume", length, None), ("stop", after, None)])[-1][0]
    silent = live(first, [("stop", before + length + after, None)])
    state, lived = silent[-1][0], log_of(silent)
    waited = Amendment(waited=((START + before, START + before + length),))
    if length:
        assert judged(corrected(lived, Event("correct", state.last_at, amend=waited), state)) == judged(noted)


@pytest.mark.parametrize(
    "amend",
    [
        Amendment(moved=((9, START),)), Amendment(moved=((2, START),)), Amendment(voided=(1,)), Amendment(voided=(7,)),
        Amendment(waited=((START + timedelta(hours=1), START),)),
    ],
)  # fmt: skip
def test_amendments_that_name_the_wrong_line_are_refused(amend):
    state, lived = live(Terms(HOUR, ALWAYS), [("retarget", timedelta(minutes=1), Terms(2 * HOUR, ALWAYS))])[-1][0], []
    lived = log_of(live(Terms(HOUR, ALWAYS), [("retarget", timedelta(minutes=1), Terms(2 * HOUR, ALWAYS))]))
    with pytest.raises(ClockworkError):
        corrected(lived, Event("correct", state.last_at, amend=amend), state)
    assert corrected(lived, Event("correct", state.last_at, amend=Amendment(voided=(2,))), state).allowed_us == HOUR


@pure
@given(targets, calendars, gaps, gaps, gaps)
def test_a_second_correction_keeps_what_the_first_put_right(target, hours, before, length, after):
    if not length:
        return
    silent = live(Terms(target, hours), [("stop", before + length + after, None)])
    state, lived = silent[-1][0], log_of(silent)
    first = Event("correct", state.last_at, amend=Amendment(waited=((START + before, START + before + length),)))
    once = corrected(lived, first, state)
    twice = corrected([*lived, first], Event("correct", state.last_at, amend=Amendment()), once)
    assert judged(twice) == judged(once)
    assert fold([*lived, first, Event("correct", state.last_at, amend=Amendment())]) == twice


@pure
@given(terms, rich)
def test_k1_time_used_falls_only_by_a_correction(first, acts):
    for (before, _), (after, written) in pairwise(live_richly(first, acts)):
        if not any(event.kind == "correct" for event in written):
            assert after.elapsed_us >= before.elapsed_us


@pure
@given(terms, rich)
def test_k7_a_breach_is_taken_back_only_by_a_correction(first, acts):
    story = live_richly(first, acts)
    for (before, _), (after, written) in pairwise(story):
        if before.breached_at and not any(event.kind == "correct" for event in written):
            assert after.breached_at == before.breached_at
            assert (after.outcome, after.breach_cause) in ((before.outcome, before.breach_cause), ("excused", before.breach_cause))
    last = story[-1][0]
    assert last.outcome != "met" or last.breached_at is None
    assert last.breached_at is None or last.decided_at == last.breached_at


@pure
@given(terms, rich, st.data())
def test_k6_everything_folds_the_same_from_the_log_alone(first, acts, data):
    story = live_richly(first, acts)
    events = log_of(story)
    assert fold(events) == fold(list(events)) == story[-1][0]
    lengths = [sum(len(written) for _state, written in story[: n + 1]) for n in range(len(story))]
    place = data.draw(st.integers(0, len(story) - 1))
    assert fold(events[: lengths[place]]) == story[place][0]
