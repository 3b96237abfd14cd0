"""Answers that are files for spreadsheets, written while they are read."""

from django.http import StreamingHttpResponse
from django.utils import timezone

from itsm.core import spreadsheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(request, name, head, columns, rows):
    """A table as CSV, or as XLSX where the address says `format=xlsx`: instants in the reader's zone, the head above the columns."""
    zone, titles = timezone.get_current_timezone(), [str(column) for column in columns]
    lines = _chained(head, titles, rows)
    if request.GET.get("format") == "xlsx":
        above = len(head) + 1
        parts = spreadsheet.xlsx_parts(lines, zone, name=name, head=above, frozen=above)
        return _answer(parts, XLSX, f"{name}.xlsx")
    return _answer(spreadsheet.csv_parts(lines, zone), "text/csv; charset=utf-8", f"{name}.csv")


def _chained(head, titles, rows):
    yield from head
    yield titles
    yield from rows


def _answer(parts, content_type, name):
    response = StreamingHttpResponse(parts, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
