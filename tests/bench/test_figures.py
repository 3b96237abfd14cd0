"""What script/bench sla and script/chaos make of what they find."""

import dataclasses

from bench.timers.figures import Cost, Figures, text
from bench.timers.race import Race
from bench.timers.verdict import Verdict

WELL = Verdict(
    trouble="nothing is disturbed", clocks=10, wanted=20, fires=20, doubled=0, early=0, collapsed=0, breaches_lost=0, breaches_doubled=0,
    breaches_wrong=0, notices_lost=0, notices_doubled=0, median=0.2, p99=0.8, worst=0.9, within=1.0, caught_up=None, drifted=0,
    in_time=True,
)  # fmt: skip
RACE = Race(stops=10, never=0, in_time=6, late=4, false_breaches=0, missed_breaches=0, by_sweep=3, close=2, drifted=0)


def figures(*verdicts, race=RACE):
    idle = {"statement_ms": 0.05, "task_ms": 0.7, "statements": 4}
    moves = {"pause": {"statements": 4, "median_ms": 2.5, "p90_ms": 3.0, "move": True}}
    costs = [Cost(10_000, idle, [{"clocks": 100, "database_ms": 40.0, "all_ms": 200.0}])]
    return Figures(costs, moves, list(verdicts), race, armed=10_000, check={"tickets": 5, "first_s": 0.2, "move_s": 0.01})


def test_everything_once_is_exact_and_anything_less_is_not():
    assert WELL.is_exact
    for flaw in ({"fires": 19}, {"fires": 21}, {"doubled": 1}, {"early": 1}, {"notices_lost": 1}, {"breaches_wrong": 1}, {"drifted": 1}):
        assert not dataclasses.replace(WELL, **flaw).is_exact, flaw
    assert not dataclasses.replace(WELL, wants_red=True).is_exact
    assert dataclasses.replace(WELL, wants_red=True, red_after=12.0).is_exact
    assert "LOST 1" in str(dataclasses.replace(WELL, fires=19))


def test_a_false_or_a_missed_breach_is_not_exact():
    assert RACE.is_exact
    for flaw in ("never", "false_breaches", "missed_breaches", "drifted"):
        assert not dataclasses.replace(RACE, **{flaw: 1}).is_exact
        assert not figures(WELL, race=dataclasses.replace(RACE, **{flaw: 1})).is_exact


def test_figures_stand_beside_their_goals():
    slow = dataclasses.replace(WELL, trouble="slow", within=0.98)
    back = dataclasses.replace(WELL, trouble="back", in_time=False, soon=True, caught_up=11.0)
    found = text(figures(WELL, slow, back), "18")
    assert "| 10,000 | 0.05 | ≤ 1 met | 0.70 | 40 | 200 |" in found
    assert "| pause | 4 | 2.50 | 3.00 | ≤ 2 **missed** |" in found
    assert "100.0 % | all, exactly once met; 99 % within 1 s met |" in found
    assert "98.0 % | all, exactly once met; 99 % within 1 s **missed** |" in found
    assert "caught up 11.0 s later, ≤ 10 **missed**" in found
    assert "the slowest move of a slider 0.01 s (≤ 1 s met)" in found
