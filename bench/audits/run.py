"""script/bench audits: what all rules over every incident cost, the page of a rule with many exceptions, and a sample's draw."""

import argparse

from bench import report
from bench.agent import Agent, in_turn
from bench.audits.figures import text
from bench.people import MANAGER
from bench.say import say
from bench.stack import Stack

SIZE = 100_000
DRAWS = 7


def main(words):
    """Load, measure, print, and write where asked; the exit code is 1 when a rule could not run."""
    asked = _parser().parse_args(words)
    with Stack(asked.keep) as stack:
        say(f"{asked.size:,} incidents: loading")
        url = stack.database(asked.size)
        say("every rule over all of them")
        found = {"judged": stack.answer(url, "bench_audits", "judged"), "largest": stack.answer(url, "bench_audits", "largest")}
        say("the page of the rule with the most exceptions")
        with stack.web(url) as port:
            found["pages"] = _pages(port, asked.rounds, found["largest"]["url"])
        say("samples")
        found["drawn"] = stack.answer(url, "bench_audits", "drawn", DRAWS)
        written = text(found, stack.version())
    print(written)
    if asked.write:
        report.write(written, report.AUDITS_BEGIN)
    return 1 if found["judged"]["errors"] else 0


def _pages(port, rounds, url):
    """`{page: [seconds]}` through gunicorn, in turn with a bare page."""
    manager = Agent(port, MANAGER)
    acts = {"bare page": lambda: manager.get("/bench/bare/", b"<main"), "a rule": lambda: manager.get(url, b"<main")}
    return in_turn(acts, rounds)


def _parser():
    parser = argparse.ArgumentParser(prog="script/bench audits", description="What rules and samples cost.")
    parser.add_argument("--size", type=int, default=SIZE, metavar="N", help="incidents (default: 100,000)")
    parser.add_argument("--rounds", type=int, default=40, metavar="N", help="how often pages are measured (default: 40)")
    parser.add_argument("--keep", metavar="DIR", help="keep the loaded database in this folder and use it again")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/performance.md")
    return parser
