"""The kinds of notices. Upper apps register theirs in their `apps.py`."""

import dataclasses
from collections.abc import Callable

CHANNELS = ("app", "mail")


@dataclasses.dataclass(frozen=True)
class Kind:
    """What a notice of this kind is called and how it is worded.

    `subject`: a lazy sentence with %(…)s places for parameters and `%(about)s`, or a callable of the notice.
    `template`: base name of `<template>.txt` and `<template>.html`, which extend `emails/base`.
    `link_purpose`: purpose of the signed link behind the mail's button, for people without an account.
    `answer_purpose`: purpose of the link that lets them answer, in every mail about a ticket.
    `context(notice)`: further template context. `url(notice)`: the page to open; default the record's own.
    `obligatory`: nobody can switch its mail off.
    `acts(notices)`: `{notice id: (label, address to post to)}` of what their reader may do at once; a fixed number of queries.
    """

    name: str
    subject: object
    template: str
    channels: tuple = CHANNELS
    link_purpose: str | None = None
    answer_purpose: str | None = None
    context: Callable | None = None
    url: Callable | None = None
    label: object = ""
    obligatory: bool = False
    acts: Callable | None = None


_kinds = {}
_link_maker = []


def register(kind):
    """Make a kind known. Raises ValueError when the name is taken by another, or a channel is unknown."""
    if _kinds.get(kind.name, kind) is not kind:
        raise ValueError(f"notice kind {kind.name!r} is registered twice")
    if not set(kind.channels) <= set(CHANNELS):
        raise ValueError(f"notice kind {kind.name!r} has an unknown channel")
    _kinds[kind.name] = kind
    return kind


def get(name):
    """Return the kind of this name. Raises KeyError."""
    return _kinds[name]


def known(name):
    """Tell whether a kind is registered."""
    return name in _kinds


def optional():
    """Return the kinds people may switch off by mail: those with a label, by name."""
    return sorted((kind for kind in _kinds.values() if kind.label and not kind.obligatory), key=lambda kind: kind.name)


def forget(name):
    """Take a kind out again; for tests."""
    _kinds.pop(name, None)


def make_links_with(maker):
    """Name the function `(purpose, notice) -> url` that gives signed links; the portal does."""
    _link_maker[:] = [maker]


def link_url(purpose, notice):
    """Return the address of a signed link for a notice's mail, or "" when it has none."""
    return _link_maker[0](purpose, notice) if purpose and _link_maker and notice.record is not None else ""
