"""Who may see the files of a record. Upper apps register their records in their `apps.py`."""

import dataclasses
from collections.abc import Callable


def itself(record):
    """Return the record: most files hang directly on the record they are about."""
    return record


@dataclasses.dataclass(frozen=True)
class Access:
    """`may_see(person, record)` for people signed in; `subject(record)` is the record a signed link would be for."""

    may_see: Callable
    subject: Callable = itself


_access = {}


def register(model, may_see, subject=itself):
    """Say who may see the files of a model's records. Unregistered models show their files to nobody."""
    _access[model] = Access(may_see, subject)


def may_see(person, attachment):
    """Tell whether somebody signed in may have a file: the record must be theirs to see; internal files stay with us."""
    access = _access.get(attachment.content_type.model_class())
    if access is None or attachment.record is None:
        return False
    if attachment.visibility != "public" and not person.is_internal:
        return False
    return bool(access.may_see(person, attachment.record))


def belongs_to(attachment, record):
    """Tell whether a file is part of the record a signed link is for."""
    access = _access.get(attachment.content_type.model_class())
    return access is not None and attachment.record is not None and access.subject(attachment.record) == record


def forget(model):
    """Take a model out again; for tests."""
    _access.pop(model, None)
