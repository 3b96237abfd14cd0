"""The rows behind a figure as CSV, for those who count again by hand."""

import csv
from datetime import UTC, datetime, timedelta

from itsm.core.spreadsheet import harmless
from sla.sheets import seconds

CHUNK = 2000


class _Echo:
    """Gives back what a writer writes."""

    def write(self, line):
        return line


def csv_lines(table, find):
    """The lines of a table, some thousand rows at a time. find(first, most): its rows."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff" + writer.writerow([harmless(str(column)) for column in table.columns])
    first = 0
    while rows := find(first, CHUNK):
        yield "".join(writer.writerow([plain(cell) for cell in row]) for row in rows)
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
