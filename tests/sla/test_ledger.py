"""The ledger adds up to the clock's own time and to the time on the wall, whatever happened.

Faults tried by hand that turn these red: a gap that doesn't count counted (and the other way round), a pause counted, the hours of
before a rebind used after it, the log read without its corrections, a stretch left out at a cut, what is left measured against the
target where a restart was capped.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from itsm.calendars.worktime import MICROSECOND
from sla import ledger
from sla.clockwork import CARRY, RESTART_CAPPED, Amendment, Event, State, Terms, forward
from sla.folding import corrected, fold, lived
from tests.sla.lives import HOUR, OFFICE, START, calendars, gaps, kinds, pure, targets, terms

rules = st.sampled_from([CARRY, RESTART_CAPPED])
more_kinds = st.one_of(kinds, st.sampled_from(["rebind_calendar", "excuse", "acknowledge"]))
rich_acts = st.lists(st.tuples(more_kinds, gaps, terms, rules), max_size=12)


def lives(first, acts):
    """A whole log of a life in which anything happens."""
    state, log, at = State(), [], START
    for kind, gap, held, rule in [("start", timedelta(0), first, CARRY), *acts]:
        at += gap
        given_terms = held if kind in ("start", "retarget") else None
        if kind == "rebind_calendar":
            given_terms = replace(state.terms, hours=held.hours)
        state, written = forward(state, Event(kind, at, given_terms, rule=rule))
        log += written
    return log


def corrections_of(log, data):
    """The log with one or two corrections behind it, each of what its lines allow."""
    for _ in range(data.draw(st.integers(0, 2))):
        at = max(event.at for event in log) + data.draw(gaps)
        movable = [line for line, e in enumerate(log, 1) if e.kind in ("start", "pause", "resume", "stop", "reopen")]
        voidable = [line for line, e in enumerate(log, 1) if e.kind == "retarget"]
        moved = [(data.draw(st.sampled_from(movable)), min(at, START + data.draw(gaps)))]
        since = START + data.draw(gaps)
        waited = [(since, min(at, since + timedelta(hours=5)))] if since < at and data.draw(st.booleans()) else []
        done = [line for e in log if e.amend for line in e.amend.voided]
        voided = [line for line in data.draw(st.lists(st.sampled_from(voidable or [0]), max_size=1)) if line and line not in done]
        event = Event("correct", at, amend=Amendment(tuple(moved), tuple(waited), tuple(voided)))
        log = [*log, event]
    return log


def check_sums(log, at):
    """Gapless from the contact on, counted parts equal to the time used, what is left equal to what is allowed."""
    life, state = ledger.live(log, at), fold(log)
    found = ledger.rows(life)
    assert sum((row.counted for row in found), timedelta(0)) // MICROSECOND == state.elapsed_at(at)
    assert life.counted() // MICROSECOND == state.elapsed_at(at)
    assert all(a.ends_at == b.starts_at for a, b in pairwise(found))
    assert sum((row.ends_at - row.starts_at for row in found), timedelta(0)) == life.until - life.began_at
    assert life.until == (state.final_at or max(at, life.began_at))
    assert not found or (found[0].starts_at, found[-1].ends_at) == (life.began_at, life.until)
    assert all(row.kind == ledger.MARK or row.starts_at < row.ends_at for row in found)
    assert all(row.counted == timedelta(0) for row in found if row.kind in (ledger.HOLD, ledger.OFF, ledger.MARK))
    short = ledger.readable(found)
    assert len(short) <= ledger.MOST_ROWS
    assert (short[-1].total if short else timedelta(0)) == life.counted()
    if left := ledger.remaining(life):
        assert left.total // MICROSECOND == state.allowed_us
        assert left.counted == state.terms.hours.between(life.until, state.due_at)
    return found


@pure
@given(terms, rich_acts, gaps)
def test_rows_add_up_whatever_happens(first, acts, later):
    log = lives(first, acts)
    check_sums(log, max(event.at for event in log) + later)


@settings(max_examples=1500, deadline=None)
@given(terms, rich_acts, gaps, st.data())
def test_rows_add_up_after_corrections_too(first, acts, later, data):
    log = corrections_of(lives(first, acts), data)
    found = check_sums(log, max(event.at for event in log) + later)
    assert sum(row.mark is not None and row.mark.kind == "correct" for row in found) == sum(e.kind == "correct" for e in log)


@pure
@given(terms, rich_acts, st.data())
def test_the_lived_acts_are_the_log_and_give_the_same_verdict(first, acts, data):
    log = lives(first, acts)
    assert lived(log) == list(enumerate(log, 1))
    log = corrections_of(log, data)
    ends, told = State(), [event for _line, event in lived(log) if event.kind != "correct"]
    ends, whole = fold(told), fold(log)
    same = ("state", "elapsed_us", "due_at", "breached_at", "breach_us", "outcome", "allowed_us", "stopped_at", "terms")
    assert {name: getattr(ends, name) for name in same} == {name: getattr(whole, name) for name in same}


@pure
@given(targets, calendars, st.lists(gaps, min_size=2, max_size=6), gaps)
def test_a_due_time_follows_from_target_and_waits_alone(target, hours, waits, later):
    acts = [("pause" if n % 2 == 0 else "resume", gap, Terms(target, hours), CARRY) for n, gap in enumerate(waits)]
    log = lives(Terms(target, hours), acts)
    state = fold(log)
    assume(state.state == "running" and not state.breached_at)
    life = ledger.live(log, state.last_at + later)
    waited = sum((span.service_time() for span in life.spans if span.kind == ledger.HOLD), timedelta(0))
    assert hours.between(START, state.due_at) == timedelta(microseconds=target) + waited


def test_a_breach_is_marked_at_its_due_time_within_a_gap_that_counts():
    log = lives(
        Terms(HOUR, OFFICE, count_gap=True),
        [("stop", timedelta(minutes=30), None, CARRY), ("reopen", timedelta(hours=3), None, CARRY), ("stop", timedelta(0), None, CARRY)],
    )
    found = check_sums(log, START + timedelta(days=1))
    assert [(row.kind, row.counted) for row in found[:4]] == [
        ("run", timedelta(minutes=30)),
        ("solved", timedelta(minutes=30)),
        ("mark", timedelta(0)),
        ("solved", timedelta(hours=2)),
    ]
    assert found[2].mark.at == START + timedelta(hours=1)


def test_it_names_pauses_holidays_and_what_is_left():
    acts = [("pause", timedelta(hours=2), None, CARRY), ("resume", timedelta(hours=28), None, CARRY)]
    log = lives(Terms(40 * HOUR, OFFICE), acts)
    life = ledger.live(log, START + timedelta(days=11, hours=1))
    found = ledger.readable(ledger.rows(life))
    assert [row.kind for row in found[:3]] == ["run", "hold", "run"]
    assert found[1].line == 2
    assert any(row.holiday for row in found)
    left = ledger.remaining(life)
    assert left.total == timedelta(hours=40)
    assert left.ends_at == life.state.due_at
    assert ledger.pauses(life) == (1, timedelta(hours=28))


def test_after_a_correction_the_corrected_life_is_shown():
    log = lives(Terms(2 * HOUR, OFFICE), [("stop", timedelta(hours=3), None, CARRY)])
    assert fold(log).outcome == "breached"
    wait = (START + timedelta(minutes=30), START + timedelta(hours=2))
    fixed = Event("correct", START + timedelta(days=1), amend=Amendment(waited=(wait,)))
    assert corrected(log, fixed, fold(log)).outcome == "met"
    found = check_sums([*log, fixed], START + timedelta(days=2))
    assert [row.kind for row in found] == ["run", "hold", "run", "solved", "mark", "solved"]
    assert found[2].total == timedelta(hours=1, minutes=30)


def test_a_make_up_workday_is_told_apart():
    saturday = datetime(2026, 10, 10, 1, 0, tzinfo=UTC)
    state, log = forward(State(), Event("start", saturday, Terms(HOUR, OFFICE)))
    assert state.due_at == saturday + timedelta(hours=1)
    assert ledger.rows(ledger.live(log, saturday + timedelta(minutes=5)))[0].make_up
