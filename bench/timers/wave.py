"""Many clocks due in the same second, with or without trouble: load them, watch them fire, judge what was committed."""

import contextlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.timers import verdict
from bench.timers.crew import product

LEAD_S, LEAD_A_CLOCK_S = 6.0, 0.001
PATIENCE = (1, 3, 9)
READY_S = 3.5
RED_AFTER_S = 20.0
APART_S = 20.0
SPREAD_S = 0.999
PATIENCE_S = 90.0
SETTLED_S = 2.5
TOLD_EVERY_S = 5.0


@dataclass(frozen=True)
class Wave:
    """What was loaded: tickets `first` to `last`, each with one clock due within the second after `due_at`, and that many steps."""

    first: int
    last: int
    due_at: datetime
    steps: int

    @property
    def clocks(self):
        return self.last - self.first + 1

    @property
    def fires(self):
        """How many steps have to fire."""
        return self.clocks * self.steps

    @property
    def begins_at(self):
        """When the first step of the first clock is due."""
        return self.due_at - timedelta(seconds=APART_S * (self.steps - 1))


def load(crew, clocks, say, *, steps=2, spread=SPREAD_S):
    """Load a wave whose first step comes some seconds from now: on a slow machine again, with more time ahead."""
    for factor in PATIENCE:
        lead = factor * (LEAD_S + LEAD_A_CLOCK_S * clocks)
        due_in = lead + APART_S * (steps - 1)
        words = ("--clocks", clocks, "--due-in", due_in, "--spread", spread, "--steps", steps)
        told = product(crew.stack, crew.database_url, "wave", *words)
        found = Wave(told["first"], told["last"], datetime.fromisoformat(told["due_at"]), told["steps"])
        if found.begins_at.timestamp() > time.time() + READY_S:
            return found
        say(f"{clocks:,} clocks could not be loaded within {lead:.0f} s; once more with more time")
        time.sleep(max(0.0, found.due_at.timestamp() + spread + SETTLED_S - time.time()))
    raise SystemExit("bench: this machine is too busy to load the clocks before they are due.")


def run(crew, trouble, wave, seconds, say):
    """Let the wave fire while the trouble lasts that long; the Verdict. It gives up a minute and a half after all should be over."""
    web = crew.stack.web(crew.database_url, crew.log) if trouble.shows_red else contextlib.nullcontext()
    with web as port:
        crew.stack.web_port = port
        over_at = _watch(crew, trouble, wave, seconds, say)
    found = verdict.judge(crew.database_url, wave, over_at if trouble.catches_up else None)
    drifted = product(crew.stack, crew.database_url, "drift", wave.first, wave.last)
    goals = {"wants_red": trouble.shows_red and seconds >= RED_AFTER_S, "in_time": trouble.in_time, "soon": trouble.soon}
    return verdict.Verdict(trouble=trouble.told(), drifted=drifted, red_after=trouble.red_after, **goals, **found)


def _watch(crew, trouble, wave, seconds, say):
    """Until the trouble is over and everything has fired, and a little longer; when the trouble was over, or None without any."""
    begins, gives_up = wave.begins_at.timestamp() - trouble.before, wave.due_at.timestamp() + seconds + PATIENCE_S
    state, fired, asked, told, over_at, settled = "ahead", 0, 0.0, 0.0, None, None
    while time.time() < gives_up and (settled is None or time.time() < settled):
        now = time.time()
        if state == "ahead" and now >= begins:
            state = "on"
            trouble.begin()
        if state == "on":
            trouble.tick()
        if state == "on" and now >= begins + seconds:
            trouble.end()
            state, over_at = "over", time.time()
        crew.revive(say)
        if now > asked + 0.25:
            fired, asked = verdict.fired(crew.database_url, wave, fired), now
        if now > told + TOLD_EVERY_S:
            say(f"{fired:,} of {wave.fires:,} steps have fired")
            told = now
        if settled is None and state == "over" and fired >= wave.fires:
            settled = now + SETTLED_S
        time.sleep(0.02)
    return over_at
