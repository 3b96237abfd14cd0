"""What stands in the way of a start is said in one sentence; what is only half finished is repaired."""

import os
import shutil
import socket
import subprocess
import sys

import psycopg2
import pytest

from itsm.embedded.postgres import Postgres
from itsm.embedded.refusal import Refusal
from itsm.embedded.state import StateDirectory
from itsm.environment import ROOT
from tests.embedded.running import run

TOOLS = ("sh", "dirname", "df", "awk", "cat", "sha256sum", "flock", "touch", "rm", "uname")


def the_only_sentence(done):
    assert done.returncode == 1, (done.stdout, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_taken_port(state_dir):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = the_only_sentence(run("server", STATE_DIR=str(state_dir), PORT=str(port), DEMO="0"))
    assert said.startswith(f"itsm: Port {port} of 127.0.0.1 is taken")


def test_data_made_by_another_major_version_of_postgresql(state_dir):
    (state_dir / "pg").mkdir(parents=True)
    (state_dir / "pg" / "PG_VERSION").write_text("13\n")
    said = the_only_sentence(run("server", STATE_DIR=str(state_dir), PORT="8123", DEMO="0"))
    assert "was made by PostgreSQL 13 but the programs here are PostgreSQL" in said


def test_too_little_room_on_the_disk(state_dir):
    with pytest.raises(Refusal, match=r"The disk is full: .* are free at .*, .* are needed"):
        StateDirectory(state_dir).prepare(needed=10**18)
    assert StateDirectory(state_dir).prepare()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_at_the_door(state_dir):
    state_dir.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(state_dir)], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        said = the_only_sentence(run("server", STATE_DIR=str(state_dir), DEMO="0"))
    finally:
        subprocess.run(["umount", str(state_dir)], check=True)
    assert said.startswith("itsm: The disk is full: ")


def test_a_state_directory_that_cannot_be_written(state_dir):
    state_dir.parent.mkdir(exist_ok=True)
    state_dir.write_text("a file where the folder should be")
    assert "cannot be written" in the_only_sentence(run("server", STATE_DIR=str(state_dir), DEMO="0"))


def test_a_half_made_cluster_is_made_again(state_dir):
    (state_dir / "pg.new" / "base").mkdir(parents=True)
    (state_dir / "pg.new" / "PG_VERSION").write_text("18\n")
    server = Postgres(state_dir, throwaway=True).start()
    try:
        psycopg2.connect(server.url("postgres")).close()
    finally:
        server.stop()


def test_a_pid_file_from_before_a_crash_does_not_stop_the_start(state_dir):
    state_dir.mkdir()
    first = Postgres(state_dir, throwaway=True).start()
    first.process.kill()
    first.process.wait()
    pid_file = state_dir / "pg" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")  # the number belongs to somebody else by now
    second = Postgres(state_dir, throwaway=True).start()
    second.stop()


@pytest.fixture
def checkout(tmp_path):
    """A bare checkout with empty locks, and a PATH of its own without any Python."""
    (tmp_path / "script").mkdir()
    shutil.copy(ROOT / "script" / "setup", tmp_path / "script" / "setup")
    for lock in ("requirements.txt", "requirements-embedded.txt"):
        (tmp_path / lock).write_text("")
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        (programs / tool).symlink_to(shutil.which(tool))
    return tmp_path


def set_up(checkout):
    command = [str(checkout / "script" / "setup")]
    return subprocess.run(command, env={"PATH": str(checkout / "bin")}, capture_output=True, text=True, check=False, timeout=120)


def fake_python(checkout, name, script):
    program = checkout / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_no_python(checkout):
    assert the_only_sentence(set_up(checkout)).startswith("itsm: No Python was found: 3.11 or newer is needed")


def test_a_python_that_is_too_old(checkout):
    fake_python(checkout, "python3", 'case "$2" in *exit*) exit 1 ;; *) echo 3.9 ;; esac')
    assert the_only_sentence(set_up(checkout)).startswith("itsm: Python 3.9 is too old: 3.11 or newer is needed")


def test_a_python_without_the_venv_module(checkout):
    fake_python(checkout, "python3", 'case "$2" in *ensurepip*) exit 1 ;; *) echo 3.11 ;; esac')
    assert the_only_sentence(set_up(checkout)) == ("itsm: python3 has no venv module; on Debian and Ubuntu: apt-get install python3-venv")


def test_a_half_finished_virtual_environment_is_made_again(checkout):
    (checkout / "bin" / "python3").symlink_to(os.path.realpath(sys.executable))
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").write_text("half a file")
    done = set_up(checkout)
    assert done.returncode == 0, done.stderr
    assert (checkout / ".venv" / ".installed-runtime").exists()
    assert set_up(checkout).stderr == ""
