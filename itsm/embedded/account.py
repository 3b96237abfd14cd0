"""The operating-system account that PostgreSQL runs as: it refuses to run as root."""

import contextlib
import os
import pwd
import subprocess
from dataclasses import dataclass, field

from .refusal import Refusal

CANDIDATES = ("postgres", "nobody")
NAMESPACE = ("unshare", "-U", "--map-user=65534", "--map-group=65534", "--")


@dataclass(frozen=True)
class Account:
    """How to start a process as somebody: keyword arguments for Popen, words before the command, owner of its files."""

    options: dict = field(default_factory=dict)
    prefix: tuple = ()
    owner: tuple | None = None

    def can(self, *command):
        """True if the account can run `command` with exit code 0."""
        try:
            done = subprocess.run(
                [*self.prefix, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", check=False, **self.options
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0

    def can_enter(self, directory):
        """True if the account can reach files inside `directory`."""
        return self.can("/bin/sh", "-c", 'test -x "$0"', str(directory))


def postgres_account():
    """Ourselves, or for root an ordinary account. Raises Refusal where root cannot become anybody else."""
    if os.geteuid() != 0:
        return Account()
    for name in CANDIDATES:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            owner = (entry.pw_uid, entry.pw_gid)
            account = Account(options={"user": owner[0], "group": owner[1], "extra_groups": []}, owner=owner)
            if account.can("/bin/true"):
                return account
    rootless = Account(prefix=NAMESPACE)  # "root" of a container with one user id: there is nobody else to become
    if rootless.can("/bin/true"):
        return rootless
    raise Refusal("PostgreSQL does not run as root and neither 'postgres' nor 'nobody' can be used here; start as an ordinary user.")
