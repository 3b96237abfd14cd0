"""A stack of its own, started the way a person starts it, and what tests want to know about it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
from pathlib import Path

import psycopg2

from itsm.embedded.asking import DIRECT, failed_checks
from itsm.embedded.processes import free_port
from itsm.environment import ROOT

OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "STATE_DIR", "PORT", "BIND", "SITE_URL", "DEMO", "PLAIN_STATIC", "CONN_MAX_AGE")


def environment(**variables):
    """This machine's variables without those that speak to the product, and the given ones."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | variables


def reachable(folder):
    """The folder, opened up to the temporary files' root, so that PostgreSQL's account gets in."""
    for parent in (folder, *folder.parents):
        if parent == Path(tempfile.gettempdir()):
            break
        parent.chmod(0o755)
    return folder


def run(*words, **variables):
    """`python -m itsm.embedded words` to its end, at most a minute."""
    command = [sys.executable, "-m", "itsm.embedded", *words]
    return subprocess.run(command, cwd=ROOT, env=environment(**variables), capture_output=True, text=True, timeout=120, check=False)


def until(true, patience=30.0):
    """Wait for `true()` to be true; what it said last."""
    deadline = time.monotonic() + patience
    while not (said := true()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return said


def is_running(pid):
    """True if the process is there and not merely waiting to be buried."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Stack:
    """`script/server` on a state directory; leave the block and it is stopped."""

    def __init__(self, state_dir, **variables):
        self.state_dir = state_dir
        self.port = free_port()
        self.variables = {"STATE_DIR": str(state_dir), "PORT": str(self.port), "DEMO": "0"} | variables
        self.log = state_dir.parent / f"{state_dir.name}.log"
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *failure):
        self.stop()

    def start(self):
        """Start it and wait until it is ready; nothing where it runs already."""
        if self.process and self.process.poll() is None:
            return
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(ROOT / "script" / "server")],
                cwd="/",
                env=environment(**self.variables),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        assert until(lambda: self.status("/readyz") == 200 or self.process.poll() is not None, 180), self.said()
        assert until((self.state_dir / "run.json").exists, 30), self.said()

    def stop(self):
        """Ctrl-C; the seconds until everything was over."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        return time.monotonic() - began

    def said(self):
        return self.log.read_text()[-4000:]

    def mentioned(self, words):
        """True if it said these words at any time."""
        return words in self.log.read_text()

    def forget_workers(self):
        """Take away the signs of life, so that only new ones make it ready."""
        with contextlib.closing(psycopg2.connect(self.database_url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("DELETE FROM cache WHERE cache_key LIKE '%heartbeat:%'")

    def status(self, path):
        """HTTP status of a page, 0 where nobody answers."""
        try:
            return DIRECT.open(f"http://127.0.0.1:{self.port}{path}", timeout=5).status
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            return 0

    def failed_checks(self):
        """What /readyz names."""
        found = failed_checks(self.port)
        return ["nobody answers"] if found is None else found

    def announced(self):
        return json.loads((self.state_dir / "run.json").read_text())

    def pid(self, name):
        return self.announced()["processes"][name]

    @property
    def database_url(self):
        return self.announced()["variables"]["DATABASE_URL"]
