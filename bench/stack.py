"""A throwaway stack: PostgreSQL and Valkey as the product starts them, and gunicorn as in production."""

import contextlib
import json
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2

from itsm import environment
from itsm.embedded import frontend
from itsm.embedded.asking import wait_until_alive
from itsm.embedded.children import commands
from itsm.embedded.node import npm
from itsm.embedded.postgres import Postgres
from itsm.embedded.processes import dies_with_parent, end, free_port
from itsm.embedded.valkey import Valkey
from itsm.environment import ROOT

FRESH = "bench_fresh"
PATIENCE_S = 60.0
MAIL_TO_NOBODY = "smtp://127.0.0.1:1"


class Stack:
    """The servers of one bench run. Its data is removed at the end unless the folder was given."""

    def __init__(self, folder=None):
        self.throwaway = folder is None
        self.folder = Path(folder or tempfile.mkdtemp(prefix="itsm-bench-")).absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)  # PostgreSQL's account has to reach its data inside
        self.secret = secrets.token_urlsafe(50)

    def __enter__(self):
        self.postgres, self.valkey = Postgres(self.folder), Valkey(self.folder)
        self.postgres.start(), self.valkey.start()
        return self

    def __exit__(self, *_error):
        self.valkey.stop()
        self.postgres.stop(patience=30)
        if self.throwaway:
            shutil.rmtree(self.folder, ignore_errors=True)

    def database(self, size):
        """The URL of a database with that many incidents; loaded on first use."""
        return self.made(f"bench_{size}", ["load_bench", str(size)])

    def made(self, name, *commands):
        """The URL of a database of that name, made on first use by these management commands."""
        if not self._has(name):
            self._query(f"DROP DATABASE IF EXISTS {FRESH}")
            variables = self.variables(self.postgres.ensure_database(FRESH), free_port())
            for words in (["migrate", "-v0"], ["createcachetable"], *commands):
                subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=variables, check=True, stdout=subprocess.DEVNULL)
            self._query(f"ALTER DATABASE {FRESH} RENAME TO {name}")
        return self.postgres.url(name)

    def keep_commit_times(self):
        """Let PostgreSQL note when each transaction was committed; it has to start again for that."""
        self._query("ALTER SYSTEM SET track_commit_timestamp = on")
        self.postgres.stop(patience=30)
        self.postgres.start()

    def variables(self, database_url, port):
        """The environment of the product's processes: production's, without demo, debugging or colleagues' settings."""
        return {
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PORT": str(port), "DEMO": "0", "EMAIL_URL": MAIL_TO_NOBODY,
            "DATABASE_URL": database_url, "REDIS_URL": self.valkey.url, "SECRET_KEY": self.secret,
            "STATE_DIR": str(self.folder / "state"), "PROMETHEUS_MULTIPROC_DIR": str(self.folder / "metrics"),
            "DJANGO_SETTINGS_MODULE": "bench.settings",
        }  # fmt: skip

    @contextlib.contextmanager
    def web(self, database_url, log=None):
        """gunicorn exactly as script/server starts it, writing to `log` or where we do; gives the port it listens on."""
        port = free_port()
        variables = self.variables(database_url, port)
        shutil.rmtree(self.folder / "metrics", ignore_errors=True)
        (self.folder / "metrics").mkdir()
        frontend.set_up(npm, variables)
        process = subprocess.Popen(
            commands(environment.read(variables))["web"], cwd=ROOT, env=variables, start_new_session=True, stdout=log, stderr=log,
            preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - started from the main thread only
        )  # fmt: skip
        try:
            if reason := wait_until_alive(process, f"http://127.0.0.1:{port}", PATIENCE_S):
                raise SystemExit(f"bench: {reason}")
            yield port
        finally:
            end(process)

    def answer(self, database_url, *words):
        """What a management command of the bench answers about a database: its one line of JSON."""
        command = [sys.executable, "manage.py", *map(str, words)]
        done = subprocess.run(command, cwd=ROOT, env=self.variables(database_url, free_port()), stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    def version(self):
        """PostgreSQL's version."""
        return self._query("SHOW server_version")[0][0].split()[0]

    def _has(self, name):
        return bool(self._query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def _query(self, statement):
        return self.ask(self.postgres.url("postgres"), statement)

    def ask(self, database_url, statement, values=None):
        """The rows that one statement gives, in a connection of its own."""
        with contextlib.closing(psycopg2.connect(database_url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
