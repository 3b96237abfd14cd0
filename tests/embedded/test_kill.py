"""Every process is killed once; the product survives, or ends with a reason, and leaves nothing behind."""

import contextlib
import os
import signal
import threading
import time

import psycopg2
import pytest

from tests.embedded.running import is_running, run, until

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]


@pytest.mark.parametrize("label", ["web", "worker", "timers", "beat", "PostgreSQL", "Valkey"])
def test_a_killed_process_is_started_again_and_everything_gets_well(stack, label):
    name = label.lower()
    before = stack.pid(name)
    os.kill(before, signal.SIGKILL)
    assert until(lambda: stack.pid(name) != before, 30), stack.said()
    assert until(lambda: "database" not in stack.failed_checks(), 30), stack.said()
    stack.forget_workers()
    assert until(lambda: not stack.failed_checks(), 60), (stack.failed_checks(), stack.said())
    assert stack.process.poll() is None
    assert stack.mentioned(f"{label} ended")


def test_nothing_that_was_acknowledged_is_lost_when_postgresql_is_killed(stack):
    acknowledged, over = [], threading.Event()

    def write():
        connection = psycopg2.connect(stack.database_url)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS kept (number integer)")
            connection.commit()
            for number in range(100_000):
                try:
                    cursor.execute("INSERT INTO kept VALUES (%s)", [number])
                    connection.commit()
                except psycopg2.Error:
                    break
                acknowledged.append(number)
        over.set()

    threading.Thread(target=write, daemon=True).start()
    assert until(lambda: len(acknowledged) > 100)
    os.kill(stack.pid("postgresql"), signal.SIGKILL)
    assert over.wait(30)
    assert until(lambda: not stack.failed_checks(), 60), stack.said()
    with psycopg2.connect(stack.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT number FROM kept")
        assert set(acknowledged) <= {number for (number,) in cursor.fetchall()}


def test_a_second_run_on_the_same_state_directory_is_refused(stack):
    done = run("server", STATE_DIR=str(stack.state_dir), PORT="0" + str(stack.port + 1), DEMO="0")
    assert done.returncode == 1
    assert f"process {stack.process.pid}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_manage_joins_the_running_stack(stack):
    done = run("manage", "shell", "-v0", "-c", "from django.conf import settings; print(settings.SITE_URL)", STATE_DIR=str(stack.state_dir))
    assert done.stdout.strip() == f"http://127.0.0.1:{stack.port}"


def test_ctrl_c_stops_everything_within_five_seconds(stack):
    stack.start()
    pids = stack.announced()["processes"]
    assert stack.stop() < 5
    assert stack.process.returncode == 0
    assert not any(is_running(pid) for pid in pids.values())
    assert not (stack.state_dir / "run.json").exists()


def test_killing_the_supervisor_leaves_no_orphan_and_the_next_start_works(stack):
    stack.start()
    pids = stack.announced()["processes"]
    os.kill(stack.process.pid, signal.SIGKILL)
    stack.process.wait()
    assert until(lambda: not any(is_running(pid) for pid in pids.values()), 15), pids
    assert not [words for words in command_lines() if str(stack.state_dir) in words]
    stack.start()
    assert stack.failed_checks() == []


def test_a_process_that_ends_again_and_again_ends_the_run_with_a_reason(stack):
    stack.start()
    deadline = time.monotonic() + 60
    while stack.process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, KeyError):
            os.kill(stack.pid("beat"), signal.SIGKILL)
        time.sleep(0.3)
    assert stack.process.wait(20) == 1
    assert stack.mentioned("beat ended again and again")
    assert stack.status("/healthz") == 0


def command_lines():
    """The command lines of all processes."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                yield file.read().replace("\0", " ")
        except OSError:
            continue
