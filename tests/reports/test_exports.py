"""Files for spreadsheets: every row, real dates and numbers, nothing that runs, in the memory of a few rows."""

import csv
import io
import resource
import zipfile
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from changes.period import Period
from incidents.models import Incident
from itsm.core import clock, measures, spreadsheet
from reports import figures, listing, sheets
from reports.scope import Scope
from tests.reports.facts import local, many, write

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
NOW = local(date(2026, 11, 20))
SHANGHAI = ZoneInfo("Asia/Shanghai")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MB = 1024


@pytest.fixture(autouse=True)
def today():
    with clock.at(NOW):
        yield


@pytest.fixture
def browser(client, service_manager):
    client.force_login(service_manager, backend=BACKEND)
    return client


@pytest.fixture
def some(incident, customer, service, team, ready):
    """120 facts of responses, one in three broken."""
    Incident.objects.filter(pk=incident.pk).update(title="=1+1")
    found = many(
        120, kind="response", record=incident.pk, customer=customer.pk, service=service.pk, team=team.pk, handler=ready.pk, lengths=[]
    )
    write([row._replace(outcome="breached" if no % 3 == 0 else "met") for no, row in enumerate(found)])


def read_csv(answer):
    """`(head, columns, rows)` of a CSV file."""
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    gap = lines.index([])
    return lines[:gap], lines[gap + 1], lines[gap + 2 :]


def read_xlsx(content):
    """The cells of the first sheet: `[[(style, kind, text)]]`."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [
        [(cell.get("s"), cell.get("t"), "".join(cell.itertext())) for cell in row.iter(f"{MAIN}c")] for row in sheet.iter(f"{MAIN}row")
    ]  # fmt: skip


def test_a_csv_file_holds_every_row_below_what_it_is(browser, some):
    answer = browser.get("/reports/rows/attainment_response/download/?from=2026-09&to=2026-11")
    assert answer["Content-Disposition"] == 'attachment; filename="attainment_response-2026-09-2026-11.csv"'
    head, columns, rows = read_csv(answer)
    told = dict(head)
    assert told["Measure"] == "Responses kept"
    assert told["Figure"] == "66.7 %"
    assert told["As of"].startswith("2026-11-20T12:00:00+08:00")
    assert len(rows) == 120
    first = dict(zip(columns, rows[-1], strict=True))
    assert first["Title"] == "'=1+1"
    assert (first["Decided"], first["Day"], first["Priority"]) == ("2026-09-01T12:00:00+08:00", "2026-09-01", "3")
    assert sum(int(dict(zip(columns, row, strict=True))["Counted"]) for row in rows) == 80
    assert first["Address"].startswith("http://testserver/incidents/INC-")


def test_an_xlsx_file_holds_the_same_with_real_dates_and_numbers(browser, some):
    answer = browser.get("/reports/rows/attainment_response/download/?from=2026-09&to=2026-11&part=rest&format=xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    rows = read_xlsx(b"".join(answer.streaming_content))
    assert len(rows) - rows.index([]) - 2 == 40
    title, priority, decided, day = (rows[-1][place] for place in (1, 7, -3, -2))
    assert title == (None, "inlineStr", "'=1+1")
    assert priority == (None, None, "3")
    since = datetime(1899, 12, 30, tzinfo=UTC)
    assert decided[0] == "1"
    assert since + timedelta(days=round(float(decided[2]), 6)) == datetime(2026, 9, 1, 12, tzinfo=UTC)
    assert (day[0], since.date() + timedelta(days=int(day[2]))) == ("2", date(2026, 9, 1))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["sla", "changes"])
def test_what_a_dashboard_shows_is_a_file(browser, some, name, kind):
    answer = browser.get(f"/reports/{name}/export/?from=2026-09&to=2026-11&format={kind}")
    content = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert len(content) > 1000
    if kind == "xlsx":
        assert len(read_xlsx(content)) > 20


def test_figures_of_every_group_add_up_to_the_whole(browser, some):
    _head, columns, rows = read_csv(browser.get("/reports/sla/export/?from=2026-09&to=2026-11"))
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    kept = [line for line in told if line["Measure"] == "attainment_response"]
    for by in ("Whole", "Month", "Priority", "Service", "Customer", "Team"):
        lines = [line for line in kept if line["Told apart by"] == by]
        assert sum(int(line["Numerator"]) for line in lines) == 80
        assert sum(int(line["Denominator"]) for line in lines) == 120
    assert {line["Measure"] for line in told} == {m.key for m in measures.known().values() if m.kind not in figures.OF_CHANGES}
    assert [line["Group"] for line in kept if line["Told apart by"] == "Month"] == ["2026-09-01", "2026-10-01", "2026-11-01"]
    assert {line["State"] for line in told} == {"open"}


def test_who_may_not_read_figures_gets_no_file(client, some, agent, stranger):
    for person, status in ((agent, 403), (stranger, 404)):
        client.force_login(person, backend=BACKEND)
        for url in ("/reports/sla/export/", "/reports/changes/export/", "/reports/rows/mtta/download/?format=xlsx"):
            assert client.get(url).status_code == status


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula(cell):
    (row,) = read_xlsx(b"".join(spreadsheet.xlsx_parts([[cell]], SHANGHAI, name="x")))
    assert row[0][2].replace("\n", "\r") == f"'{cell}"
    text = "".join(spreadsheet.csv_parts([[cell]], SHANGHAI)).removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [[f"'{cell}"]]


def test_what_is_more_than_a_sheet_holds_goes_on_the_next(monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 2)
    content = b"".join(spreadsheet.xlsx_parts([[no] for no in range(5)], SHANGHAI, name='a/b"<'))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert sum(name.startswith("xl/worksheets/") for name in archive.namelist()) == 3
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    assert [sheet.get("name") for sheet in book.iter(f"{MAIN}sheet")] == ['a b"<', 'a b"< 2', 'a b"< 3']


@pytest.mark.deep
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_200_000_rows_take_no_more_memory_than_2_000(some, incident, customer, kind):
    found = many(200_000, date(2026, 9, 1), kind="logged", record=incident.pk, customer=customer.pk)
    write([row._replace(day=date(2026, 10, 1), month=date(2026, 10, 1), at=local(date(2026, 10, 1))) for row in found])
    scope = Scope(Period(date(2026, 10, 1), date(2026, 10, 1)))
    asked = listing.Listing(scope, measures.named("logged_in_time"))
    rows = sheets.rows_of(asked, "")
    parts = spreadsheet.csv_parts(rows, SHANGHAI) if kind == "csv" else spreadsheet.xlsx_parts(rows, SHANGHAI, name="x")
    size, before = 0, None
    for no, part in enumerate(parts):
        size += len(part)
        if no == 4:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert size > 500_000
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / MB < 20
