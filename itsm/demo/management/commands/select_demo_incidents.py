"""Writes the demo's data file from the whole log: which incidents, by what rule, is in `itsm.demo.selection`."""

import csv
import gzip
import io
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand

from incidents.imports.servicenow import NEEDED, histories
from itsm.demo import selection
from itsm.demo.promises import hours, targets
from itsm.demo.real import DATA

ZONE = ZoneInfo("Asia/Shanghai")


class Command(BaseCommand):
    help = "Choose the real incidents that ship with the demo from a ServiceNow log. Repeatable."

    def add_arguments(self, parser):
        parser.add_argument("log", help="the log, .csv or .csv.gz")

    def handle(self, *, log, **_options):
        with opened(log) as lines:
            chosen = selection.chosen(histories(lines, ZONE, lambda flaw: None), targets(), hours)
        with opened(log) as lines:
            written = _write(lines, chosen)
        self.stdout.write(f"{len(chosen)} incidents, {written} rows, {DATA.stat().st_size:,} bytes in {DATA}")


def opened(path):
    """The text lines of a plain or compressed file."""
    return gzip.open(path, "rt", newline="") if path.endswith(".gz") else open(path, newline="")


def _write(lines, chosen):
    """Keep the chosen incidents' rows and the columns that are read; the same input gives the same bytes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, NEEDED, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    written = 0
    for row in csv.DictReader(lines):
        if row["number"] in chosen:
            writer.writerow(row)
            written += 1
    DATA.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))
    return written
