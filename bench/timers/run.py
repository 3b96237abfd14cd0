"""script/bench sla: what clocks cost, and that they fire once and in time whatever happens to the processes."""

import argparse
import contextlib

from bench import report
from bench.say import say
from bench.stack import Stack
from bench.timers import race, trouble, wave
from bench.timers.crew import Crew, product
from bench.timers.figures import Cost, Figures, text

DATABASE = "bench_clocks"
SIZES = (10_000, 100_000, 300_000, 1_000_000)
DUE = 1_000
CHECKED_DAYS = 70
SECONDS = {trouble.KillChildren: 40.0, trouble.KillParent: 40.0, trouble.ValkeyAway: 60.0, trouble.PostgresRestarted: 0.0}
SCENARIOS = ("calm", *trouble.TROUBLES, "race", "check")


def main(words):
    """Measure, print, and write where asked; the exit code is 1 when something was lost, doubled or wrong."""
    asked = _parser().parse_args(words)
    with opened(asked.keep) as (stack, url):
        figures = Figures()
        for size in sorted({*asked.sizes, asked.armed}):
            _armed(stack, url, figures, size)
            if size == asked.armed:
                _scenarios(stack, url, figures, asked)
        if "check" in asked.only:
            figures.check = _checked(stack, asked.tickets)
        found = text(figures, stack.version())
    print(found)
    if asked.write:
        report.write(found, report.SLA_BEGIN)
    return 0 if figures.is_exact else 1


@contextlib.contextmanager
def opened(folder=None):
    """`with opened(folder) as (stack, url)`: a stack that notes when it commits, with the company and its promises."""
    with Stack(folder) as stack:
        stack.keep_commit_times()
        yield stack, stack.made(DATABASE, ["load_bench", "0"], ["bench_clocks", "company"])


def trial(crew, kind, clocks, steps, seconds):
    """One wave under one kind of trouble: its Verdict, told."""
    say(f"{kind.name}: {clocks:,} clocks, {steps} step{'s' if steps > 1 else ''} each")
    loaded = wave.load(crew, clocks, say, steps=steps)
    found = wave.run(crew, kind(crew.stack, crew), loaded, seconds, say)
    say(str(found))
    if not found.is_exact:
        say(f"the workers' last words:\n{crew.last_words()}")
    return found


def _checked(stack, tickets):
    say(f"promise check: loading {tickets:,} tickets of {CHECKED_DAYS} days")
    url = stack.made(f"bench_check_{tickets}", ["load_bench", str(tickets), "--days", str(CHECKED_DAYS)])
    return product(stack, url, "check")


def _armed(stack, url, figures, size):
    say(f"{size:,} armed clocks: loading")
    armed = product(stack, url, "arm", size)
    cost = Cost(armed, product(stack, url, "idle"), [product(stack, url, "due", clocks) for clocks in (DUE // 10, DUE)])
    figures.costs.append(cost)
    say(f"{armed:,} armed clocks: an idle sweep looks for {cost.idle['statement_ms']:.2f} ms")


def _scenarios(stack, url, figures, asked):
    say("moves of one clock")
    figures.moves = product(stack, url, "transitions", asked.rounds)
    figures.armed = asked.armed
    with Crew(stack, url) as crew:
        for kind in (trouble.Calm, *SECONDS):
            if kind.name in asked.only:
                figures.verdicts.append(trial(crew, kind, asked.clocks, 2, asked.seconds.get(kind, 0.0)))
        if "race" in asked.only:
            say(f"race: {asked.stops:,} stops")
            figures.race = race.run(crew, asked.stops, say)
            say(str(figures.race))


def _parser():
    parser = argparse.ArgumentParser(prog="script/bench sla", description="What clocks cost, and that they fire once and in time.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="armed clocks to measure sweeps with")
    parser.add_argument("--armed", type=int, default=300_000, metavar="N", help="armed clocks beside which everything else happens")
    parser.add_argument("--clocks", type=int, default=5_000, metavar="N", help="clocks due in the same second, two steps each")
    parser.add_argument("--stops", type=int, default=6_000, metavar="N", help="stops that race the sweep")
    parser.add_argument("--rounds", type=int, default=200, metavar="N", help="how often each move of a clock is measured")
    parser.add_argument("--tickets", type=int, default=20_000, metavar="N", help="tickets of the promise check")
    parser.add_argument("--only", nargs="+", default=SCENARIOS, choices=SCENARIOS, help="which scenarios (default: all)")
    parser.add_argument("--keep", metavar="DIR", help="keep the armed database in this folder and use it again")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/performance.md")
    parser.set_defaults(seconds=SECONDS)
    return parser
