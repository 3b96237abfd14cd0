"""The product's own processes: web, workers and beat, and what to do when one of them ends."""

import contextlib
import signal
import subprocess
import sys
import time

from itsm.environment import ROOT

from .gate import GATE
from .processes import dies_with_parent, kill_group

PATIENCE_S = 2.0
MOST_RESTARTS = 5
WITHIN_S = 60.0
CELERY = (
    sys.executable,
    "-W",
    "ignore:You're running the worker with superuser privileges",
    "-m",
    "celery",
    "--app",
    "itsm.celery",
    "--quiet",
    "--skip-checks",
)
WORKER = ("--loglevel", "WARNING", "--without-gossip", "--without-mingle")
TIMERS = ("--concurrency", "4", "--prefetch-multiplier", "2")
"""Four children, so that two cores stay at work while one is made anew, and a tick in hand for each, so that a new one never waits."""


def commands(environment):
    """`{name: command}` of every process, in the order of their start."""
    host = f"[{environment.bind}]" if ":" in environment.bind else environment.bind
    web = [sys.executable, "-m", "gunicorn", "itsm.wsgi:application", "--bind", f"{host}:{environment.port}", "--preload"]
    web += ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
    web += ["--log-level", "warning", "--graceful-timeout", "2", "--timeout", "60", "--config", "python:itsm.embedded.web"]
    return {
        "web": web,
        "timers": [*CELERY, "worker", "--queues", "timers", "--hostname", "timers@%h", *WORKER, *TIMERS],
        "worker": [*CELERY, "worker", "--queues", "default", "--hostname", "worker@%h", *WORKER, "--concurrency", "2"],
        "beat": [*CELERY, "beat", "--loglevel", "WARNING", "--pidfile="],
    }


class Children:
    """Processes that are started again when they end, unless they end too often. They write to `log`, or where we do."""

    def __init__(self, wanted, variables, log=None):
        self.wanted = wanted
        self.variables = variables
        self.log = log
        self.running = {}
        self.restarts = []

    def start(self, name, gate=None):
        """Start one process in a session of its own; it ends when we do. With a gate it waits there once it is loaded."""
        self.running[name] = subprocess.Popen(
            self.wanted[name],
            cwd=ROOT,
            env=self.variables | ({GATE: str(gate.far_end)} if gate else {}),
            pass_fds=[gate.far_end] if gate else [],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - started from the main thread only
        )

    def revive(self, say):
        """Start what ended again. The reason to give up, or None."""
        for name, process in list(self.running.items()):
            if process.poll() is None:
                continue
            kill_group(process)  # its own children may still hold the port or a task
            if self.too_often():
                return f"{name} ended again and again ({ending(process)})"
            say(f"{name} ended ({ending(process)}); it is started again.")
            self.start(name)
        return None

    def too_often(self):
        """Count a restart; True when there were too many within a minute."""
        now = time.monotonic()
        self.restarts = [at for at in self.restarts if at > now - WITHIN_S] + [now]
        return len(self.restarts) > MOST_RESTARTS

    def stop(self):
        """End all of them at once; what does not end in time is killed."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + PATIENCE_S
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.05, deadline - time.monotonic()))
            kill_group(process)


def ending(process):
    """How a process ended, in words."""
    code = process.returncode
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
