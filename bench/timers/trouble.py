"""What is done to the processes while clocks fall due. Only to those that this run started, by their number."""

import contextlib
import os
import random
import signal
import time

from itsm.embedded.asking import failed_checks
from itsm.embedded.servers import restart


class Trouble:
    """Begins `before` seconds ahead of the first due time; the product has to show red meanwhile where `shows_red`,

    to be in time all the same where `in_time`, and to catch up within seconds afterwards where `soon`; how soon is told where `catches_up`.
    """

    name, before, shows_red, in_time, soon, catches_up = "", 0.0, False, False, False, False

    def __init__(self, stack, crew):
        self.stack, self.crew = stack, crew
        self.chance, self.done, self.last = random.Random(7), 0, 0.0
        self.red_after = None

    def begin(self):
        """The trouble starts."""

    def tick(self):
        """Called some fifty times a second while it lasts."""

    def end(self):
        """It is over; what was taken away is there again."""

    def told(self):
        """What was done, in words."""
        raise NotImplementedError

    def _is_time(self, pause):
        if time.monotonic() - self.last < pause:
            return False
        self.last = time.monotonic()
        self.done += 1
        return True


class Calm(Trouble):
    """None at all: how it goes on a quiet day."""

    name, in_time = "calm", True

    def told(self):
        return "nothing is disturbed"


class KillChildren(Trouble):
    """One of the worker's pool children, chosen by chance, every 150 ms."""

    name, before, in_time = "kill-children", 3.0, True

    def tick(self):
        if (pool := self.crew.pool()) and self._is_time(0.15):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.chance.choice(pool), signal.SIGKILL)

    def told(self):
        return f"{self.done} pool children killed, one every 150 ms"


class KillParent(Trouble):
    """The whole timers worker every five seconds; it is started again as script/server does."""

    name, before = "kill-parents", 2.5

    def tick(self):
        if self._is_time(5.0):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.crew.running["timers"].pid, signal.SIGKILL)

    def told(self):
        return f"the timers worker killed {self.done} times, every 5 s"


class ValkeyAway(Trouble):
    """The broker is killed and stays away; meanwhile the product has to say aloud that its clocks are behind."""

    name, before, shows_red, catches_up = "valkey", 3.0, True, True

    def begin(self):
        self.began = time.monotonic()
        _kill(self.stack.valkey.process)

    def tick(self):
        if self.red_after is None and self._is_time(1.0) and self._sweep_is_red():
            self.red_after = time.monotonic() - self.began

    def end(self):
        self.stack.valkey.start()
        self.lasted = time.monotonic() - self.began

    def told(self):
        return f"Valkey away for {self.lasted:.0f} s"

    def _sweep_is_red(self):
        """Whether /readyz names the sweep."""
        return "sweep" in (failed_checks(self.stack.web_port) or ())


class PostgresRestarted(Trouble):
    """The database is killed in the middle of the work, with all its connections, and started again on its data."""

    name, before, soon, catches_up = "postgres", -0.2, True, True

    def begin(self):
        self.began = time.monotonic()
        _kill(self.stack.postgres.process)

    def end(self):
        restart(self.stack.postgres)
        self.lasted = time.monotonic() - self.began

    def told(self):
        return f"PostgreSQL killed and started again: away for {self.lasted:.1f} s"


TROUBLES = {each.name: each for each in (KillChildren, KillParent, ValkeyAway, PostgresRestarted)}


def _kill(process):
    """SIGKILL to a server of ours, and to nothing else; its own children notice."""
    process.kill()
    process.wait()
