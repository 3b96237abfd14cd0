"""Tables for spreadsheets, written row by row in the memory of a few of them: CSV, and XLSX with real dates and numbers.

A cell is None, a text, a number, a day, or an aware instant; the instant is told in the zone that is given. Text that a spreadsheet would
take for a formula is made harmless. XLSX holds at most 1,048,576 rows a sheet; what is more goes on another one.
"""

import csv
import itertools
import re
import zipfile
from datetime import date, datetime
from xml.sax.saxutils import escape

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
MOST_ROWS = 1_048_576
CHUNK = 500
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- spreadsheets know no zones
_DAY = 86_400
_INSTANT, _DATE, _BOLD = 1, 2, 3


def harmless(text):
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text


class _Echo:
    """Gives back what a writer writes."""

    def write(self, line):
        return line


def csv_parts(rows, zone):
    """The parts of a CSV file of rows of cells: instants in ISO with their offset, days in ISO, numbers plain."""
    return csv_text([_plain(cell, zone) for cell in row] for row in rows)


def csv_text(rows):
    """The parts of a CSV file of rows whose cells are numbers, or texts that are harmless already."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff"
    for some in _batched(rows):
        yield "".join(map(writer.writerow, some))


def _batched(rows):
    rows = iter(rows)
    while some := list(itertools.islice(rows, CHUNK)):
        yield some


def _plain(cell, zone):
    if isinstance(cell, datetime):
        return cell.astimezone(zone).isoformat(timespec="seconds")
    if cell is None or isinstance(cell, int | float):
        return cell
    return cell.isoformat() if isinstance(cell, date) else harmless(str(cell))


class _Pipe:
    """A file that only gives on what is written to it."""

    def __init__(self):
        self.parts = []

    def write(self, data):
        self.parts.append(bytes(data))
        return len(data)

    def flush(self):
        """Nothing is kept back."""

    def taken(self):
        """What was written since the last time."""
        found, self.parts = b"".join(self.parts), []
        return found


def xlsx_parts(rows, zone, *, name, head=0, frozen=0):
    """The parts of an XLSX file of rows of cells. name: of its sheet; head: how many rows are bold; frozen: how many stay in sight."""
    pipe, no = _Pipe(), 0
    rows = enumerate(iter(rows), 1)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        last = 0
        while no == 0 or last == no * MOST_ROWS:
            no += 1
            with archive.open(f"xl/worksheets/sheet{no}.xml", "w") as sheet:
                sheet.write(_sheet_begins(frozen if no == 1 else 0))
                while some := list(itertools.islice(rows, min(CHUNK, no * MOST_ROWS - last))):
                    last = some[-1][0]
                    lines = (_line(at - (no - 1) * MOST_ROWS, row, zone, _BOLD if at <= head else 0) for at, row in some)
                    sheet.write("".join(lines).encode())
                    yield pipe.taken()
                sheet.write(b"</sheetData></worksheet>")
        for path, text in _frame(name, no):
            archive.writestr(path, _XML + text)
    yield pipe.taken()


def _line(at, row, zone, bold):
    return f'<row r="{at}">{"".join(_cell(cell, zone, bold) for cell in row)}</row>'


def _cell(cell, zone, bold):
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, datetime):
        return f'<c s="{_INSTANT}"><v>{_serial(cell.astimezone(zone).replace(tzinfo=None, microsecond=0)):.10f}</v></c>'
    if isinstance(cell, int | float):
        return f"<c><v>{cell}</v></c>"
    if isinstance(cell, date):
        return f'<c s="{_DATE}"><v>{(cell - _EPOCH.date()).days}</v></c>'
    text = escape(_ILLEGAL.sub("", harmless(str(cell))[:_LONGEST]))
    style = f' s="{bold}"' if bold else ""
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


def _serial(local):
    """A local instant as spreadsheets count: days since the end of 1899."""
    passed = local - _EPOCH
    return passed.days + passed.seconds / _DAY


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _sheet_begins(frozen):
    pane = f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" state="frozen"/>' if frozen else ""
    view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    columns = '<cols><col min="1" max="40" width="20" customWidth="1"/></cols>'
    return (_XML + f'<worksheet xmlns="{_MAIN}">{view}{columns}<sheetData>').encode()


def _frame(name, sheets):
    """`(path, text)` of everything around the sheets."""
    numbers = range(1, sheets + 1)
    name = escape(re.sub(r"[\\/?*:\[\]]", " ", _ILLEGAL.sub("", str(name)))[:28], {'"': "&quot;"}) or "1"
    named = "".join(f'<sheet name="{name}{f" {no}" if no > 1 else ""}" sheetId="{no}" r:id="rId{no}"/>' for no in numbers)
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>'
    related = "".join(f'<Relationship Id="rId{no}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{no}.xml"/>' for no in numbers)
    styles = f'<Relationship Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    yield "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{related}{styles}</Relationships>'
    yield "xl/styles.xml", _STYLES
    book = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{book}</Relationships>'
    parts = "".join(f'<Override PartName="/xl/worksheets/sheet{no}.xml" ContentType="{_KIND}.worksheet+xml"/>' for no in numbers)
    yield (
        "[Content_Types].xml",
        (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{parts}</Types>'
        ),
    )
