"""script/manage: any management command, with the running stack or with servers of its own."""

import os
import subprocess
import sys
import time

from itsm import environment as surroundings
from itsm.environment import ROOT

from .refusal import Refusal
from .servers import Servers
from .supervisor import is_prepared, locate, prepare, variables_for

PATIENCE_S = 60.0
AS_IT_IS = {"migrate", "showmigrations", "makemigrations", "prepare", "backup", "restore", "check", "help", "--help", "version"}


def manage(words):
    """Run `manage.py words`; its exit code. Raises Refusal."""
    environment = surroundings.read()
    if environment.database_url and environment.redis_url:
        return _command(words, {**os.environ})
    state = locate(environment)
    deadline = time.monotonic() + PATIENCE_S
    while not state.lock():
        if running := state.announced():
            return _command(words, {**os.environ, **running["variables"]})
        if time.monotonic() > deadline:
            raise Refusal(f"Another run (process {state.holder()}) has used {state.path} for a minute without getting ready.")
        time.sleep(0.1)
    state.withdraw()
    return _alone(words, environment, state)


def _alone(words, environment, state):
    servers = Servers(environment, state.path)
    try:
        variables = variables_for(environment, state, servers.launch())
        servers.wait()
        if not set(words[:1]) <= AS_IT_IS and not is_prepared(variables["DATABASE_URL"]):
            prepare(variables)
        return _command(words, variables)
    except KeyboardInterrupt:
        return 130
    finally:
        servers.stop(patience=30.0)


def _command(words, variables):
    return subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=variables, check=False).returncode
