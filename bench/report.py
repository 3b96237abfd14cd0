"""Figures as tables: on the terminal and in docs/performance.md."""

import os
import platform
import statistics
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import django

from bench.acts import ACTS, BARE
from itsm.environment import ROOT

PAGE = ROOT / "docs" / "performance.md"
BEGIN, SLA_BEGIN, END = "<!-- figures of script/bench: begin -->", "<!-- figures of script/bench sla: begin -->", "<!-- end -->"
CHANGES_BEGIN = "<!-- figures of script/bench changes: begin -->"
MEASURES_BEGIN = "<!-- figures of script/bench measures: begin -->"
AUDITS_BEGIN = "<!-- figures of script/bench audits: begin -->"
GOAL_SIZE, LARGE, LARGE_FACTOR = 100_000, 1_000_000, 1.5


@dataclass(frozen=True)
class Figures:
    """Seconds of every act at one size: `alone` and `together` through HTTP, `plain` in SQL."""

    size: int
    alone: dict
    together: dict
    plain: dict

    def multiple(self, act):
        """How many bare pages an act takes with one agent, by medians."""
        return median(self.alone[act]) / median(self.alone[BARE])


def median(seconds):
    return statistics.median(seconds)


def p90(seconds):
    return statistics.quantiles(seconds, n=10)[-1] if len(seconds) > 1 else seconds[0]


def tables(found, agents):
    """Markdown of all sizes, in their order."""
    base = next((figures for figures in found if figures.size == GOAL_SIZE), None)
    return "\n\n".join(_table(figures, base, agents) for figures in found)


def _table(figures, base, agents):
    lines = [
        f"### {figures.size:,} incidents",
        "",
        f"| act | median ms | p90 ms | bare pages | goal | plain SQL ms | × SQL | {agents} agents: median ms | p90 ms | bare pages |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    return "\n".join(lines + [_line(figures, act, base) for act in (BARE, *ACTS)])


def _line(figures, act, base):
    alone, together, plain = figures.alone[act], figures.together[act], figures.plain[act]
    shared = median(together) / median(figures.together[BARE])
    cells = [
        act.name, _ms(median(alone)), _ms(p90(alone)), f"{figures.multiple(act):.1f}", _goal(figures, act, base), _ms(median(plain)),
        f"{median(alone) / median(plain):.0f}", _ms(median(together)), _ms(p90(together)), f"{shared:.1f}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _goal(figures, act, base):
    """The goal and whether it is met: bare pages at 100,000, at a million at most half as much again as there."""
    if act.goal is None:
        return ""
    if figures.size == LARGE and base:
        goal = LARGE_FACTOR * base.multiple(act)
    elif figures.size == GOAL_SIZE:
        goal = act.goal
    else:
        return ""
    return f"≤ {goal:.1f} {'met' if figures.multiple(act) <= goal else '**missed**'}"


def _ms(seconds):
    return f"{seconds * 1000:.1f}"


def circumstances(postgres, rounds):
    """When and on what it was measured."""
    return (
        f"Measured on {when_and_where()}; PostgreSQL {postgres} with its defaults and fsync on, "
        f"Python {platform.python_version()}, Django {django.__version__}, gunicorn with 2 workers of 4 threads. "
        f"{rounds} rounds with one agent."
    )


def when_and_where():
    """This minute and this machine, in words."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {_machine()}"


def _machine():
    facts = [line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines()]
    model = next((value.strip() for name, _, value in facts if name.strip() == "model name"), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({model or platform.machine()}), {memory:.0f} GB"


def write(text, begin=BEGIN):
    """Put the figures between their marks of docs/performance.md; what stands around them stays."""
    before, mark, rest = PAGE.read_text().partition(begin)
    if not mark:
        raise SystemExit(f"bench: {PAGE} has no line {begin}: put it back, and {END} below it.")
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{begin}\n{text}\n{END}{after}")
