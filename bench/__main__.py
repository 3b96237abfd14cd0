"""script/bench: load, measure, report; with a word more it measures clocks (sla), changes, dashboards (measures) or rules (audits)."""

import argparse
import sys

from bench import measure, report
from bench.audits import run as audits
from bench.changes import run as changes
from bench.measures import run as measures
from bench.say import say
from bench.stack import Stack
from bench.timers import run

PARTS = {"sla": run, "changes": changes, "measures": measures, "audits": audits}
SIZES = (10_000, 100_000)
MILLION = 1_000_000
TOGETHER = 8


def main(words):
    """Measure every size and write the table; figures go to standard output too. The exit code."""
    if words and words[0] in PARTS:
        return PARTS[words[0]].main(words[1:])
    asked = _parser().parse_args(words)
    sizes = [*asked.sizes, *([MILLION] if asked.million else [])]
    with Stack(asked.keep) as stack:
        found = []
        for size in sizes:
            found.append(_measured(stack, size, asked.rounds))
            say(f"done\n{report.tables(found, TOGETHER)}")
        text = f"{report.circumstances(stack.version(), asked.rounds)}\n\n{report.tables(found, TOGETHER)}"
    print(text)
    if asked.write:
        report.write(text)
    return 0


def _measured(stack, size, rounds):
    say(f"{size:,} incidents: loading")
    url = stack.database(size)
    with stack.web(url) as port:
        say("one agent")
        alone = measure.run(port, url, 1, rounds)
        say(f"{TOGETHER} agents")
        together = measure.run(port, url, TOGETHER, max(5, rounds // 4))
    say("plain SQL")
    return report.Figures(size, alone, together, measure.run_plain(url, rounds))


def _parser():
    described = "Measure pages through HTTP; script/bench sla: clocks, script/bench changes: changes, script/bench measures: dashboards."
    parser = argparse.ArgumentParser(prog="script/bench", description=described)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="how many incidents (default: 10000 100000)")
    parser.add_argument("--million", action="store_true", help="also with 1,000,000 incidents: some minutes and 10 GB of disk")
    parser.add_argument("--rounds", type=int, default=60, help="how often one agent does each act (default: 60)")
    parser.add_argument("--keep", metavar="DIR", help="keep the loaded databases in this folder and use them again")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/performance.md")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
