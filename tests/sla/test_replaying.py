"""The laws of the promise check, without a database: the same hours and targets give what the clock itself gave.

Faults tried by hand, each caught here: the time between solving and reopening counted in spite of the rule, a pause counted,
a target met exactly taken for missed (twice),
the evening after the due time forgotten, an open ticket within its target taken for met.
"""

from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, example, given
from hypothesis import strategies as st

from itsm.calendars.worktime import MICROSECOND
from sla.clockwork import Amendment, ClockworkError, Event, State, Terms, apply, forward, overdue
from sla.folding import fold
from sla.replaying import NICE_S, Judged, Replay, Strand, nice, replayed
from tests.sla.lives import HOUR, OFFICE, START, acts, calendars, gaps, live, log_of, pure, targets

KEPT = ("retarget", "rebind_calendar")
times = st.lists(st.tuples(st.integers(0, 500_000), st.integers(0, 23), st.integers(1, 9), st.booleans()), max_size=60)


def lived(target, hours, counts_gap, acts):
    """The end of a random life under one promise, and its log."""
    story = live(Terms(target, hours, (75, 90), counts_gap), [act for act in acts if act[0] not in KEPT])
    return story[-1][0], log_of(story)


def judged_by_itself(state, at):
    """The clock's verdict by then, every breach that has passed noticed."""
    passed = overdue(state, at)
    return apply(state, passed) if passed else state


@pure
@given(st.one_of(targets, st.sampled_from([8 * HOUR, 16 * HOUR, 24 * HOUR])), calendars, st.booleans(), acts, gaps)
@example(24 * HOUR, OFFICE, False, [], timedelta(days=3))
@example(1_000_000, OFFICE, False, [("resume", timedelta(seconds=1, microseconds=1), None)], timedelta(0))
def test_the_same_hours_and_target_give_what_the_clock_gave(target, hours, counts_gap, acts, later):
    state, events = lived(target, hours, counts_gap, acts)
    at = max(state.last_at, START + sum((gap for _kind, gap, _terms in acts), timedelta(0))) + later
    found = replayed(events, hours, at, count_gap=counts_gap)
    if state.state == "cancelled":
        assert found is None
        return
    assert found.used_us == state.elapsed_at(at)
    assert found.ended == (state.state == "stopped")
    assert found.verdict(target) == judged_by_itself(state, at).outcome


@pure
@given(targets, calendars, st.booleans(), acts, st.tuples(gaps, gaps), st.data())
def test_a_corrected_clock_is_measured_as_it_was_put_right(target, hours, counts_gap, acts, later, data):
    state, events = lived(target, hours, counts_gap, acts)
    movable = [no for no, event in enumerate(events, 1) if event.kind in ("start", "pause", "resume", "stop", "reopen")]
    moved = ((data.draw(st.sampled_from(movable)), START + data.draw(gaps)),)
    waited = ((START, START + later[0]),) if later[0] else ()
    correct = Event("correct", state.last_at + later[1], amend=Amendment(moved, waited))
    try:
        righted = fold([*events, correct])
    except ClockworkError:
        assume(False)
    at = righted.last_at + later[1]
    found = replayed([*events, correct], hours, at, count_gap=counts_gap)
    assert found is None if righted.state == "cancelled" else found.used_us == righted.elapsed_at(at)


@pure
@given(targets, calendars, calendars, st.booleans(), acts, gaps)
def test_other_hours_give_what_the_clock_would_have_given_under_them(target, held, asked, counts_gap, acts, later):
    state, events = lived(target, held, counts_gap, acts)
    other = State()
    for event in events:
        if event.kind != "breach":
            other, _written = forward(other, replace(event, terms=event.terms and replace(event.terms, hours=asked)))
    found = replayed(events, asked, state.last_at + later, count_gap=counts_gap)
    assert found is None if other.state == "cancelled" else found.used_us == other.elapsed_at(state.last_at + later)


