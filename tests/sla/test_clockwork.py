"""The laws of the pure clock (K1-K14 as far as no database is needed), against random lives of clocks.

Faults put in by hand, each of which turned a property red and was taken out again: counting while paused (K1, K8); a restart that
is not capped by the old due time, and one that is treated as carry (the raise laws); carry that forgets the time used (K10); an
excuse that clears the breach (K7); a correction that keeps the old breaches, and one that forgets the correction before it (made
void, second correction); an acknowledgement that restarts the stretch; a pause noted later that has no length; a breach at the due
time itself (stopping exactly when due).
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.calendars import china
from itsm.calendars.worktime import MICROSECOND, Hours
from sla.clockwork import Amendment, ClockworkError, Event, State, Terms, apply, forward, overdue, step_table, told_at
from sla.folding import acts_of, corrected, fold

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
@given(st.tuples(targets, targets), calendars, gaps)
def test_k5_a_raise_never_moves_the_due_time_later(both, hours, gap):
    small, large = sorted(both)
    (begun, _), (raised, _) = live(Terms(large, hours), [("retarget", gap, Terms(small, hours))])
    if not begun.breached_at and not raised.breached_at:
        assert raised.due_at <= begun.due_at


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
@given(terms, acts, targets)
def test_k8_time_used_does_not_depend_on_the_target(first, acts, other):
    if any(kind == "retarget" for kind, _gap, _terms in acts):
        acts = [(kind, gap, replace(held, hours=first.hours)) for kind, gap, held in acts]
    kept, changed = live(first, acts)[-1][0], live(replace(first, target_us=other), acts)[-1][0]
    end = START + sum((gap for _kind, gap, _terms in acts), timedelta(days=1))
    assert kept.elapsed_at(end) == changed.elapsed_at(end)


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
@given(targets, targets, calendars, gaps, gaps)
def test_k10_there_and_back_changes_nothing_unless_it_breached(one, other, hours, gap, stay):
    first = Terms(one, hours)
    story = live(first, [("retarget", gap, Terms(other, hours)), ("retarget", stay, first)])
    begun, back = story[0][0], story[-1][0]
    if back.breached_at is None and back.elapsed_us < one:
        assert back.due_at == begun.due_at


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


def seconds(n):
    return n * 1_000_000


def test_of_a_two_minute_response_the_last_warning_is_left_out_and_told_earlier():
    table = step_table(seconds(120), (50, 75, 90))
    assert list(table) == [(50, seconds(60)), (75, seconds(90)), (100, seconds(120))]
    assert told_at(75, table, (50, 75, 90)) == [75, 90]
    assert told_at(50, table, (50, 75, 90)) == [50]


def test_an_eight_hour_resolution_keeps_every_warning():
    assert [percent for percent, _us in step_table(8 * HOUR, (75, 90))] == [75, 90, 100]


# -- lives in which everything happens: both rules of another target, calendars, verdicts, corrections -----------------------

rules = st.sampled_from(["carry", "restart_capped"])
everything = st.sampled_from(
    ["pause", "resume", "stop", "reopen", "retarget", "retarget", "close", "cancel", "rebind_calendar", "excuse", "acknowledge", "correct"]
)
picks = st.integers(0, 10**9)
rich = st.lists(st.tuples(everything, gaps, terms, rules, picks), max_size=10)
JUDGED = ("state", "elapsed_us", "allowed_us", "due_at", "breached_at", "breach_cause", "stopped_at", "outcome", "terms")


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


@pure
@given(terms, rich, st.data())
def test_k6_everything_folds_the_same_from_the_log_alone(first, acts, data):
    story = live_richly(first, acts)
    events = log_of(story)
    assert fold(events) == fold(list(events)) == story[-1][0]
    lengths = [sum(len(written) for _state, written in story[: n + 1]) for n in range(len(story))]
    place = data.draw(st.integers(0, len(story) - 1))
    assert fold(events[: lengths[place]]) == story[place][0]


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
@given(st.tuples(targets, targets), calendars, gaps)
def test_a_raise_by_carry_is_never_later_than_a_capped_restart_and_that_never_later_than_before(both, hours, gap):
    small, large = sorted(both)
    begun = apply(State(), Event("start", START, Terms(large, hours)))
    at = START + gap
    carried, capped = (forward(begun, Event("retarget", at, Terms(small, hours), rule=rule))[0] for rule in ("carry", "restart_capped"))
    if begun.due_at < at:
        return
    assert (carried.breached_at or carried.due_at) <= max(at, capped.due_at)
    assert capped.due_at <= max(begun.due_at, at)
    if not carried.breached_at:
        assert carried.due_at <= capped.due_at <= begun.due_at


@pure
@given(st.tuples(targets, targets), calendars, gaps, gaps)
def test_a_restart_gives_the_whole_new_target_unless_the_old_due_time_caps_it(both, hours, gap, pause):
    small, large = sorted(both)
    begun = apply(State(), Event("start", START, Terms(large, hours)))
    at = START + gap
    if begun.due_at <= at:
        return
    again, _written = forward(begun, Event("retarget", at, Terms(small, hours), rule="restart_capped"))
    assert again.due_at == min(begun.due_at, hours.add(at, timedelta(microseconds=small)))
    paused, _written = forward(again, Event("pause", at))
    resumed, _written = forward(paused, Event("resume", at + pause))
    assert resumed.elapsed_us + hours.between(at + pause, resumed.due_at) // MICROSECOND == again.allowed_us


@pure
@given(targets, targets, calendars, gaps, gaps, rules)
def test_k10_there_and_back_by_either_rule_changes_nothing_unless_it_breached(one, other, hours, gap, stay, rule):
    first, begun = Terms(one, hours), apply(State(), Event("start", START, Terms(one, hours)))
    there, _written = forward(begun, Event("retarget", START + gap, Terms(other, hours), rule=rule))
    back, _written = forward(there, Event("retarget", START + gap + stay, first))
    if back.breached_at is None and back.elapsed_us < one:
        assert back.due_at == begun.due_at


@pure
@given(terms, rich, targets)
def test_k8_time_used_does_not_depend_on_any_target_or_rule(first, acts, other):
    acts = [(k, g, replace(h, hours=first.hours, target_us=h.target_us), r, p) for k, g, h, r, p in acts if k not in ("correct", "close")]
    turned = [(k, g, replace(h, target_us=other), "carry", p) for k, g, h, _r, p in acts]
    end = START + sum((gap for _k, gap, *_rest in acts), timedelta(days=1))
    kept, changed = live_richly(first, acts)[-1][0], live_richly(replace(first, target_us=other), turned)[-1][0]
    assert kept.elapsed_at(end) == changed.elapsed_at(end)


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
@given(targets, calendars)
def test_stopping_exactly_when_due_keeps_the_promise_and_an_instant_later_breaks_it(target, hours):
    begun = apply(State(), Event("start", START, Terms(target, hours)))
    assert forward(begun, Event("stop", begun.due_at))[0].outcome == "met"
    late, written = forward(begun, Event("stop", begun.due_at + MICROSECOND))
    assert (late.outcome, late.breached_at) == ("breached", begun.due_at)
    assert [event.kind for event in written] == ["breach", "stop"]


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
