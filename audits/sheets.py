"""The records that failed a run as CSV, for those who look them up one by one."""

import csv

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audits import records
from sla.sheets import harmless

CHUNK = 2000


class _Echo:
    """Gives back what a writer writes."""

    def write(self, line):
        return line


def csv_lines(rule, failures):
    """The lines of a file: record, title, reasons, what was measured, address; memory stays flat however many there are."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    heads = [pgettext("rule", "Record"), _("Title"), _("Reason code"), _("What is wrong"), _("Measured"), _("Address")]
    yield "\ufeff" + writer.writerow([harmless(str(head)) for head in heads])
    after = 0
    while rows := list(failures.filter(id__gt=after).order_by("id")[:CHUNK]):
        yield "".join(writer.writerow([harmless(cell) for cell in _cells(rule, *pair)]) for pair in records.placed(rows))
        after = rows[-1].pk


def _cells(rule, failure, place):
    said = rule.said(failure.reasons, failure.details)
    named = (place.number, str(place.title), place.url) if place else (str(failure.object_id), "", "")
    words, measured = "; ".join(str(one) for one, _told in said), "; ".join(told for _one, told in said if told)
    return [named[0], named[1], "; ".join(failure.reasons), words, measured, named[2]]
