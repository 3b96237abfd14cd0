"""All sums of open months counted anew from their facts, by the database: what the sums have to be at any time."""

from django.db import connection

from incidents.measures import LOGGED
from itsm.people.zones import company_zone
from reports.models import ALL_PRIORITIES, NOBODY, ClosedMonth
from reports.services.counting import HOURS, SPREAD, WIDTH
from reports.services.refreshing import only_writer
from reports.spread import GROWTH

_OPEN = "month <> ALL(%(closed)s)"
_LOCAL = "at AT TIME ZONE %(zone)s"
_SLOT = f"{HOURS} * (extract(isodow FROM {_LOCAL})::int - 1) + extract(hour FROM {_LOCAL})::int"
_FACTS = f"""
    SELECT month, day, customer_id AS customer, coalesce(service_id, {NOBODY}) AS service, coalesce(team_id, {NOBODY}) AS team, kind,
        priority, outcome, marks, lengths, CASE WHEN kind = '{LOGGED}' THEN {_SLOT} ELSE -1 END AS slot
    FROM reports_ticketfact WHERE {_OPEN}
"""
_SUMS = "ARRAY[" + ", ".join(f"coalesce(sum(lengths[{place}]), 0)" for place in range(1, WIDTH + 1)) + "]::bigint[]"
_CELL = ", ".join(f"coalesce({name}, 0)" for name in ("customer", "service", "team"))
"""Of a grouping without a dimension that dimension is null, which no fact's is."""
_TALLIES = f"""
    INSERT INTO reports_tally (grain, start, customer, service, team, kind, priority, outcome, marks, slot, number, sums)
    SELECT %(grain)s, {{start}}, {_CELL}, kind, priority, outcome, marks, {{slot}}::int, count(*), {_SUMS} FROM ({_FACTS}) f
    GROUP BY {{start}}, kind, priority, outcome, marks, {{slot}}::int, GROUPING SETS ({{sets}})
"""
_SPREADS = f"""
    WITH counted AS (
        SELECT month, {_CELL.replace("coalesce(customer, 0)", "0")}, kind, coalesce(priority, {ALL_PRIORITIES}), no - 1 AS no, bucket,
            count(*) AS many FROM (
            SELECT f.month, f.service, f.team, f.kind, f.priority, l.no,
                CASE WHEN l.length < 1 THEN 0
                     ELSE 1 + greatest(0, ceil(ln(l.length::float8) / ln({GROWTH}::float8) - 1e-9))::int END AS bucket
            FROM ({_FACTS}) f CROSS JOIN LATERAL unnest(f.lengths) WITH ORDINALITY l(length, no) WHERE {{kept}}
        ) each_length
        GROUP BY month, kind, no, bucket, GROUPING SETS ((), (service), (team)), GROUPING SETS ((), (priority))
    )
    INSERT INTO reports_spread (start, customer, service, team, kind, priority, no, counts)
    SELECT month, c1, c2, c3, kind, priority, no, jsonb_object_agg(bucket, many)
    FROM counted AS c(month, c1, c2, c3, kind, priority, no, bucket, many)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


def recount():
    """Write the sums of all open months anew; five statements, however many facts there are."""
    kept = " OR ".join(f"(f.kind = '{kind}' AND l.no <= {max(places) + 1})" for kind, places in SPREAD.items())
    with only_writer(), connection.cursor() as cursor:
        asked = {"zone": company_zone(), "closed": list(ClosedMonth.objects.values_list("month", flat=True))}
        cursor.execute("DELETE FROM reports_tally WHERE date_trunc('month', start)::date <> ALL(%(closed)s)", asked)
        cursor.execute("DELETE FROM reports_spread WHERE start <> ALL(%(closed)s)", asked)
        months = {"start": "month", "slot": "slot", "sets": "(), (customer), (service), (team), (customer, service, team)"}
        cursor.execute(_TALLIES.format(**months), asked | {"grain": "m"})
        days = {"start": "day", "slot": "(-1)", "sets": "(), (customer, service, team)"}
        cursor.execute(_TALLIES.format(**days), asked | {"grain": "d"})
        cursor.execute(_SPREADS.format(kept=kept), asked)
