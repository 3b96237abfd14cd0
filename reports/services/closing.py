"""A month closes on the fifth working day of the next one, or earlier by the service manager; then its facts never change."""

import hashlib

from django.db import connection
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from itsm.calendars import services as calendars
from itsm.core import clock, measures
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people.zones import company_day
from reports import rules
from reports.models import ChangeFact, ClosedMonth, Tally
from reports.services.refreshing import only_writer, sweep_touched
from sla.attainment import bounds, following

WORKING_DAYS = 5
_SEAL = """
    SELECT count(*),
        coalesce(string_agg(encode(sha256(convert_to((to_jsonb(f) - 'id')::text, 'UTF8')), 'hex'), '' ORDER BY kind, source_id), '')
    FROM {table} f WHERE month = %s
"""


@verb
def close_month(month, *, by, at=None):
    """Freeze the facts of a month (its first day) and seal them; return the ClosedMonth. by None: it is time.

    Raises Refused while the month goes on, when it is closed, and when an earlier month with facts is open; NotAllowed.
    """
    if by is not None and not rules.may_close(by):
        raise NotAllowed(rules.may_close.sentence)
    _sweep_everything()
    with only_writer():
        at = at or clock.now()
        _must_be_next(month, at)
        facts, seal = sealed(month)
        return ClosedMonth.objects.create(month=month, closed_at=at, closed_by=by, facts=facts, sha256=seal)


def _sweep_everything():
    """Nothing that happened is left out of a month only because there is much of it."""
    while sweep_touched():
        pass


def _must_be_next(month, at):
    if bounds(month)[1] > at:
        raise Refused(_("This month is not over yet."), code="not_over")
    if ClosedMonth.objects.filter(month=month).exists():
        raise Refused(_("This month is closed already."), code="closed")
    if month != next_to_close():
        raise Refused(_("Close the months before it first."), code="earlier_open")


def next_to_close():
    """The first day of the month that is closed next; None without facts. Three statements.

    It is the one after the last closed, or an earlier one that has facts all the same: a history that was imported later.
    """
    closed = ClosedMonth.objects.values("month")
    kinds = {measure.kind for measure in measures.known().values()}
    whole = {"grain": "m", "customer": 0, "service": 0, "team": 0, "kind__in": kinds, "number__gt": 0}
    tickets = Tally.objects.filter(**whole).exclude(start__in=closed).aggregate(first=Min("start"))["first"]
    changes = ChangeFact.objects.exclude(month__in=closed).aggregate(first=Min("month"))["first"]
    last = closed.aggregate(last=Max("month"))["last"]
    return min((month for month in (tickets, changes, last and following(last)) if month), default=None)


def closes_at(month):
    """When a month closes by itself."""
    return calendars.add_working_days(bounds(month)[1], WORKING_DAYS)


def close_what_is_due(at=None):
    """Close every month that is due, the oldest first; return how many. Safe to run twice, late, or side by side."""
    _sweep_everything()
    at, done = at or clock.now(), 0
    while (month := next_to_close()) is not None and month < company_day(at).replace(day=1) and closes_at(month) <= at:
        try:
            close_month(month, by=None, at=at)
        except Refused:  # somebody else was faster
            return done
        done += 1
    return done


def sealed(month):
    """`(how many, SHA-256)` over all facts of a month in one order; anybody can compute it again."""
    seal, number = hashlib.sha256(), 0
    with connection.cursor() as cursor:
        for table in ("reports_ticketfact", "reports_changefact"):
            cursor.execute(_SEAL.format(table=table), [month])
            counted, line = cursor.fetchone()
            seal.update(f"{table}:{line}\n".encode())
            number += counted
    return number, seal.hexdigest()
