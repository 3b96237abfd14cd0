"""Fixtures of the customer's door; those of `tests.portal.mailed` are for the tests that ask for `in_earnest`."""

from tests.links.conftest import lasting_purpose, link, purpose
from tests.portal.mailed import (
    accepted,
    answer_path,
    at,
    confirm_path,
    do,
    in_earnest,
    incident,
    log,
    mails,
    now,
    ready,
    resolved,
    service,
    stand,
)

__all__ = [
    "accepted",
    "answer_path",
    "at",
    "confirm_path",
    "do",
    "in_earnest",
    "incident",
    "lasting_purpose",
    "link",
    "log",
    "mails",
    "now",
    "purpose",
    "ready",
    "resolved",
    "service",
    "stand",
]
