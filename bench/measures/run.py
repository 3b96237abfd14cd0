"""script/bench measures: what the dashboards cost over a year of incidents, what facts cost, and that a download's memory stays flat."""

import argparse

from bench import report
from bench.agent import Agent, in_turn
from bench.measures.figures import text
from bench.people import AGENTS, MANAGER
from bench.say import say
from bench.stack import Stack

SIZE, DAYS = 1_000_000, 350
DAY, EXPORTED = 5_000, (20_000, 200_000)


def main(words):
    """Load, measure, print, and write where asked; the exit code is 1 when facts computed again are not the same."""
    asked = _parser().parse_args(words)
    with Stack(asked.keep) as stack:
        say(f"{asked.size:,} incidents of {DAYS} days: loading")
        load = ["load_bench", str(asked.size), "--days", str(DAYS)]
        url = stack.made(f"bench_measures_{asked.size}", load, ["bench_measures", "facts"])
        found = measured(stack, url, asked.rounds)
        written = text(found, stack.version())
    print(written)
    if asked.write:
        report.write(written, report.MEASURES_BEGIN)
    return 0 if found["day"]["is_same"] else 1


def measured(stack, url, rounds):
    """Everything, as one dictionary."""
    found = {"held": stack.answer(url, "bench_measures", "held")}
    say("tiles")
    found["tiles"] = stack.answer(url, "bench_measures", "tiles", rounds)
    say("pages")
    with stack.web(url) as port:
        found["pages"] = pages(port, rounds, found["held"])
    say(f"the facts of {DAY:,} incidents, twice")
    found["day"] = stack.answer(url, "bench_measures", "day", DAY)
    say("downloads")
    found["exports"] = [stack.answer(url, "bench_measures", "export", kind, rows) for kind in ("csv", "xlsx") for rows in EXPORTED]
    return found


def pages(port, rounds, held):
    """`{page: [seconds]}` through gunicorn, in turn with a bare page."""
    manager, agent = Agent(port, MANAGER), Agent(port, AGENTS[0])
    acts = {
        "bare page": lambda: agent.get("/bench/bare/", b"<main"),
        "SLA dashboard, twelve months": lambda: manager.get(f"/reports/sla/?from={held['from']}&to={held['to']}", b"c-dash"),
    }
    return in_turn(acts, rounds)


def _parser():
    parser = argparse.ArgumentParser(prog="script/bench measures", description="What dashboards, facts and downloads cost.")
    parser.add_argument("--size", type=int, default=SIZE, metavar="N", help="incidents of about a year")
    parser.add_argument("--rounds", type=int, default=40, metavar="N", help="how often everything is measured (default: 40)")
    parser.add_argument("--keep", metavar="DIR", help="keep the loaded database in this folder and use it again")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/performance.md")
    return parser
