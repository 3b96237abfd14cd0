"""PostgreSQL's own programs, in a version that fits the server."""

import os
import subprocess
from urllib.parse import quote

from django.db import connection

from itsm.programs import major, postgres_folders, program_version


class OperationError(Exception):
    """One sentence: why a backup could not be made or restored."""


def run(program, *arguments):
    """Run a PostgreSQL program against our database. Raises OperationError with its last line."""
    connects = program in ("pg_dump", "psql")
    target = [f"--dbname={_address()}"] if connects else []
    variables = {**os.environ, "PGPASSWORD": connection.settings_dict["PASSWORD"] or "", "PGCONNECT_TIMEOUT": "10"}
    done = subprocess.run(
        [str(fitting_folder(program) / program), *target, *arguments], env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise OperationError(f"{program} failed: {last}")


def fitting_folder(program):
    """The folder with the program in the server's major version or the next newer one. Raises OperationError."""
    server = connection.pg_version // 10_000
    versions = {folder: major(program_version(folder / program)) for folder in postgres_folders() if (folder / program).exists()}
    fitting = [folder for folder, version in versions.items() if version >= server]
    if not fitting:
        raise OperationError(f"No {program} of PostgreSQL {server} or newer was found; set PG_BIN to the folder that has it.")
    return min(fitting, key=versions.get)


def _address():
    """The database without its password, which goes through the environment."""
    known = connection.settings_dict
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgresql://{quote(known['USER'])}@{known['HOST']}{port}/{quote(known['NAME'])}"
