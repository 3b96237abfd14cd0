"""Facts written without the records' long way: tickets' and changes', with their sums."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.contenttypes.models import ContentType

from incidents.measures import CLOSED, STAGES
from incidents.models import Incident
from itsm.core import rows
from itsm.people.zones import company_zone
from reports.models import TicketFact
from reports.services.counting import Sums
from reports.services.keeping import TICKET, TicketRow

MONTHS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
LENGTHS = {"responded": 1, "resolved": 3, CLOSED: len(STAGES) + 1, "logged": 1, "fired": 1}


def ticket_row(kind, source, at, *, record, customer, service=None, team=None, handler=None, **other):
    """A TicketRow; `record`, `customer` and so on are ids."""
    day = at.astimezone(ZoneInfo(company_zone())).date()
    lengths = other.pop("lengths", [60] * LENGTHS.get(kind, 0))
    said = {"outcome": "", "marks": 0, "tier": "core", "priority": 3, **other}
    return TicketRow(
        kind, source, day.replace(day=1), day, at, said["outcome"], said["marks"], lengths,
        ContentType.objects.get_for_model(Incident).pk, record, customer, service, team, handler, said["tier"], said["priority"],
    )  # fmt: skip


def write(found):
    """Keep TicketRows and their sums."""
    sums = Sums()
    for row in found:
        sums.add(row)
    rows.insert(TicketFact, found, TICKET)
    sums.write()


def local(day, hour=12, minute=0):
    """An instant of the company's day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(company_zone()))


def many(number, first=date(2026, 9, 1), **row):
    """So many rows, three hours apart from a day on."""
    return [ticket_row(source=no + 1, at=local(first) + timedelta(hours=3 * no), **row) for no in range(number)]
