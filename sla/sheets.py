"""A clock's ledger as a table of text, for those who count again by hand."""

import csv
import io
from datetime import UTC
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from itsm.calendars.worktime import MICROSECOND
from itsm.core.spreadsheet import harmless
from sla import explaining

KINDS = {"run": "running", "off": "outside", "hold": "paused", "solved": "solved", "next": "left"}


def kind_of(row):
    """The class of a row by a word that programs read: running, make_up, outside, holiday, paused, solved, left,
    or what the mark was.
    """
    if row.mark:
        return row.mark.kind
    if row.make_up or row.holiday:
        return "make_up" if row.make_up else "holiday"
    return KINDS[row.kind]


def ledger_csv(account, subject):
    """The whole ledger as CSV text: what it was counted by, then every row with times in ISO and lengths in seconds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    zone = ZoneInfo(account.story.calendar.zone) if account.story.calendar and account.story.calendar.weekly else UTC
    for name, value in _facts(account, subject):
        writer.writerow([name, harmless(value)])
    writer.writerow([])
    writer.writerow(["from_utc", "to_utc", "from_local", "to_local", "kind", "words", "counted_s", "total_s"])
    for row in [*account.rows, *filter(None, [account.next])]:
        at = row.mark.at if row.mark else row.starts_at
        ends = row.mark.at if row.mark else row.ends_at
        times = [_iso(at, UTC), _iso(ends, UTC), _iso(at, zone), _iso(ends, zone)]
        words = harmless(explaining.row_words(account.story, row))
        writer.writerow([*times, kind_of(row), words, seconds(row.counted), seconds(row.total)])
    return text.getvalue()


def _facts(account, subject):
    """The terms and the two sentences, by name."""
    clock, calendar = account.clock, account.story.calendar
    yield _("Number"), subject.number
    yield _("Metric"), str(clock.get_metric_display())
    yield _("Agreement"), str(clock.agreement_version.agreement) if clock.agreement_version else ""
    yield _("Version"), str(clock.agreement_version.no) if clock.agreement_version else ""
    yield _("Target in seconds"), str(clock.target_s)
    if calendar:
        yield _("Calendar"), calendar.name
        yield _("Version"), str(calendar.no)
        yield _("Weekly hours"), calendar.week
        yield _("Time zone"), calendar.zone
        yield _("Holidays and other hours"), "; ".join(account.days_touched)
    yield _("Why it is due then"), account.why_due
    if account.why_breached:
        yield _("Why it was breached"), account.why_breached


def _iso(instant, zone):
    return instant.astimezone(zone).isoformat()


def seconds(length):
    """A timedelta as seconds with six decimals, exact."""
    whole, rest = divmod(length // MICROSECOND, 1_000_000)
    return f"{whole}.{rest:06d}"
