"""The laws of the pure clock (K1-K14 as far as no database is needed), against random lives of clocks.

Faults put in by hand, each of which turned a property red and was taken out again: counting while paused (K1); an
acknowledgement that restarts the stretch; a breach at the due time itself (stopping exactly when due).
"""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm.calendars.worktime import MICROSECOND
from sla.clockwork import ClockworkError, Event, State, Terms, apply, forward, overdue, step_table, told_at
from sla.folding import fold
from tests.sla.lives import ALWAYS, HOUR, START, acts, calendars, gaps, judged, live, live_richly, log_of, pure, rich, targets, terms


def seconds(n):
    return n * 1_000_000


@pure
@given(terms, acts)
def test_k1_time_used_never_falls_and_stands_still_while_paused(first, acts):
    story = live(first, acts)
    for (before, _), (after, written) in pairwise(story):
        assert after.elapsed_us >= before.elapsed_us
        if before.state in ("paused", "stopped", "cancelled") and not any(e.kind == "reopen" for e in written):
            assert after.elapsed_us == before.elapsed_us
    last = story[-1][0]
    assert last.elapsed_at(last.last_at + timedelta(days=1)) >= last.elapsed_at(last.last_at) >= last.elapsed_us


@pure
@given(terms, acts)
def test_k2_a_running_clock_has_used_exactly_its_target_when_due(first, acts):
    state = live(first, acts)[-1][0]
    if state.state == "running" and state.target_us and state.elapsed_us < state.target_us:
        assert state.elapsed_at(state.due_at) == state.target_us


@pure
@given(targets, calendars, gaps, gaps)
def test_k3_k4_a_pause_moves_the_due_time_by_the_service_time_it_takes(target, hours, before, length):
    (begun, _), (paused, _), (resumed, _) = live(Terms(target, hours), [("pause", before, None), ("resume", length, None)])
    if paused.breached_at or paused.elapsed_us == target:
        return
    at = START + before
    assert resumed.due_at >= begun.due_at
    assert resumed.elapsed_us + hours.between(at + length, resumed.due_at) // MICROSECOND == target
    if hours is ALWAYS:
        assert resumed.due_at == begun.due_at + length
    if not hours.between(at, at + length):
        assert resumed.due_at == begun.due_at


@pure
@given(terms, acts, st.data())
def test_k6_replay_gives_the_same_and_acts_that_change_nothing_leave_no_trace(first, acts, data):
    story = live(first, acts)
    events = log_of(story)
    state = story[-1][0]
    assert fold(events) == state
    cut = data.draw(st.integers(0, len(events)))
    assert fold(events[cut:], fold(events[:cut])) == state
    idle = {"running": "resume", "paused": "pause", "stopped": "stop", "cancelled": "resume"}[state.state]
    at = state.last_at + data.draw(gaps)
    _after, written = forward(state, Event(idle, at))
    assert [event.kind for event in written] in ([], ["breach"])


@pure
@given(terms, acts)
def test_k7_a_breach_is_recorded_once_at_a_due_time_and_never_taken_back(first, acts):
    story = live(first, acts)
    breaches = [event for event in log_of(story) if event.kind == "breach"]
    assert len(breaches) <= 1
    for (before, _), (after, written) in pairwise(story):
        if before.breached_at:
            assert after.breached_at == before.breached_at
        elif after.breached_at and after.breach_cause == "time":
            assert after.breached_at == before.due_at or any(event.kind == "reopen" for event in written)
    assert story[-1][0].outcome != "met" or not breaches


@pure
@given(targets, st.lists(st.integers(1, 99), max_size=4, unique=True), calendars)
def test_k9_steps_come_in_order_and_the_breach_is_last(target, marks, hours):
    state = live(Terms(target, hours, tuple(marks)), [])[0][0]
    times = [state.step_at(us) for _percent, us in state.steps()]
    assert times == sorted(times)
    assert state.steps()[-1] == (100, target)
    assert times[-1] == state.due_at
    assert state.next_fire_at() == times[0]


@pure
@given(terms, acts)
def test_k14_nothing_fires_once_the_clock_has_stopped(first, acts):
    for state, _written in live(first, acts):
        if state.state != "running":
            assert state.next_fire_at() is None
            assert state.steps_due(state.last_at + timedelta(days=99)) == []


@pure
@given(terms, acts)
def test_no_act_is_ever_recorded_after_an_unrecorded_breach(first, acts):
    for state, _written in live(first, acts):
        late = overdue(state, state.last_at)
        assert late is None or (state.terms.count_gap and state.generation > 1)


def test_an_event_after_the_due_time_without_its_breach_is_refused():
    state = apply(State(), Event("start", START, Terms(HOUR, ALWAYS)))
    late = Event("stop", START + timedelta(hours=2))
    with pytest.raises(ClockworkError):
        apply(state, late)
    assert fold(forward(state, late)[1], state).outcome == "breached"


@pytest.mark.parametrize("events", [["stop"], ["start", "start"], ["start", "unheard-of"]])
def test_impossible_logs_are_refused(events):
    with pytest.raises(ClockworkError):
        fold([Event(kind, START, Terms(HOUR, ALWAYS)) for kind in events])


def test_a_gap_that_counts_can_breach_on_reopening():
    counting = Terms(HOUR, ALWAYS, count_gap=True)
    story = live(counting, [("stop", timedelta(minutes=30), None), ("reopen", timedelta(hours=3), None), ("stop", timedelta(0), None)])
    assert story[-1][0].breached_at == START + timedelta(hours=1)


def test_of_a_two_minute_response_the_last_warning_is_left_out_and_told_earlier():
    table = step_table(seconds(120), (50, 75, 90))
    assert list(table) == [(50, seconds(60)), (75, seconds(90)), (100, seconds(120))]
    assert told_at(75, table, (50, 75, 90)) == [75, 90]
    assert told_at(50, table, (50, 75, 90)) == [50]


def test_an_eight_hour_resolution_keeps_every_warning():
    assert [percent for percent, _us in step_table(8 * HOUR, (75, 90))] == [75, 90, 100]


@pure
@given(terms, rich, gaps)
def test_an_excuse_and_an_acknowledgement_move_no_time(first, acts, gap):
    state = live_richly(first, acts)[-1][0]
    at = state.last_at + gap
    if passed := overdue(state, at):
        state = apply(state, passed)
    for kind in ("excuse", "acknowledge"):
        after, written = forward(state, Event(kind, at))
        kept = judged(after) | {"outcome": state.outcome}
        assert kept == judged(state)
        assert after.next_fire_at() == state.next_fire_at()
        assert len(written) == (kind == "acknowledge" or state.outcome == "breached")


@pure
@given(targets, calendars)
def test_stopping_exactly_when_due_keeps_the_promise_and_an_instant_later_breaks_it(target, hours):
    begun = apply(State(), Event("start", START, Terms(target, hours)))
    assert forward(begun, Event("stop", begun.due_at))[0].outcome == "met"
    late, written = forward(begun, Event("stop", begun.due_at + MICROSECOND))
    assert (late.outcome, late.breached_at) == ("breached", begun.due_at)
    assert [event.kind for event in written] == ["breach", "stop"]
