"""What script/bench audits says: goals that are met and missed, and too few exceptions are no figure."""

from bench import report
from bench.audits import figures

FOUND = {
    "judged": {
        "rules": 32, "seconds": 12.0, "slowest_s": 3.0, "errors": 0, "records": 400_000, "failed": 50_000, "memory_mb": 1.0,
        "incidents": 100_000, "clocks": 200_000, "known": 32,
    },
    "largest": {"rule": "T-8.6.1b", "failed": 20_000},
    "pages": {"bare page": [0.01] * 4, "a rule": [0.05] * 4},
    "drawn": {"population": 100_000, "chosen": 25, "taken": [1.2, 1.3, 1.4]},
}  # fmt: skip


def test_the_figures_say_which_goals_are_met():
    text = figures.text(FOUND, "18.6")
    assert "in 12.0 s (≤ 60 met)" in text
    assert "| a rule (T-8.6.1b, 20,000 exceptions) | 50.0 | 50.0 | 5.0 | ≤ 200 met |" in text
    assert "1.30 s (≤ 1 **missed**)" in text
    assert report.AUDITS_BEGIN in report.PAGE.read_text()


def test_too_few_exceptions_are_no_figure_and_an_error_is_said():
    text = figures.text(FOUND | {"largest": {"rule": "x", "failed": 9}, "judged": FOUND["judged"] | {"errors": 1}}, "18.6")
    assert "too few exceptions to say" in text
    assert "**1 could not run**" in text
