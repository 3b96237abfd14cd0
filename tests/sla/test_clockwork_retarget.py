"""The laws of another target: what is used stays used, by whichever rule the rest counts (D6).

Faults put in by hand, each of which turned a property red and was taken out again: counting while paused (K8); a restart that
is not capped by the old due time, and one that is treated as carry (the raise laws); carry that forgets the time used (K10).
"""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from itsm.calendars.worktime import MICROSECOND
from sla.clockwork import Event, State, Terms, apply, forward
from tests.sla.lives import START, acts, calendars, gaps, live, live_richly, pure, rich, rules, targets, terms


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
@given(st.tuples(targets, targets), calendars, gaps)
def test_k5_a_raise_never_moves_the_due_time_later(both, hours, gap):
    small, large = sorted(both)
    (begun, _), (raised, _) = live(Terms(large, hours), [("retarget", gap, Terms(small, hours))])
    if not begun.breached_at and not raised.breached_at:
        assert raised.due_at <= begun.due_at


@pure
@given(targets, targets, calendars, gaps, gaps)
def test_k10_there_and_back_changes_nothing_unless_it_breached(one, other, hours, gap, stay):
    first = Terms(one, hours)
    story = live(first, [("retarget", gap, Terms(other, hours)), ("retarget", stay, first)])
    begun, back = story[0][0], story[-1][0]
    if back.breached_at is None and back.elapsed_us < one:
        assert back.due_at == begun.due_at


@pure
@given(targets, targets, calendars, gaps, gaps, rules)
def test_k10_there_and_back_by_either_rule_changes_nothing_unless_it_breached(one, other, hours, gap, stay, rule):
    first, begun = Terms(one, hours), apply(State(), Event("start", START, Terms(one, hours)))
    there, _written = forward(begun, Event("retarget", START + gap, Terms(other, hours), rule=rule))
    back, _written = forward(there, Event("retarget", START + gap + stay, first))
    if back.breached_at is None and back.elapsed_us < one:
        assert back.due_at == begun.due_at


@pure
@given(terms, acts, targets)
def test_k8_time_used_does_not_depend_on_the_target(first, acts, other):
    if any(kind == "retarget" for kind, _gap, _terms in acts):
        acts = [(kind, gap, replace(held, hours=first.hours)) for kind, gap, held in acts]
    kept, changed = live(first, acts)[-1][0], live(replace(first, target_us=other), acts)[-1][0]
    end = START + sum((gap for _kind, gap, _terms in acts), timedelta(days=1))
    assert kept.elapsed_at(end) == changed.elapsed_at(end)


@pure
@given(terms, rich, targets)
def test_k8_time_used_does_not_depend_on_any_target_or_rule(first, acts, other):
    acts = [(k, g, replace(h, hours=first.hours, target_us=h.target_us), r, p) for k, g, h, r, p in acts if k not in ("correct", "close")]
    turned = [(k, g, replace(h, target_us=other), "carry", p) for k, g, h, _r, p in acts]
    end = START + sum((gap for _k, gap, *_rest in acts), timedelta(days=1))
    kept, changed = live_richly(first, acts)[-1][0], live_richly(replace(first, target_us=other), turned)[-1][0]
    assert kept.elapsed_at(end) == changed.elapsed_at(end)
