"""The figures of script/bench changes beside their goals, as Markdown."""

from dataclasses import dataclass

from bench import report
from bench.changes import pages

DRAFT_MS, DECISION_MS = 30.0, 20.0


@dataclass(frozen=True)
class Figures:
    """Everything that one run found; `is_exact` whether everything was decided exactly once."""

    facts: dict
    pages: dict
    drafts: dict
    decisions: dict
    race: dict
    is_exact: bool


def text(found, postgres):
    """All of it: when and where, drafts, pages, decisions, many deciding at once."""
    facts = found.facts
    beside = f"{facts['items']:,} configuration items, {facts['changes']:,} changes, {facts['seats']:,} seats that wait for a decision"
    parts = [
        f"Measured on {report.when_and_where()}; PostgreSQL {postgres} with its defaults and fsync on; {beside}. {_others(facts['load'])}",
        _drafts(found.drafts), _pages(found.pages, facts), _decisions(found.decisions["acts"]), _race(found.race, found.is_exact),
    ]  # fmt: skip
    return "\n\n".join(parts)


def _others(load):
    """How busy the machine was in the five minutes before: on a busy one only the statements and the multiples of a bare page say much."""
    return f"Load of the machine before: {load:.1f}."


def _drafts(drafts):
    lines = [
        "| for a draft, in one process | median ms | p90 ms | of it the database, ms | statements at most | goal |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, one in drafts.items():
        goal = _goal(DRAFT_MS, one["median_ms"]) if name == "both together" else ""
        lines.append(
            f"| {name} | {_ms(one['median_ms'])} | {_ms(one['p90_ms'])} | {_ms(one['database_ms'])} | {one['statements']} | {goal} |"
        )
    return "\n".join(lines)


def _pages(taken, facts):
    bare = report.median(taken[pages.BARE_PAGE])
    lines = ["| page through gunicorn, one reader | median ms | p90 ms | bare pages | goal |", "| --- | ---: | ---: | ---: | --- |"]
    for page, seconds in taken.items():
        middle = report.median(seconds)
        goal = _goal(page.goal_ms, middle * 1000) if page.goal_ms else ""
        cells = (pages.named(page, facts), _ms(middle * 1000), _ms(report.p90(seconds) * 1000), f"{middle / bare:.1f}", goal)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _decisions(acts):
    lines = [
        "| decision, the whole act | database ms, median | p90 | statements at most | in all ms | goal |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, one in acts.items():
        goal = _goal(DECISION_MS, one["database_ms"], "<")
        cells = (name, _ms(one["database_ms"]), _ms(one["database_p90_ms"]), str(one["statements"]), _ms(one["median_ms"]), goal)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _race(race, is_exact):
    refused = ", ".join(f"{count} {answer}" for answer, count in sorted(race["answers"].items()) if answer != "decided")
    wrong = race["ended_wrong"] + race["not_approved_once"] + race["booked_wrong"] + race["not_told_once"]
    return (
        f"**{race['decisions']:,} decisions on {race['changes']:,} changes, {race['together']} at once**, in {race['seconds']:.1f} s: "
        f"{race['winners']} decided, {refused}. Of {race['seats']} seats {race['lost']} undecided, {race['twice']} decided twice; "
        f"changes that ended otherwise than once, approved, booked and told: {wrong}; errors: {race['errors']}. "
        f"Every seat exactly once: {'met' if is_exact else '**missed**'}."
    )


def _goal(goal, found, sign="≤"):
    met = found < goal if sign == "<" else found <= goal
    return f"{sign} {goal:.0f} {'met' if met else '**missed**'}"


def _ms(milliseconds):
    return f"{milliseconds:.1f}"
