"""`pytest -p itsm.embedded.pytest_plugin`: a throwaway PostgreSQL for one run, unless DATABASE_URL names one.

It starts when this module is imported: pytest-django reads the settings before any conftest.py.
The workers of pytest-xdist inherit DATABASE_URL and start nothing.
"""

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

from .postgres import Postgres

PREFIX = "itsm-test-"
A_MINUTE = 60
_running = []


def _sweep_leftovers():
    """Remove what killed runs left behind: folders whose lock nobody holds (a new one may not have its lock yet)."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_ctime < A_MINUTE:
                continue
            with open(folder / "lock") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def _new_folder():
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o755)  # PostgreSQL's account has to reach its data inside
    lock = open(folder / "lock", "w")  # noqa: SIM115 - held as long as this process lives
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def _start():
    _sweep_leftovers()
    folder, lock = _new_folder()
    server = Postgres(folder, throwaway=True).start()
    _running.append((server, folder, lock))
    os.environ["DATABASE_URL"] = server.url("postgres")
    os.environ["STATE_DIR"] = str(folder / "state")


if not os.environ.get("DATABASE_URL"):
    _start()
os.environ.setdefault("SECRET_KEY", "only-for-the-tests-and-never-used-for-anything-that-lasts")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")  # nobody there: tests call tasks, they never send them
os.environ.setdefault("PLAIN_STATIC", "1")
os.environ["CONN_MAX_AGE"] = "0"  # a connection kept by live_server's thread would block DROP DATABASE at the end


def pytest_unconfigure(config):
    """End the server of this run."""
    while _running:
        server, folder, lock = _running.pop()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()
