"""Actions of findings and of reviews as one list, due first: two tables, one order, pages by keyset."""

import dataclasses
import heapq
from typing import NamedTuple

from django.db.models import Case, DateTimeField, F, When
from django.db.models.functions import Cast

from audits.models.review_action import RUNNING
from itsm.core import paging

OF_FINDINGS = {"due_at": Cast("next_due_on", DateTimeField())}
OF_REVIEWS = {"due_at": Case(When(status__in=RUNNING, then=Cast(F("due_on"), DateTimeField())), output_field=DateTimeField())}
BY_DUE = paging.Order("due_at")
CHUNK = 500


class Place(NamedTuple):
    """Where a row stands: what is due on the same day goes by id, and of one id that of a finding comes first."""

    due_at: object
    pk: int


@dataclasses.dataclass(frozen=True)
class Half:
    """The order of one of the two tables within the list: its rank decides between equal ids."""

    rank: int

    def by(self):
        """The expressions for `order_by`."""
        return BY_DUE.by()

    def after(self, cursor):
        """The condition for rows that come after the cursor."""
        return BY_DUE.after((cursor[0], (cursor[1] - self.rank) // 2))

    def cursor(self, row):
        """Where a row stands, for the address of the next page."""
        return BY_DUE.cursor(self.place(row))

    def place(self, row):
        return Place(row.due_at, 2 * row.pk + self.rank)

    def key(self, row):
        """Sorts rows of both tables; those that are not due come last."""
        place = self.place(row)
        return (place.due_at is None, place.due_at and place.due_at.timestamp(), place.pk)


HALVES = (Half(0), Half(1))


def page(halves, cursor="", size=paging.SIZE):
    """A Page of the rows of both querysets after the cursor; two queries however many there are."""
    found = [paging.page(rows, half, cursor, size + 1).rows for rows, half in zip(halves, HALVES, strict=True)]
    rows = sorted(_keyed(found), key=lambda pair: pair[0])
    shown = [row for _key, row, _half in rows[:size]]
    last = rows[size - 1] if len(rows) > size else None
    return paging.Page(shown, last[2].cursor(last[1]) if last else "")


def _keyed(found):
    return [(half.key(row), row, half) for rows, half in zip(found, HALVES, strict=True) for row in rows]


def merged(halves):
    """All rows of both querysets in order, read some hundred at a time."""
    sides = [
        ((half.key(row), row) for row in rows.order_by(*half.by()).iterator(CHUNK)) for rows, half in zip(halves, HALVES, strict=True)
    ]  # fmt: skip
    return (row for _key, row in heapq.merge(*sides, key=lambda pair: pair[0]))
