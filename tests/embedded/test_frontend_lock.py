"""Two runs that start from one checkout at once do not prepare the same files at once."""

import subprocess
import sys

import pytest

from itsm.embedded import frontend
from itsm.environment import ROOT


def test_a_second_start_waits_until_the_first_has_prepared_the_files():
    with frontend.alone():
        second = subprocess.Popen([sys.executable, "-m", "itsm.embedded", "frontend-files"], cwd=ROOT)
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=2)
    assert second.wait(timeout=60) == 0
