"""The records that failed a run as CSV, for those who look them up one by one."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audits import records
from itsm.core.spreadsheet import csv_text, harmless

CHUNK = 2000


def csv_lines(rule, failures):
    """The parts of a file: record, title, reasons, what was measured, address; memory stays flat however many there are."""
    return csv_text([harmless(cell) for cell in line] for line in _lines(rule, failures))


def _lines(rule, failures):
    yield [str(pgettext("rule", "Record")), _("Title"), _("Reason code"), _("What is wrong"), _("Measured"), _("Address")]
    after = 0
    while rows := list(failures.filter(id__gt=after).order_by("id")[:CHUNK]):
        yield from (_cells(rule, *pair) for pair in records.placed(rows))
        after = rows[-1].pk


def _cells(rule, failure, place):
    said = rule.said(failure.reasons, failure.details)
    named = (place.number, str(place.title), place.url) if place else (str(failure.object_id), "", "")
    words, measured = "; ".join(str(one) for one, _told in said), "; ".join(told for _one, told in said if told)
    return [named[0], named[1], "; ".join(failure.reasons), words, measured, named[2]]
