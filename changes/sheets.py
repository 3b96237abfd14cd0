"""The rows behind a figure as CSV, for those who count again by hand."""

from datetime import UTC, datetime, timedelta

from itsm.core.spreadsheet import csv_text, harmless
from sla.sheets import seconds

CHUNK = 2000


def csv_lines(table, find):
    """The parts of a file, some thousand rows are read at a time. find(first, most): the table's rows."""
    return csv_text(_lines(table, find))


def _lines(table, find):
    yield [harmless(str(column)) for column in table.columns]
    first = 0
    while rows := find(first, CHUNK):
        yield from ([plain(cell) for cell in row] for row in rows)
        if len(rows) < CHUNK:
            return
        first += CHUNK


def plain(cell):
    """A cell as text: instants in ISO and UTC, lengths in seconds, several things separated by "; "."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat()
    if isinstance(cell, timedelta):
        return seconds(cell)
    return harmless("; ".join(map(str, cell)) if isinstance(cell, list) else str(cell))
