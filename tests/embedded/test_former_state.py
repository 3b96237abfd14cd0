"""A state directory survives the next version: what the commit before left behind, this one starts on."""

import shutil
import subprocess
import sys

import psycopg2
import pytest

from itsm.environment import ROOT
from tests.embedded.running import Stack, environment

FURTHEST = 4
pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)


def run_there(code, state_dir, *words):
    command = [sys.executable, "-m", "itsm.embedded", "manage", *words]
    variables = environment(STATE_DIR=str(state_dir), DEMO="0")
    return subprocess.run(command, cwd=code, env=variables, capture_output=True, text=True, check=False)


@pytest.fixture
def former_state(tmp_path, state_dir):
    """A state directory made by the newest earlier commit that starts at all (some are half of a change)."""
    for back in range(1, FURTHEST):
        before = git("rev-parse", "--verify", "--quiet", f"HEAD~{back}").stdout.decode().strip()
        if not before:
            break
        code = tmp_path / f"before-{back}"
        code.mkdir()
        subprocess.run(["tar", "-x", "-C", str(code)], input=git("archive", before).stdout, check=True)
        if not run_there(code, state_dir, "migrate", "-v0").returncode:
            made = run_there(code, state_dir, "first_administrator")
            assert made.returncode == 0, made.stderr
            return state_dir
        shutil.rmtree(state_dir, ignore_errors=True)
    pytest.skip("NO EARLIER COMMIT HERE THAT STARTS: a start on its state directory was not tried")


def test_this_code_starts_on_the_state_directory_of_the_commit_before(former_state):
    with Stack(former_state) as stack:
        assert stack.failed_checks() == []
        with psycopg2.connect(stack.database_url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM people_person")
            assert cursor.fetchone() == (1,)
