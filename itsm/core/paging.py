"""Keyset paging: the next page starts after the last row shown, however many rows there are."""

import base64
import dataclasses
import json
from datetime import UTC, datetime

from django.db.models import F, Q

SIZE = 50


@dataclasses.dataclass(frozen=True)
class Order:
    """A total order: an instant that may be empty (empty ones last) and then the id; or the newest id first."""

    field: str | None = None

    def by(self):
        """The expressions for `order_by`."""
        return (F(self.field).asc(nulls_last=True), "id") if self.field else ("-id",)

    def after(self, cursor):
        """The condition for rows that come after the cursor."""
        if not self.field:
            return Q(id__lt=cursor[1])
        if cursor[0] is None:
            return Q(**{f"{self.field}__isnull": True}, id__gt=cursor[1])
        instant = datetime.fromisoformat(cursor[0])
        later = Q(**{f"{self.field}__gt": instant}) | Q(**{self.field: instant}, id__gt=cursor[1])
        return later | Q(**{f"{self.field}__isnull": True})

    def cursor(self, row):
        """Where a row stands, for the address of the next page."""
        instant = getattr(row, self.field) if self.field else None
        return _packed([instant.isoformat() if instant else None, row.pk])


@dataclasses.dataclass(frozen=True)
class Newest:
    """A total order of rows that all have this instant: the newest first, then the highest id."""

    field: str

    def by(self):
        """The expressions for `order_by`."""
        return (f"-{self.field}", "-id")

    def after(self, cursor):
        """The condition for rows that come after the cursor; all of them after one that is not of this order."""
        if cursor[0] is None:
            return Q()
        instant = datetime.fromisoformat(cursor[0])
        return Q(**{f"{self.field}__lte": instant}) & (Q(**{f"{self.field}__lt": instant}) | Q(id__lt=cursor[1]))

    def cursor(self, row):
        """Where a row stands, for the address of the next page."""
        return _packed([getattr(row, self.field).isoformat(), row.pk])


@dataclasses.dataclass(frozen=True)
class Page:
    """Some rows, and the cursor of the next page ("" on the last)."""

    rows: list
    next_cursor: str


def page(queryset, order, cursor="", size=SIZE):
    """The rows after `cursor` (the first page for "" or nonsense) in one query."""
    place = _unpacked(cursor)
    if place:
        queryset = queryset.filter(order.after(place))
    rows = list(queryset.order_by(*order.by())[: size + 1])
    return Page(rows[:size], order.cursor(rows[size - 1]) if len(rows) > size else "")


def sliced(rows, cursor="", size=SIZE):
    """The same of a list that was read already; its cursors count rows."""
    _none, start = _unpacked(cursor) or (None, 0)
    start = max(0, start)
    following = start + size
    return Page(rows[start:following], _packed((None, following)) if following < len(rows) else "")


def is_made_up(cursor):
    """Whether a cursor is none of ours."""
    return bool(cursor) and _unpacked(cursor) is None


def _packed(place):
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _unpacked(cursor):
    """The place in a cursor, or None if somebody made it up."""
    try:
        instant, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if instant is not None and not _is_instant(instant):
            return None
        return (instant, key) if isinstance(key, int) and abs(key) < 2**63 else None
    except (ValueError, TypeError, RecursionError, OverflowError):
        return None


def _is_instant(text):
    """Whether a text is an instant with its offset, which UTC can tell too. Raises ValueError or OverflowError where it is none."""
    found = datetime.fromisoformat(text)
    return found.tzinfo is not None and found.astimezone(UTC) is not None
