"""The state directory: everything that outlives a start, used by one run at a time."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path

from itsm.environment import ROOT

from .account import postgres_account
from .files import write_private
from .refusal import Refusal

NEEDED_BYTES = 300 * 1024 * 1024
ELSEWHERE = Path("/var/lib/itsm")


class StateDirectory:
    """A folder with the servers' data, attachments, the secret key and word of the run that uses it."""

    def __init__(self, path):
        self.path = Path(path)
        self._lock = None

    def prepare(self, needed=NEEDED_BYTES):
        """Make the folder and see that there is room. Raises Refusal."""
        try:
            self.path.mkdir(mode=0o755, parents=True, exist_ok=True)
            probe = self.path / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as problem:
            raise Refusal(f"The state directory {self.path} cannot be written: {problem.strerror}.") from None
        account = postgres_account()
        if not account.can_enter(self.path):
            raise Refusal(f"PostgreSQL's account cannot reach {self.path}: choose a STATE_DIR outside of closed home directories.")
        free = shutil.disk_usage(self.path).free
        if free < needed:
            raise Refusal(f"The disk is full: {_megabytes(free)} are free at {self.path}, {_megabytes(needed)} are needed.")
        return self

    def lock(self):
        """True if nobody else uses this directory; then it is ours until this process ends."""
        self._lock = open(self.path / "lock", "a+")  # noqa: SIM115 - held as long as this process lives
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            return False
        self._lock.truncate(0)
        self._lock.write(f"{os.getpid()}\n")
        self._lock.flush()
        return True

    def holder(self):
        """Number of the process that holds the lock, as it wrote it."""
        return (self.path / "lock").read_text().strip() or "unknown"

    def secret_key(self):
        """The key made once for this directory."""
        file = self.path / "secret.key"
        if not file.exists():
            write_private(file, secrets.token_urlsafe(50))
        return file.read_text().strip()

    @property
    def run_file(self):
        """Variables of the running stack, for script/manage; there while it runs, or after it was killed."""
        return self.path / "run.json"

    def announce(self, variables):
        """Leave the running stack's variables for others to join."""
        write_private(self.run_file, json.dumps(variables))

    def announced(self):
        """The running stack's variables, or None while it is still starting."""
        try:
            return json.loads(self.run_file.read_text())
        except (OSError, ValueError):
            return None

    def withdraw(self):
        """The stack runs no longer."""
        self.run_file.unlink(missing_ok=True)


def default_directory():
    """`var` in the checkout, or a place under /var/lib when PostgreSQL's account cannot reach the checkout (/root)."""
    here = ROOT / "var"
    if os.geteuid() != 0 or postgres_account().can_enter(ROOT):
        return here
    return ELSEWHERE / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def _megabytes(size):
    return f"{size // (1024 * 1024)} MB"
