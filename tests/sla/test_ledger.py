"""The ledger adds up to the clock's own time, whatever happened."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given

from itsm.calendars.worktime import MICROSECOND
from sla import ledger
from sla.clockwork import Event, State, Terms, forward
from tests.sla.test_clockwork import HOUR, OFFICE, START, acts, gaps, live, log_of, pure, terms


@pure
@given(terms, acts, gaps)
def test_the_counted_stretches_add_up_to_the_time_used(first, acts, later):
    story = live(first, acts)
    state, events = story[-1][0], log_of(story)
    at = START + sum((gap for _kind, gap, _terms in acts), later)
    found = ledger.rows(events, at)
    total = found[-1].total if found else timedelta(0)
    assert total // MICROSECOND == state.elapsed_at(at)
    assert sum((row.counted for row in found), timedelta(0)) == total
    assert all(a.ends_at == b.starts_at for a, b in pairwise(found))
    assert len(found) <= ledger.MOST_ROWS


def test_it_names_pauses_holidays_and_what_is_left():
    state, events = forward(State(), Event("start", START, Terms(40 * HOUR, OFFICE)))
    for kind, hours in (("pause", 2), ("resume", 30)):
        state, more = forward(state, Event(kind, START + timedelta(hours=hours)))
        events += more
    at = START + timedelta(days=11, hours=1)
    found = ledger.rows(events, at, reasons=["customer information"])
    assert [row.kind for row in found[:3]] == ["run", "hold", "run"]
    assert found[1].reason == "customer information"
    assert any(row.holiday for row in found)
    left = ledger.remaining(state, at, found[-1].total)
    assert left.total == timedelta(hours=40)
    assert left.ends_at == state.due_at
    assert ledger.paused_time(found) == (1, timedelta(hours=28))
