"""Rules as statements: a whole population judged and kept in one, one record judged by every rule in one, and what a query's hash is.

No row of a population ever comes here: the database counts, and keeps those that fail.
"""

import dataclasses
import datetime
import functools
import hashlib
import json
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection

from audits.declaring import Window
from audits.expressions import kind
from itsm.people.zones import company_day, company_zone

NOBODY = "SELECT NULL::text, NULL::text[], NULL::jsonb, NULL::timestamptz WHERE false"
SAID_BEFORE = """
    SELECT r.rule::text, f.reasons::text[], f.details, r.started_at FROM audits_failure f JOIN audits_run r ON r.id = f.run_id
    WHERE f.content_type_id = %s AND f.object_id = %s AND r.rule = ANY(%s::text[])
      AND r.id = (SELECT max(l.id) FROM audits_run l WHERE l.rule = r.rule AND l.outcome = 'done')
"""
NOTHING = "SELECT NULL::bigint, NULL::text[], NULL::jsonb WHERE false"
SOMEBODY = 2**62 + 603
"""Stands for the id of a record that is not known yet."""
A_SECOND = datetime.timedelta(seconds=1)
INSTANT, DAY, DAYS = "<instant>", "<day>", "<days>"
KEEP = """
    WITH judged(record, reasons, details) AS MATERIALIZED ({judged}),
    counted AS (SELECT count(*) AS n, count(*) FILTER (WHERE cardinality(reasons) > 0) AS failed FROM judged),
    run AS (
        INSERT INTO audits_run
            (rule, version, outcome, population, passed, failed, since, until, query_hash, by_id, night, error, started_at)
        SELECT %s, %s, 'done', n, n - failed, failed, %s, %s, %s, %s, %s, '', %s FROM counted RETURNING id
    ),
    kept AS (
        INSERT INTO audits_failure (run_id, content_type_id, object_id, reasons, details)
        SELECT run.id, %s, record, reasons, details FROM run, judged WHERE cardinality(reasons) > 0 ORDER BY record DESC
    )
    SELECT id FROM run
"""
TRY = """
    WITH judged(record, reasons, details) AS MATERIALIZED ({judged}),
    shown AS (SELECT * FROM judged WHERE cardinality(reasons) > 0 ORDER BY record DESC LIMIT %s)
    SELECT (SELECT count(*) FROM judged), (SELECT count(*) FROM judged WHERE cardinality(reasons) > 0),
           (SELECT json_agg(json_build_array(record, reasons, details) ORDER BY record DESC) FROM shown)
"""


@dataclasses.dataclass(frozen=True)
class Tried:
    """What a run would come to: how many records, how many fail, and `(id, reasons, details)` of the newest of those."""

    population: int
    failed: int
    shown: list

    @property
    def passed(self):
        return self.population - self.failed


def statement(rule, window):
    """`(SQL, parameters)` of a rule's population, judged."""
    return _compiled(rule.judged(rule.population(window), window))


def query_hash(rule, window):
    """SHA-256 of a rule's SQL with the shape of its parameters: what it asks, whenever it is asked."""
    return _hashed(*statement(rule, window))


def keep(rule, window, *, by, night, started_at):
    """Judge a whole population and keep the run with every record that fails, in one statement; the run's id."""
    sql, params = statement(rule, window)
    own = [rule.id, rule.version, window.since, window.until, _hashed(sql, params), by.pk if by else None, night, started_at]
    with connection.cursor() as cursor:
        cursor.execute(KEEP.format(judged=sql), [*params, *own, kind(rule.model)])
        return cursor.fetchone()[0]


def tried(rule, window, most=20):
    """What a run would come to, kept nowhere; at most so many of those that fail."""
    sql, params = statement(rule, window)
    with connection.cursor() as cursor:
        cursor.execute(TRY.format(judged=sql), [*params, most])
        population, failed, shown = cursor.fetchone()
    return Tried(population, failed, (json.loads(shown) if isinstance(shown, str) else shown) or [])


def of_record(rules, record, at):
    """`[(rule, reasons, details, when its run was, or None for now)]` of these shipped rules that a record fails; one query for all.

    Rules that are not live tell what their last run said.
    """
    now, before = [rule for rule in rules if rule.live], [rule.id for rule in rules if not rule.live]
    sql, places = _asked_of_one(tuple(now), company_day(at)) if now else (NOBODY, [])
    known = {rule.id: rule for rule in rules}
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} UNION ALL {SAID_BEFORE}", [*[p(record.pk, at) for p in places], kind(type(record)), record.pk, before])
        found = [row for row in cursor.fetchall() if row[1]]
    return [(known[name], reasons, _plain(details), ran_at) for name, reasons, details, ran_at in found]


def of_records(rules, ids, window):
    """`{(id, rule id): (reasons, details)}` of those of the records that each rule asks, reasons empty where one passes; one query a rule.

    Rules about what stands now get a window without a beginning, as in their runs.
    """
    found = {}
    for rule in rules if ids else ():
        own = window if rule.moment or rule.span else dataclasses.replace(window, since=None)
        for key, reasons, details in rule.judged(rule.asked(ids, own), own):
            found[key, rule.id] = (reasons, _plain(details))
    return found


@functools.lru_cache(maxsize=64)
def _asked_of_one(rules, day):
    """`(SQL, [what gives each parameter, from the record's id and the instant])` that asks rules of one record on a company's day.

    Putting the query together costs many times what it costs to run. What differs between two instants of the day moves with the instant.
    """
    noon = datetime.datetime.combine(day, datetime.time(12), ZoneInfo(company_zone()))
    (sql, early), (_same, late) = (_union(rules, Window(None, instant)) for instant in (noon, noon + A_SECOND))
    return sql, [_place(one, other, noon) for one, other in zip(early, late, strict=True)]


def _union(rules, window):
    parts, params = [], []
    for rule in rules:
        sql, own = _compiled(rule.judged(rule.watching(window).filter(pk=SOMEBODY), window))
        parts.append(f"SELECT %s::text, j.reasons, j.details, NULL::timestamptz FROM ({sql}) AS j(record, reasons, details)")
        params += [rule.id, *own]
    return " UNION ALL ".join(parts), params


def _place(one, other, noon):
    """What gives a parameter: the record's id, an instant so long before or after now, or always the same."""
    if one == SOMEBODY:
        return lambda pk, _at: pk
    if one != other:
        return lambda _pk, at: at + (one - noon)
    return lambda _pk, _at: one


def _plain(details):
    return json.loads(details) if isinstance(details, str) else details


def _compiled(rows):
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        return NOTHING, ()


def _hashed(sql, params):
    return hashlib.sha256(json.dumps([sql, [_shape(value) for value in params]]).encode()).hexdigest()


def _shape(value):
    """What of a parameter belongs to the question: everything but the instants and days of the window."""
    if isinstance(value, datetime.datetime):
        return INSTANT
    if isinstance(value, datetime.date):
        return DAY
    if isinstance(value, list | tuple) and value and all(isinstance(one, datetime.date) for one in value):
        return DAYS
    return repr(value)
