"""script/bench changes: what changes cost beside many others, and that many who decide at once decide everything once."""

import argparse
import os

from bench import report
from bench.changes import pages
from bench.changes.figures import Figures, text
from bench.say import say
from bench.stack import Stack

ITEMS, CHANGES = 10_000, 100_000
RACE = (100, 500, 25)
"""Changes, decisions, how many at once."""


def main(words):
    """Load, measure, print, and write where asked; the exit code is 1 when anything was not decided exactly once."""
    asked = _parser().parse_args(words)
    with Stack(asked.keep) as stack:
        say(f"{asked.items:,} items, {asked.changes:,} changes: loading")
        size = (str(asked.items), str(asked.changes))
        url = stack.made(f"bench_changes_{'_'.join(size)}", ["load_bench", "0"], ["bench_changes", "load", *size])
        found = measured(stack, url, asked.rounds)
        written = text(found, stack.version())
    print(written)
    if asked.write:
        report.write(written, report.CHANGES_BEGIN)
    return 0 if found.is_exact else 1


def measured(stack, url, rounds):
    """The Figures of a loaded database. What only reads comes first."""
    facts = stack.answer(url, "bench_changes", "pages") | {"load": os.getloadavg()[1]}
    say("drafts: who has to approve, what is in the way")
    drafts = stack.answer(url, "bench_changes", "draft", rounds)
    say("pages")
    with stack.web(url) as port:
        taken = pages.run(port, facts, rounds)
    say("decisions")
    decisions = stack.answer(url, "bench_changes", "decide", max(10, rounds // 2))
    say("{} changes, {} decisions, {} at once".format(*RACE))
    race = stack.answer(url, "bench_changes", "race", *RACE)
    return Figures(facts, taken, drafts, decisions, race, race.pop("is_exact"))


def _parser():
    parser = argparse.ArgumentParser(prog="script/bench changes", description="What changes cost, and that everything is decided once.")
    parser.add_argument("--items", type=int, default=ITEMS, metavar="N", help="configuration items")
    parser.add_argument("--changes", type=int, default=CHANGES, metavar="N", help="changes, a fiftieth of them in this month")
    parser.add_argument("--rounds", type=int, default=60, metavar="N", help="how often everything is measured (default: 60)")
    parser.add_argument("--keep", metavar="DIR", help="keep the loaded database in this folder and use it again")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/performance.md")
    return parser
