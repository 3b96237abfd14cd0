"""A CSV file as lines of known columns, whatever program wrote it; what can't be read is refused in a sentence."""

import csv
import dataclasses
import io

from django.utils.translation import gettext_lazy as _

from itsm.core.errors import Refused

LARGEST = 5 * 1024 * 1024
MOST_LINES = 10_000
NEEDED = ("code", "name", "type", "owner")
RELATIONS = ("runs_on", "depends_on", "part_of")
COLUMNS = {
    "code": ("code", "代码", "编码", "编号"),
    "name": ("name", "名称"),
    "type": ("type", "类型"),
    "status": ("status", "state", "状态"),
    "owner": ("owner", "负责人", "责任人"),
    "team": ("team", "支持组", "团队", "责任团队"),
    "description": ("description", "描述", "说明"),
    "runs_on": ("runs_on", "runs on", "运行于", "运行在"),
    "depends_on": ("depends_on", "depends on", "依赖", "依赖于"),
    "part_of": ("part_of", "part of", "属于", "组成部分"),
}
"""Each column with the headings it may have."""
_HEADINGS = {heading: column for column, headings in COLUMNS.items() for heading in headings}
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the file that is not empty; the heading is line 1."""

    no: int
    cells: dict


@dataclasses.dataclass(frozen=True)
class Sheet:
    """What a file says: its columns, its lines, and what the reader should know about how it was read."""

    columns: frozenset
    lines: list
    notes: list


def read(data):
    """The Sheet of a file's bytes. Raises Refused."""
    if len(data) > LARGEST:
        raise Refused(_("The file is larger than 5 MB. Split it."), code="too_large")
    text, notes = _decoded(data)
    rows = _rows(text)
    heading = next(rows, (0, []))[1]
    columns, unknown = _columns(heading)
    if unknown:
        notes.append(_("Columns that were not read: %(names)s.") % {"names": ", ".join(unknown)})
    lines = [Line(no, _cells(columns, row)) for no, row in rows if any(cell.strip() for cell in row)]
    if not lines:
        raise Refused(_("The file has no line below its heading."), code="empty")
    if len(lines) > MOST_LINES:
        sentence = _("The file has %(n)d lines; at most %(most)d are read at once. Split it.")
        raise Refused(sentence % {"n": len(lines), "most": MOST_LINES}, code="too_long")
    return Sheet(frozenset(columns.values()), lines, notes)


def _decoded(data):
    """`(text, notes)`: UTF-8, UTF-16 with its mark, or what a Chinese Excel writes."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refused(_("This is an Excel workbook. Save it as “CSV UTF-8” and upload that file."), code="workbook")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text, notes = data.decode(encoding), []
    except UnicodeDecodeError:
        text, notes = _from_excel(data)
    if "\0" in text:
        raise Refused(_("This is no text file. Save the list as “CSV UTF-8” and upload that file."), code="no_text")
    return text, notes


def _from_excel(data):
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        sentence = _("The letters of this file can't be read. Save the list as “CSV UTF-8” and upload that file.")
        raise Refused(sentence, code="letters") from error
    return text, [_("The file is not UTF-8 and was read as GBK, as Excel writes it. Check that the names are right.")]


def _rows(text):
    """`(line number, cells)` of every row. Raises Refused where the file is no CSV."""
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    no = 1
    try:
        for row in reader:
            yield no, row
            no = reader.line_num + 1
    except csv.Error:
        raise Refused(_("Line %(no)d is no CSV: look for a quotation mark that is not closed.") % {"no": no}, code="no_csv") from None


def _columns(heading):
    """`({place: column}, headings nobody knows)`. Raises Refused for what is missing or there twice."""
    found = {place: _HEADINGS.get(name.strip().lower()) for place, name in enumerate(heading)}
    columns = {place: column for place, column in found.items() if column}
    if missing := [column for column in NEEDED if column not in columns.values()]:
        sentence = _("The first line names the columns; code, name, type and owner are needed. Missing: %(names)s.")
        raise Refused(sentence % {"names": ", ".join(missing)}, code="columns")
    if twice := sorted({column for column in columns.values() if list(columns.values()).count(column) > 1}):
        raise Refused(_("There is more than one column %(names)s.") % {"names": ", ".join(twice)}, code="columns")
    return columns, [name.strip()[:40] for place, name in enumerate(heading) if not found[place] and name.strip()]


def _cells(columns, row):
    return {column: row[place].strip() if place < len(row) else "" for place, column in columns.items()}
