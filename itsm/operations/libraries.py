"""python -m itsm.operations.libraries: has every library its line in docs/dependencies.md?"""

import json
import re
import sys

from itsm.environment import ROOT


def main():
    """Print the undocumented ones; the exit code."""
    documented = (ROOT / "docs" / "dependencies.md").read_text().lower()
    missing = [name for name in wanted() if f"| {name.lower()} |" not in documented]
    for name in missing:
        print(f"docs/dependencies.md has no line for {name}")
    return 1 if missing else 0


def wanted():
    """Names of the libraries that we ask for ourselves."""
    for file in sorted(ROOT.glob("requirements*.in")):
        for line in file.read_text().splitlines():
            if found := re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line):
                yield found[0]
    yield from json.loads((ROOT / "package.json").read_text())["dependencies"]


if __name__ == "__main__":
    sys.exit(main())