@pure
@given(targets, calendars, acts, gaps, st.booleans())
def test_a_pause_never_counts_and_the_gap_before_reopening_only_by_agreement(target, hours, acts, gap, counts):
    log = [Event("start", START), Event("stop", START + gap), Event("reopen", START + 2 * gap), Event("pause", START + 3 * gap)]
    found = replayed(log, hours, START + 9 * gap, count_gap=counts)
    ran = [(START, 1), (START + gap, 1 if counts else 0), (START + 2 * gap, 1)]
    assert found.used_us == sum(counted * hours.between(since, since + gap) // MICROSECOND for since, counted in ran)
    assert not found.ended


def test_what_used_its_target_to_the_end_of_the_day_and_stopped_in_the_evening_is_late():
    day = [Event("start", START), Event("stop", START + timedelta(hours=9))]
    evening = [Event("start", START), Event("stop", START + timedelta(hours=11))]
    eight = 8 * HOUR
    assert [replayed(log, OFFICE, START).used_us for log in (day, evening)] == [eight, eight]
    assert [replayed(log, OFFICE, START).verdict(eight) for log in (day, evening)] == ["met", "breached"]
    assert replayed(evening, OFFICE, START).verdict(eight + 1) == "met"


def test_an_open_clock_is_undecided_until_it_has_used_more_than_the_target():
    assert Replay(60_000_000, ended=False).verdict(60_000_000) == ""
    assert Replay(60_000_001, ended=False).verdict(60_000_000) == "breached"
    assert Replay(60_000_000, ended=True).verdict(60_000_000) == "met"


@pure
@given(times, st.integers(1, 600_000), st.integers(0, 100_000))
def test_a_longer_target_never_fails_more(rows, target, more):
    short, long = Strand.of(rows).judged(target), Strand.of(rows).judged(target + more)
    assert (long.met, long.failed) >= (short.met, 0)
    assert long.failed <= short.failed
    assert short.share is None or long.share is None or long.share >= short.share


@pure
@given(times, st.integers(1, 600_000), st.randoms())
def test_the_order_of_tickets_is_of_no_account(rows, target, chance):
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert Strand.of(rows) == Strand.of(shuffled)


@pure
@given(times, st.integers(1, 600_000))
def test_the_counts_are_those_of_plain_counting(rows, target):
    strand = Strand.of(rows)
    met = [row for row in rows if row[3] and row[0] <= target]
    failed = [row for row in rows if row[0] > target]
    judged = strand.judged(target)
    assert (judged.met, judged.failed, judged.undecided) == (len(met), len(failed), len(rows) - len(met) - len(failed))
    assert sorted(strand.failures(target)) == sorted((used, clock, ended) for used, _hour, clock, ended in failed)
    hours = strand.by_hour(target)
    assert [sum(part) for part in zip(*hours, strict=True)] == [len(failed), len(met) + len(failed)]
    assert all(hours[row[1]][0] for row in failed)


@pure
@given(times, st.integers(50, 100))
def test_the_least_target_keeps_the_wish_and_no_shorter_time_that_was_needed_does(rows, wished):
    strand = Strand.of(rows)
    least = strand.least(wished)
    if least is not None:
        assert strand.judged(least).keeps(wished)
        assert not any(strand.judged(used).keeps(wished) for used in strand.ended.used if used < least)
    elif strand.ended.used:
        assert not strand.judged(strand.ended.used[-1]).keeps(wished)


def test_nothing_to_judge_is_never_a_hundred_percent():
    assert Strand.of([]).judged(60) == Judged(0, 0, 0, None, None)
    assert Strand.of([]).judged(60).share is None
    assert not Strand.of([(30, 8, 1, False)]).judged(60).keeps(50)


def test_median_and_ninetieth_are_times_that_really_were_needed():
    judged = Strand.of((minute * 60, 9, minute, True) for minute in range(1, 11)).judged(60)
    assert (judged.median_s, judged.p90_s) == (5 * 60, 9 * 60)


def test_nice_targets_ascend_and_are_never_below():
    assert list(NICE_S) == sorted(set(NICE_S))
    assert [nice(1), nice(61), nice(23 * 60), nice(3600 * 26)] == [60, 120, 25 * 60, 3600 * 32]
    assert nice(NICE_S[-1] + 1) is None
