"""Bytes under the state directory: named by their hash, written whole or not at all."""

import hashlib
import os
import tempfile
from typing import NamedTuple

import puremagic
from django.conf import settings

HEAD = 8192
TEXT, UNKNOWN = "text/plain", "application/octet-stream"


class Stored(NamedTuple):
    """What is known of the bytes once they lie on disk."""

    sha256: str
    size: int
    media_type: str


def store(upload):
    """Write an upload's bytes durably and return what they are. The same bytes are kept once."""
    folder = settings.STATE_DIR / "attachments"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".incoming-", delete=False) as file:
        try:
            stored = _copy(upload, file)
            file.flush()
            os.fsync(file.fileno())
            _settle(file.name, folder / stored.sha256[:2], stored.sha256)
        except BaseException:
            os.unlink(file.name)
            raise
    return stored


def _copy(upload, file):
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in upload.chunks():
        if len(head) < HEAD:
            head += chunk[: HEAD - len(head)]
        digest.update(chunk)
        size += len(chunk)
        file.write(chunk)
    return Stored(digest.hexdigest(), size, media_type_of(head))


def _settle(written, shelf, name):
    """Give a written file its name for good; the folder entry is made durable too."""
    shelf.mkdir(exist_ok=True, mode=0o700)
    os.replace(written, shelf / name)
    handle = os.open(shelf, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def media_type_of(head):
    """Return the media type of a file judged by its first bytes, never by its name."""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        found = []
    judged = next((match.mime_type for match in found if match.mime_type and match.confidence >= 0.5), "")
    return judged or (TEXT if _is_text(head) else UNKNOWN)


def _is_text(head):
    if b"\0" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and len(head) >= HEAD  # a character cut off at the end
    return True
