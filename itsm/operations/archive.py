"""One file that holds everything: a dump of the database, the attachments and the secret key."""

import contextlib
import json
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection

from itsm.operations.programs import OperationError, run

DUMP = "database.dump"
ABOUT = "about.json"
ATTACHMENTS = "attachments"
SECRET = "secret.key"
EMPTY = b"SET lock_timeout = '10s';\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"
UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;"


def write(target):
    """Write everything to the file `target`, which appears only when it is whole. Its size in bytes. Raises OperationError.

    The dump comes first: a file is stored before its row, so every row in the dump has its file.
    """
    target = Path(target).absolute()
    if not target.parent.is_dir():
        raise OperationError(f"The folder {target.parent} does not exist.")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as name:
        folder = Path(name)
        run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={folder / DUMP}")
        (folder / ABOUT).write_text(json.dumps({"server_version": connection.pg_version}))
        (folder / SECRET).write_text(settings.SECRET_KEY)
        whole = folder / "whole.tar"
        with _private(whole) as out, tarfile.open(fileobj=out, mode="w") as archive:
            for member in (ABOUT, DUMP, SECRET):
                archive.add(folder / member, member)
            for stored in _stored():
                archive.add(stored, Path(ATTACHMENTS) / stored.relative_to(_attachments()), recursive=False)
        whole.rename(target)
    return target.stat().st_size


def read(source):
    """Replace the database and the attachments by those of the archive. True if its secret key is in force afterwards.

    The database is emptied and filled in one transaction, so a failure leaves what was there. The server may be of a
    newer major version than the archive's, never older. Attachments that were there stay in `attachments.before`.
    """
    settings.STATE_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.STATE_DIR) as name:
        folder = Path(name)
        _unpack(source, folder)
        _refuse_newer(json.loads((folder / ABOUT).read_text())["server_version"])
        _replace_database(folder)
        _replace_attachments(folder / ATTACHMENTS)
        return _take_over_secret((folder / SECRET).read_text())


def _attachments():
    return settings.STATE_DIR / ATTACHMENTS


def _stored():
    """The attachments and their folders, without uploads that are still on their way and gone a moment later."""
    found = sorted(file for file in _attachments().rglob("*") if not file.name.startswith("."))
    return [_attachments(), *found] if _attachments().is_dir() else []


def _private(file):
    return os.fdopen(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb")


def _unpack(source, folder):
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
    except FileNotFoundError:
        raise OperationError(f"There is no file {source}.") from None
    except (tarfile.TarError, OSError) as problem:
        raise OperationError(f"{source} is not a backup of this product: {problem}.") from None
    if not all((folder / member).exists() for member in (ABOUT, DUMP, SECRET)):
        raise OperationError(f"{source} is not a backup of this product: a part is missing in it.")


def _refuse_newer(made_by):
    ours = connection.pg_version // 10_000
    if made_by // 10_000 > ours:
        raise OperationError(f"The backup comes from PostgreSQL {made_by // 10_000} and the server here is older: PostgreSQL {ours}.")


def _replace_database(folder):
    """Empty and fill in one transaction: pg_restore writes SQL, psql runs it behind the commands that empty."""
    restored, whole = folder / "restored.sql", folder / "whole.sql"
    run("pg_restore", "--no-owner", "--no-privileges", f"--file={restored}", str(folder / DUMP))
    with open(whole, "wb") as out, open(restored, "rb") as lines:
        out.write(EMPTY)
        if connection.pg_version < 170_000:
            _copy_until(lines, UNKNOWN_BEFORE_17, out)
        shutil.copyfileobj(lines, out)
    connection.close()
    run("psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={whole}")


def _copy_until(lines, unwanted, out):
    """Copy line by line until the unwanted line, which is left out; it stands in the first lines if at all."""
    for _number, line in zip(range(40), lines, strict=False):
        if line.strip() == unwanted:
            return
        out.write(line)


def _replace_attachments(restored):
    before = settings.STATE_DIR / f"{ATTACHMENTS}.before"
    if _attachments().exists():
        shutil.rmtree(before, ignore_errors=True)
        _attachments().rename(before)
    if restored.exists():
        restored.rename(_attachments())


def _take_over_secret(secret):
    """Where the key is ours to keep, keep the archive's: links in mails already sent are made with it."""
    own = settings.STATE_DIR / SECRET
    if own.exists():
        with contextlib.suppress(FileNotFoundError):
            own.unlink()
        with _private(own) as out:
            out.write(secret.encode())
        return True
    return secret == settings.SECRET_KEY
