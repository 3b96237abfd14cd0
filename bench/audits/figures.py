"""What script/bench audits found, in words for docs/performance.md."""

from bench import report
from bench.report import median, p90

ALL_S, PAGE_MS, DRAW_S, FLAT_MB, EXCEPTIONS = 60.0, 200.0, 1.0, 40.0, 10_000
MILLI = 1000


def text(found, postgres):
    """Markdown of all figures."""
    judged = found["judged"]
    beside = f"{judged['incidents']:,} incidents with {judged['clocks']:,} clocks"
    where = f"Measured on {report.when_and_where()}; PostgreSQL {postgres} with its defaults and fsync on; {beside}."
    return "\n\n".join([where, _judged(judged), _pages(found["pages"], found["largest"]), _drawn(found["drawn"])])


def _judged(judged):
    wrong = f", **{judged['errors']} could not run**" if judged["errors"] else ""
    goal, flat = _goal(judged["seconds"], ALL_S), _met(judged["memory_mb"], FLAT_MB)
    return (
        f"**All {judged['rules']} rules** judged {judged['records']:,} records in {judged['seconds']:.1f} s ({goal}), the slowest in "
        f"{judged['slowest_s']:.1f} s, and kept {judged['failed']:,} exceptions{wrong}; the process grew by {judged['memory_mb']:.0f} MB "
        f"(flat {flat})."
    )


def _pages(pages, largest):
    lines = ["| page through gunicorn, one reader | median ms | p90 ms | bare pages | goal |", "| --- | ---: | ---: | ---: | --- |"]
    bare = median(pages["bare page"])
    for name, taken in pages.items():
        ms, goal = median(taken) * MILLI, ""
        if name != "bare page":
            name = f"{name} ({largest['rule']}, {largest['failed']:,} exceptions)"  # noqa: PLW2901
            goal = _goal(ms, PAGE_MS) if largest["failed"] >= EXCEPTIONS else "too few exceptions to say"
        lines.append(f"| {name} | {ms:.1f} | {p90(taken) * MILLI:.1f} | {median(taken) / bare:.1f} | {goal} |")
    return "\n".join(lines)


def _drawn(drawn):
    return (
        f"**A sample** of {drawn['chosen']} out of {drawn['population']:,} incidents, every one of them hashed: "
        f"{median(drawn['taken']):.2f} s ({_goal(median(drawn['taken']), DRAW_S)})."
    )


def _goal(found, goal):
    return f"≤ {goal:g} {_met(found, goal)}"


def _met(found, goal):
    return "met" if found <= goal else "**missed**"
