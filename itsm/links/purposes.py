"""What a signed link may be for. Upper apps register their purposes in their `apps.py`."""

import dataclasses
import datetime
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Purpose:
    """One thing a person without an account may do.

    `context(link, at)` gives the template's context, `text(link)` the exact text the person is shown and signs;
    `form_class(data, files)` gets the attribute `link` before it is validated.
    `act(link, form, facts)` runs in the transaction that holds record and link, calls a service, and that service
    calls `links.services.receive(link, …)`; `facts` is a `links.services.Facts`.
    `stays_open` names choices that do not use a single-use link up (a question); `withdrawn(link)` may say in a sentence
    why a link was withdrawn, without telling what it was for.
    """

    name: str
    title: object
    template: str
    context: Callable
    form_class: type
    act: Callable
    text: Callable
    single_use: bool = True
    lifetime: datetime.timedelta = datetime.timedelta(days=30)
    thanks: object = ""
    stays_open: tuple = ()
    withdrawn: Callable | None = None


_purposes = {}


def register(purpose):
    """Make a purpose known. Raises ValueError when the name is taken by another."""
    if _purposes.get(purpose.name, purpose) is not purpose:
        raise ValueError(f"link purpose {purpose.name!r} is registered twice")
    _purposes[purpose.name] = purpose
    return purpose


def get(name):
    """Return the purpose of this name. Raises KeyError."""
    return _purposes[name]


def forget(name):
    """Take a purpose out again; for tests."""
    _purposes.pop(name, None)
