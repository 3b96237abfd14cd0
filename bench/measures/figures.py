"""What script/bench measures found, in words for docs/performance.md."""

from bench import report
from bench.report import median, p90

PAGE_MS, TILE_MS, DAY_S = 150.0, 50.0, 10.0
FLAT_MB = 40.0
"""How much more memory ten times as many rows may take."""
MILLI = 1000


def text(found, postgres):
    """Markdown of all figures."""
    held = found["held"]
    beside = f"{held['incidents']:,} incidents of {held['months']} months, {held['facts']:,} facts, {held['tallies']:,} sums"
    where = f"Measured on {report.when_and_where()}; PostgreSQL {postgres} with its defaults and fsync on; {beside}."
    return "\n\n".join([where, _tiles(found["tiles"]), _pages(found["pages"]), _day(found["day"]), _exports(found["exports"])])


def _tiles(tiles):
    lines = [
        "| tile of the SLA dashboard over twelve months, in one process | median ms | p90 ms | statements | goal |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for name, one in tiles.items():
        lines.append(
            f"| {name} | {one['median_ms']:.1f} | {one['p90_ms']:.1f} | {one['statements']} | {_goal(one['median_ms'], TILE_MS)} |"
        )
    return "\n".join(lines)


def _pages(pages):
    lines = ["| page through gunicorn, one reader | median ms | p90 ms | bare pages | goal |", "| --- | ---: | ---: | ---: | --- |"]
    bare = median(pages["bare page"])
    for name, taken in pages.items():
        ms = median(taken) * MILLI
        goal = "" if name == "bare page" else _goal(ms, PAGE_MS)
        lines.append(f"| {name} | {ms:.1f} | {p90(taken) * MILLI:.1f} | {median(taken) / bare:.1f} | {goal} |")
    return "\n".join(lines)


def _day(day):
    same = "the same facts and sums" if day["is_same"] else "**other facts or sums**"
    return (
        f"**The facts of {day['incidents']:,} incidents** (a day's): {day['facts']:,} facts and their sums anew in {day['anew_s']:.1f} s "
        f"({_goal(day['anew_s'], DAY_S)}), looked at once more in {day['again_s']:.1f} s: {same}."
    )


def _exports(exports):
    lines = ["| download of rows | rows | seconds | most memory, MB | goal |", "| --- | ---: | ---: | ---: | --- |"]
    least = {}
    for one in exports:
        first = least.setdefault(one["kind"], one["memory_mb"])
        goal = "" if one["memory_mb"] is first else _goal(one["memory_mb"] - first, FLAT_MB, "flat")
        lines.append(f"| {one['kind']} | {one['rows']:,} | {one['seconds']:.1f} | {one['memory_mb']:.0f} | {goal} |")
    return "\n".join(lines)


def _goal(found, goal, sign=None):
    met = "met" if found <= goal else "**missed**"
    return f"{sign} {met}" if sign else f"≤ {goal:.0f} {met}"
