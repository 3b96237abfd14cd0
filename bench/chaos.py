"""script/chaos: let thousands of clocks fall due while processes die, and see that every step fires exactly once."""

import argparse
import sys

from bench.say import say
from bench.timers.crew import Crew, product
from bench.timers.run import SECONDS, opened, trial
from bench.timers.trouble import TROUBLES
from itsm.embedded.refusal import Refusal

ALL = "all"


def main(words):
    """Every trouble asked for, one after the other; the exit code is 1 when something was lost, doubled or wrong."""
    asked = _parser().parse_args(words)
    chosen = list(TROUBLES) if ALL in asked.troubles else asked.troubles
    say("starting PostgreSQL, Valkey, the timers worker and beat, all of this run's own")
    try:
        with opened() as (stack, url):
            product(stack, url, "arm", asked.armed)
            with Crew(stack, url) as crew:
                found = [_tried(crew, TROUBLES[name], asked) for name in chosen]
    except Refusal as refusal:
        say(str(refusal))
        return 1
    for verdict in found:
        print(verdict)
    return 0 if all(verdict.is_exact for verdict in found) else 1


def _tried(crew, kind, asked):
    seconds = SECONDS[kind] if asked.seconds is None else asked.seconds
    return trial(crew, kind, asked.clocks, asked.steps, seconds)


def _parser():
    parser = argparse.ArgumentParser(prog="script/chaos", description=__doc__)
    parser.add_argument("troubles", nargs="+", choices=[*TROUBLES, ALL], metavar="TROUBLE", help=f"{', '.join(TROUBLES)} or {ALL}")
    parser.add_argument("--clocks", type=int, default=5_000, metavar="N", help="clocks due in the same second (default: 5000)")
    parser.add_argument("--seconds", type=float, metavar="N", help="how long the trouble lasts (default: 40, Valkey 60, PostgreSQL 0)")
    parser.add_argument("--steps", type=int, choices=(1, 2), default=2, help="steps of each clock, 20 seconds apart (default: 2)")
    parser.add_argument("--armed", type=int, default=10_000, metavar="N", help="other clocks that are armed meanwhile (default: 10000)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
