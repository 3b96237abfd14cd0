"""The clocks in trouble: every step fires exactly once, whatever dies."""

import subprocess
import sys

import pytest

from bench.timers.trouble import TROUBLES
from itsm.environment import ROOT
from tests.embedded.running import environment

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("stack"), pytest.mark.timeout(600)]


def test_nothing_is_lost_or_doubled_whatever_dies():
    words = [sys.executable, "-m", "bench.chaos", "all", "--clocks", "200", "--steps", "1", "--armed", "1000", "--seconds", "8"]
    done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-6000:]
    assert done.stdout.count("200 of 200 steps of 200 clocks fired (all, exactly once)") == len(TROUBLES)
