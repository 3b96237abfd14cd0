"""What changes have caused: filled by the floors above, which know the records (incidents) that name a change as their cause."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

WITHIN = timedelta(days=7)
"""What is reported so long after the end of a change on what it touched is proposed as caused by it, and counts against its success."""


@dataclasses.dataclass(frozen=True)
class Shown:
    """One thing that a change caused, for a list."""

    number: str
    title: str
    url: str


@dataclasses.dataclass(frozen=True)
class Source:
    """Records of one sort. `causes()`: a queryset of (change id, when it was reported); `shown(ids)`: `{change id: [Shown]}`."""

    causes: Callable
    shown: Callable


_sources = []


def register(source):
    """Make a sort of consequences known."""
    _sources.append(source)


def causes():
    """`(SQL, parameters)` of `(change_id, first_at, number)`: of each change that caused something, when first and how often."""
    if not _sources:
        return "SELECT NULL::bigint AS change_id, NULL::timestamptz AS first_at, 0 AS number WHERE FALSE", []
    compiled = [source.causes().query.sql_with_params() for source in _sources]
    union = " UNION ALL ".join(f"({sql})" for sql, _parameters in compiled)
    sql = f"SELECT change_id, min(at) AS first_at, count(*) AS number FROM ({union}) AS c(change_id, at) GROUP BY change_id"
    return sql, [value for _sql, parameters in compiled for value in parameters]


def shown(ids):
    """`{change id: [Shown]}` of what these changes caused; a fixed number of queries."""
    found = {}
    for source in _sources:
        for change_id, things in source.shown(ids).items():
            found.setdefault(change_id, []).extend(things)
    return found
