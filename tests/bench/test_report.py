"""What script/bench makes of its figures, and (with --deep) a whole small run."""

import subprocess
import sys

import pytest

from bench import report
from bench.acts import ACTS, BARE
from itsm.environment import ROOT
from tests.embedded.running import environment


def figures(size, factor):
    """Every act takes that many bare pages of 10 ms."""
    seconds = {BARE: [0.010] * 10} | {act: [0.010 * factor] * 10 for act in ACTS}
    return report.Figures(size, seconds, seconds, {act: [0.001] for act in seconds})


def test_the_goals_are_judged_at_a_hundred_thousand():
    table = report.tables([figures(10_000, 99), figures(100_000, 5)], 8)
    small, large = table.split("### 100,000")
    assert "met" not in small
    assert "missed" not in small
    assert "| queue | 50.0 | 50.0 | 5.0 | ≤ 7.0 met |" in large
    assert "| ticket | 50.0 | 50.0 | 5.0 | ≤ 4.0 **missed** |" in large


def test_a_million_is_judged_by_the_figure_at_a_hundred_thousand():
    table = report.tables([figures(100_000, 2), figures(1_000_000, 4)], 8).split("### 1,000,000")[1]
    assert table.count("≤ 3.0 **missed**") == len(ACTS)


def test_figures_replace_what_stood_between_the_marks(tmp_path, monkeypatch):
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    monkeypatch.setattr(report, "PAGE", page)
    report.write("new")
    assert page.read_text() == f"before\n{report.BEGIN}\nnew\n{report.END}\nafter\n"


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_a_small_run_measures_every_act():
    words = [sys.executable, "-m", "bench", "--sizes", "300", "--rounds", "4"]
    done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(f"| {act.name} |" in done.stdout for act in (BARE, *ACTS))
