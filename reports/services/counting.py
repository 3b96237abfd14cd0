"""Sums kept in step with facts: what comes and what goes is put together first, then added to the rows it concerns."""

import itertools
import json
from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

from django.db import connection

from incidents.measures import CLOSED, LOGGED, RESOLVED, STAGES
from itsm.people.zones import company_zone
from reports.models import ALL_PRIORITIES, NOBODY
from reports.spread import bucket
from sla.measures import RESPONDED

SPREAD = {RESPONDED: (0,), RESOLVED: (0, 1), CLOSED: tuple(range(len(STAGES)))}
"""Of which lengths the spread is kept."""
WIDTH = 9
"""How many lengths are summed."""
HOURS = 24


class Sums:
    """What is to be added to the sums."""

    def __init__(self):
        self.tallies = defaultdict(lambda: [0] * (WIDTH + 1))
        self.spreads = defaultdict(Counter)
        self.zone = ZoneInfo(company_zone())

    def add(self, fact, sign=1):
        """Count a fact (a row with the columns of TicketFact), or no longer."""
        dims = (fact.customer_id, fact.service_id or NOBODY, fact.team_id or NOBODY)
        alone = [(0, 0, 0), *((*(0,) * no, key, *(0,) * (2 - no)) for no, key in enumerate(dims))]
        slot = self._slot(fact)
        for cell in (*alone, dims):
            self._tally("m", fact.month, cell, fact, slot, sign)
        for cell in (alone[0], dims):
            self._tally("d", fact.day, cell, fact, -1, sign)
        for no in SPREAD.get(fact.kind, ()):
            number = bucket(fact.lengths[no])
            for cell, priority in itertools.product((alone[0], *alone[2:]), (ALL_PRIORITIES, fact.priority)):
                self.spreads[fact.month, *cell, fact.kind, priority, no][number] += sign

    def _tally(self, grain, start, cell, fact, slot, sign):
        total = self.tallies[grain, start, *cell, fact.kind, fact.priority, fact.outcome, fact.marks, slot]
        total[0] += sign
        for place, length in enumerate(fact.lengths, 1):
            total[place] += sign * length

    def _slot(self, fact):
        if fact.kind != LOGGED:
            return -1
        local = fact.at.astimezone(self.zone)
        return HOURS * local.weekday() + local.hour

    def write(self):
        """Add everything to the rows that are there, and make those that are not; two statements."""
        _write_tallies([(*key, total[0], total[1:]) for key, total in self.tallies.items() if any(total)])
        _write_spreads([(*key, _texts(counts)) for key, counts in self.spreads.items() if any(counts.values())])


def _texts(counts):
    return {str(number): many for number, many in counts.items() if many}


_TALLY = "grain, start, customer, service, team, kind, priority, outcome, marks, slot"
_SPREAD = "start, customer, service, team, kind, priority, no"


def _write_tallies(rows):
    if not rows:
        return
    rows.sort(key=lambda row: tuple(map(str, row[:10])))  # always in one order, so that two writers never wait for one another
    added = ", ".join(f"t.sums[{place}] + excluded.sums[{place}]" for place in range(1, WIDTH + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO reports_tally AS t ({_TALLY}, number, sums)
            SELECT {_TALLY}, number, ARRAY(SELECT jsonb_array_elements_text(sums)::bigint)
            FROM jsonb_to_recordset(%s::jsonb) AS v(grain text, start date, customer bigint, service bigint, team bigint, kind text,
                priority smallint, outcome text, marks integer, slot smallint, number integer, sums jsonb)
            ON CONFLICT ({_TALLY}) DO UPDATE SET number = t.number + excluded.number, sums = ARRAY[{added}]
            """,
            [_document(rows, [*_TALLY.split(", "), "number", "sums"])],
        )


def _write_spreads(rows):
    if not rows:
        return
    rows.sort(key=lambda row: tuple(map(str, row[:7])))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO reports_spread AS t ({_SPREAD}, counts)
            SELECT {_SPREAD}, counts FROM jsonb_to_recordset(%s::jsonb) AS v(start date, customer bigint, service bigint, team bigint,
                kind text, priority smallint, no smallint, counts jsonb)
            ON CONFLICT ({_SPREAD}) DO UPDATE SET counts = (
                SELECT coalesce(jsonb_object_agg(key, many), '{{}}') FROM (
                    SELECT key, sum(value::bigint) AS many FROM (
                        SELECT * FROM jsonb_each_text(t.counts) UNION ALL SELECT * FROM jsonb_each_text(excluded.counts)
                    ) AS every_count GROUP BY key HAVING sum(value::bigint) <> 0
                ) added)
            """,
            [_document(rows, [*_SPREAD.split(", "), "counts"])],
        )


def _document(rows, names):
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows], default=str)
