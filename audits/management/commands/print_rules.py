"""Print what every rule says of the records of some days, as Markdown; nothing is kept."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import translation

from audits import judging
from audits.declaring import Window
from audits.known import rules
from audits.models import Failure, Process, Run
from itsm.core import clock
from itsm.people.zones import company_zone


def table(window):
    """Every rule over the records of a window, those that ask what stands now at its end, as Markdown in English."""
    with translation.override("en"), transaction.atomic():
        Process.objects.complete()
        lines = [_line(rule, window) for rule in rules().values()]
        transaction.set_rollback(True)
    head = ["| rule | clause | question | records | fail | of them | why |", "| --- | --- | --- | ---: | ---: | ---: | --- |"]
    return "\n".join([*head, *lines])


def _line(rule, window):
    asked = window if rule.moment or rule.span else Window(None, window.until)
    run = Run.objects.get(pk=judging.keep(rule, asked, by=None, night=None, started_at=clock.now()))
    reasons = Counter(code for codes in Failure.objects.filter(run=run).values_list("reasons", flat=True) for code in codes)
    known = {check.code: check.words for check in rule.checks}
    words = "; ".join(f"{known[code]} ({many:,})" for code, many in reasons.most_common())
    share = f"{100 * run.failed / run.population:.1f} %" if run.population else "nothing to test"
    return f"| {rule.id} | {rule.clause} | {rule.question} | {run.population:,} | {run.failed:,} | {share} | {words} |"


class Command(BaseCommand):
    help = "Print what every rule says of the records of some days, as Markdown; nothing is kept."

    def add_arguments(self, parser):
        parser.add_argument("--since", type=date.fromisoformat, help="the first day (default: 90 days ago)")
        parser.add_argument("--until", type=date.fromisoformat, help="the last day (default: today)")

    def handle(self, *args, since, until, **options):
        zone, now = ZoneInfo(company_zone()), clock.now()
        last = datetime.combine(until + timedelta(days=1), time(), zone) if until else now
        self.stdout.write(table(Window(datetime.combine(since, time(), zone) if since else last - timedelta(days=90), last)))
