"""The figures of script/bench sla beside their goals, as Markdown."""

from dataclasses import dataclass, field

from bench import report

IDLE_MS, MOVE_MS, WITHIN, CAUGHT_UP_S, CHECK_S = 1.0, 2.0, 0.99, 10.0, 1.0


@dataclass(frozen=True)
class Cost:
    """What sweeps cost beside that many armed clocks: idle, and with clocks due (see bench/costs.py)."""

    armed: int
    idle: dict
    due: list


@dataclass
class Figures:
    """Everything that one run found."""

    costs: list = field(default_factory=list)
    moves: dict = field(default_factory=dict)
    verdicts: list = field(default_factory=list)
    race: object = None
    armed: int = 0
    check: dict | None = None

    @property
    def is_exact(self):
        """Whether nothing was lost, doubled or wrong in any scenario."""
        return all(found.is_exact for found in [*self.verdicts, *([self.race] if self.race else [])])


def text(figures, postgres):
    """All of it: when and where, sweeps, moves of a clock, what happened in trouble, the race."""
    servers = f"PostgreSQL {postgres} with its defaults and fsync on, the timers worker with four children, and beat"
    parts = [
        f"Measured on {report.when_and_where()}; {servers}.",
        _sweeps(figures.costs),
        *([_moves(figures.moves)] if figures.moves else []),
        *([_troubles(figures)] if figures.verdicts else []),
        *([f"**Race.** {figures.race}. {_judged(figures.race.is_exact)}"] if figures.race else []),
        *([_check(figures.check)] if figures.check else []),
    ]
    return "\n\n".join(parts)


def _sweeps(costs):
    sizes = [f"{found['clocks']:,} due: database ms | in all ms" for found in costs[0].due]
    lines = [
        f"| armed clocks | idle: looking for due clocks, ms | goal | idle: the whole task, ms | {' | '.join(sizes)} |",
        f"| ---: | ---: | --- | ---: |{' ---: | ---: |' * len(sizes)}",
    ]
    for cost in costs:
        looking = cost.idle["statement_ms"]
        due = [f"{found['database_ms']:.0f} | {found['all_ms']:.0f}" for found in cost.due]
        cells = [f"{cost.armed:,}", f"{looking:.2f}", _goal(f"≤ {IDLE_MS:.0f}", looking <= IDLE_MS), f"{cost.idle['task_ms']:.2f}", *due]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _moves(moves):
    lines = ["| one move of a clock | statements | database ms, median | p90 | goal |", "| --- | ---: | ---: | ---: | --- |"]
    for name, found in moves.items():
        goal = _goal(f"≤ {MOVE_MS:.0f}", found["median_ms"] <= MOVE_MS) if found["move"] else ""
        lines.append(f"| {name} | {found['statements']} | {found['median_ms']:.2f} | {found['p90_ms']:.2f} | {goal} |")
    return "\n".join(lines)


def _troubles(figures):
    lines = [
        f"| beside {figures.armed:,} armed clocks | fired | lost | twice | wrong | lag p50 s | p99 s | worst s | within 1 s | goal |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for found in figures.verdicts:
        cells = [
            found.trouble, f"{found.fires:,} of {found.wanted:,}", found.lost, found.twice, found.wrong,
            f"{found.median:.2f}", f"{found.p99:.2f}", f"{found.worst:.2f}", f"{100 * found.within:.1f} %", _trouble_goal(found),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _trouble_goal(found):
    """All of it exactly once; and in time, red, or soon caught up, as the trouble has it."""
    wanted = [("all, exactly once", found.is_exact)]
    if found.in_time:
        wanted.append(("99 % within 1 s", found.within >= WITHIN))
    if found.wants_red:
        red = f" (after {found.red_after:.0f} s)" if found.red_after is not None else ""
        wanted.append((f"red meanwhile{red}", found.red_after is not None))
    if found.soon:
        wanted.append((f"caught up {found.caught_up or 0:.1f} s later, ≤ {CAUGHT_UP_S:.0f}", (found.caught_up or 0) <= CAUGHT_UP_S))
    return "; ".join(_goal(words, well) for words, well in wanted)


def _check(found):
    goal = _goal(f"≤ {CHECK_S:.0f} s", found["move_s"] <= CHECK_S)
    said = f"the first answer after {found['first_s']:.2f} s, the slowest move of a slider {found['move_s']:.2f} s ({goal})"
    return f"**Promise check** over {found['tickets']:,} tickets: {said}."


def _judged(well):
    return "Every verdict is that of the instants." if well else "**missed**"


def _goal(words, well):
    return f"{words} {'met' if well else '**missed**'}"
