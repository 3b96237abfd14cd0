"""Small files written so that a crash leaves the old one or the new one."""

import os


def write_private(file, text):
    """Replace a file in one move; only we can read it."""
    fresh = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
    fresh.rename(file)
