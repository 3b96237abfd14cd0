"""The timers worker and beat as script/server starts them and starts them again, with more patience than it has."""

import time
from pathlib import Path

from itsm import environment
from itsm.embedded.children import Children, commands
from itsm.embedded.processes import free_port

PATIENCE_S = 60
NAMES = ("timers", "beat")
HEARTBEAT = "%heartbeat:timers"


class Crew(Children):
    """The processes that make clocks fire. Unlike script/server it never gives up: who kills all the time wants to see it go on."""

    def __init__(self, stack, database_url):
        self.stack, self.database_url = stack, database_url
        variables = stack.variables(database_url, free_port())
        super().__init__(commands(environment.read(variables)), variables, open(stack.folder / "crew.log", "ab"))  # noqa: SIM115

    def __enter__(self):
        self.stack.ask(self.database_url, f"DELETE FROM cache WHERE cache_key LIKE '{HEARTBEAT}'")
        for name in NAMES:
            self.start(name)
        self._wait()
        return self

    def __exit__(self, *_error):
        self.stop()
        self.log.close()

    def last_words(self):
        """The end of what its processes wrote."""
        return "\n".join((self.stack.folder / "crew.log").read_text(errors="replace").splitlines()[-40:])

    def too_often(self):
        return False

    def pool(self):
        """The process ids of the timers worker's children, which do the work."""
        parent = self.running["timers"].pid
        try:
            return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
        except OSError:
            return []

    def _wait(self):
        """Until the timers worker takes tasks. Ends the run when it does not."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.stack.ask(self.database_url, f"SELECT 1 FROM cache WHERE cache_key LIKE '{HEARTBEAT}'"):
            if time.monotonic() > deadline:
                raise SystemExit("bench: the timers worker took no task within a minute.")
            time.sleep(0.2)


def product(stack, database_url, *words):
    """What the product's side of the bench answers: `manage.py bench_clocks words`."""
    return stack.answer(database_url, "bench_clocks", *words)
