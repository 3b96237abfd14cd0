"""script/server: start everything, watch it, and end all of it together."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

import psycopg2

from itsm import environment as surroundings
from itsm.demo.cast import COLLEAGUES, PASSWORD
from itsm.environment import ROOT, Environment
from itsm.fingerprint import ASK, fingerprint

from . import frontend
from .asking import wait_until_alive
from .children import Children, commands
from .gate import Gate
from .node import npm
from .processes import dies_with_parent, port_is_free
from .refusal import Refusal
from .servers import Servers
from .state import StateDirectory, default_directory

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to end: Ctrl-C, SIGTERM or a closed terminal."""


def serve():
    """Run the product until it is stopped. The exit code: 0 when asked to end, 1 when something made it end."""
    began = time.monotonic()
    for sig in STOPPING:
        if signal.getsignal(sig) is not signal.SIG_IGN or sig is not signal.SIGHUP:  # nohup has asked to stay
            signal.signal(sig, _stop)
    with contextlib.ExitStack() as at_end:
        at_end.callback(_ignore_signals)
        try:
            return _run(began, at_end)
        except Stopped:
            _ignore_signals()
            say("stopping")
            return 0


def variables_for(environment: Environment, state, urls):
    """The environment of every process of the product."""
    secret = environment.secret_key or state.secret_key()
    return {
        **os.environ,
        **urls,
        "SECRET_KEY": secret,
        "STATE_DIR": str(state.path),
        "PORT": str(environment.port),
        "BIND": environment.bind,
        "SITE_URL": environment.site_url,
        "DEMO": "1" if environment.demo else "0",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "itsm.settings",
    }


def locate(environment: Environment):
    """The state directory of this run, prepared. Raises Refusal."""
    given = os.environ.get("STATE_DIR", "").strip()
    return StateDirectory(environment.state_dir if given else default_directory()).prepare()


def say(sentence):
    """One line for the person at the terminal."""
    print(f"itsm: {sentence}", file=sys.stderr, flush=True)


def _run(began, at_end):
    environment = surroundings.read()
    state = locate(environment)
    if not state.lock():
        raise Refusal(f"Another run (process {state.holder()}) uses {state.path}: stop it or choose another STATE_DIR.")
    _refuse_taken_port(environment, patience=5.0 if state.run_file.exists() else 0.0)
    state.withdraw()
    servers = Servers(environment, state.path)
    at_end.callback(servers.stop)
    at_end.callback(_ignore_signals)
    variables = variables_for(environment, state, servers.launch()) | _metrics_folder(state)
    frontend.set_up(npm, variables)
    children = Children(commands(environment), variables)
    at_end.callback(children.stop)
    at_end.callback(state.withdraw)
    at_end.callback(_ignore_signals)
    _start_in_order(environment, servers, children)
    known = _announce(state, variables, servers, children)
    say(f"{environment.site_url}/ answers after {time.monotonic() - began:.1f} s; Ctrl-C ends it.")
    _say_how_to_sign_in(environment, variables)
    return _watch(state, variables, servers, children, known)


def _start_in_order(environment, servers, children):
    """The web process loads while the servers start; it listens, and the others start, when the database is prepared."""
    gate = Gate()
    children.start("web", gate)
    servers.wait()
    if not is_prepared(children.variables["DATABASE_URL"]):
        prepare(children.variables)
    _forget_former_workers(children.variables["DATABASE_URL"])
    gate.open()
    children.start("timers")
    _wait_for_web(environment, children)
    children.start("worker")
    children.start("beat")


def is_prepared(url):
    """True if the database says that it was prepared for exactly this code."""
    with contextlib.closing(psycopg2.connect(url, connect_timeout=10)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(ASK)
        return cursor.fetchone()[0] == fingerprint()


def _forget_former_workers(url):
    """Signs of life of the run before this one are no signs of life."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM cache WHERE cache_key LIKE '%heartbeat:%'")


def _say_how_to_sign_in(environment, variables):
    if environment.demo:
        say(f"Sign in with one click, or with the password {PASSWORD}, at {environment.site_url}/accounts/login/ as")
        for colleague in COLLEAGUES:
            say(f"  {colleague.username:<12} {colleague.name}, {colleague.post[1]}")
    elif link := _first_administrator_link(variables):
        say(f"There is no administrator yet. Become the first one here, once: {link}")


def prepare(variables):
    """Bring the database up to the code. Raises Refusal."""
    if command(variables, "prepare").returncode:
        raise Refusal("The database could not be brought up to this version; the message stands above and nothing was started.")


def _first_administrator_link(variables):
    return command(variables, "first_administrator", stdout=subprocess.PIPE, text=True).stdout.strip()


def command(variables, *words, **options):
    """Run one management command of ours, which ends when we do."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=variables,
        check=False,
        start_new_session=True,
        preexec_fn=dies_with_parent(signal.SIGTERM),
        **options,
    )


def _watch(state, variables, servers, children, known):
    """Until somebody stops us: keep everything running, and keep word of it for others to join."""
    while True:
        reason = servers.revive(say) or children.revive(say)
        if reason:
            raise Refusal(f"The run ends: {reason}.")
        known = _announce(state, variables, servers, children, known)
        time.sleep(0.2)


def _announce(state, variables, servers, children, known=None):
    """Leave word of what runs under which number, when that changed; what was said."""
    pids = {name: process.pid for name, process in children.running.items()}
    pids |= {server.name.lower(): server.process.pid for server in servers.running}
    if pids != known:
        state.announce({"variables": variables, "processes": pids})
    return pids


def _refuse_taken_port(environment, patience):
    """A run that was killed a moment ago may need a little to let go."""
    deadline = time.monotonic() + patience
    while not port_is_free(environment.port, environment.bind):
        if time.monotonic() >= deadline:
            raise Refusal(f"Port {environment.port} of {environment.bind} is taken: stop what listens there or choose another with PORT=…")
        time.sleep(0.1)


def _wait_for_web(environment, children, patience=60.0):
    host = f"[{environment.bind}]" if ":" in environment.bind else environment.bind
    local = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)
    if reason := wait_until_alive(children.running["web"], f"http://{local}:{environment.port}", patience):
        raise Refusal(reason)


def _metrics_folder(state):
    """Where the web processes count together, empty at each start."""
    folder = state.path / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def _stop(sig, frame):
    raise Stopped


def _ignore_signals():
    for sig in STOPPING:
        signal.signal(sig, signal.SIG_IGN)
