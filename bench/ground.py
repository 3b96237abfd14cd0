"""What loaded clocks stand on, in a database session of its own: hours as a table, the steps of every promise, seals in SQL.

With it a clock is loaded as the fold of its own sealed log: `verify_clocks` finds nothing (bench/clocks.sql).
"""

from datetime import UTC, timedelta

from django.contrib.contenttypes.models import ContentType
from psycopg2.extras import execute_values

from incidents.models import Incident
from itsm.calendars.models import CalendarVersion
from itsm.calendars.worktime import EPOCH, MICROSECOND
from itsm.core import clock
from sla import log
from sla.clockwork import step_table
from sla.models import AgreementVersion, Target

PAST, AHEAD = timedelta(days=3 * 366), timedelta(days=2 * 366)
BASICS = """
    CREATE FUNCTION pg_temp.pick(n bigint, seed int, k int) RETURNS int IMMUTABLE LANGUAGE sql
      AS 'SELECT (abs(hashint8extended(n, seed) % k))::int';
    CREATE FUNCTION pg_temp.at() RETURNS timestamptz IMMUTABLE LANGUAGE sql AS $$SELECT timestamptz '{at}'$$;
    CREATE FUNCTION pg_temp.kind(name text) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT {kind}';
"""
HOURS = """
    CREATE FUNCTION pg_temp.us(at timestamptz) RETURNS bigint STABLE LANGUAGE sql AS 'SELECT (extract(epoch FROM at) * 1000000)::bigint';
    CREATE FUNCTION pg_temp.iso(at timestamptz) RETURNS text STABLE LANGUAGE sql AS $$
      SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS' || CASE WHEN at = date_trunc('second', at) THEN '' ELSE '.US' END)
        || '+00:00'
    $$;
    CREATE TEMP TABLE bench_hours (calendar bigint, opens bigint, shuts bigint, before bigint, until bigint);
    CREATE FUNCTION pg_temp.worked(of_calendar bigint, at timestamptz) RETURNS bigint STABLE LANGUAGE sql AS $$
      SELECT before + least(pg_temp.us(at), shuts) - opens FROM bench_hours
      WHERE calendar = of_calendar AND opens <= pg_temp.us(at) ORDER BY opens DESC LIMIT 1
    $$;
    CREATE FUNCTION pg_temp.after(of_calendar bigint, goal bigint) RETURNS timestamptz STABLE LANGUAGE sql AS $$
      SELECT timestamptz 'epoch' + (opens + goal - before) * interval '1 microsecond' FROM bench_hours
      WHERE calendar = of_calendar AND until >= goal ORDER BY until LIMIT 1
    $$;
    CREATE FUNCTION pg_temp.back(of_calendar bigint, us bigint) RETURNS timestamptz STABLE LANGUAGE sql AS
      'SELECT pg_temp.after(of_calendar, pg_temp.worked(of_calendar, pg_temp.at()) - us)';
    CREATE TEMP TABLE bench_target (version bigint, tier text, priority int, metric text, seconds int, calendar_version bigint);
    CREATE TEMP TABLE bench_step (version bigint, tier text, priority int, metric text, mark int, us bigint);
"""


def lay(cursor):
    """Make the session's functions and tables; `pg_temp.at()` is this instant in all that follows."""
    at = lay_basics(cursor, Incident)
    cursor.execute(HOURS)
    fill(cursor, "hours", _hours(at))
    targets = _targets()
    fill(cursor, "target", targets)
    fill(cursor, "step", _steps(targets))
    cursor.execute("CREATE INDEX ON bench_hours (calendar, opens); CREATE INDEX ON bench_hours (calendar, until)")
    cursor.execute("CREATE INDEX ON bench_step (version, tier, priority, metric, us)")
    cursor.execute("ANALYZE bench_hours; ANALYZE bench_target; ANALYZE bench_step")
    return at


def lay_basics(cursor, model):
    """Chance and this instant only, for records of this model; triggers are off from here on. Returns the instant."""
    at = clock.now().astimezone(UTC)
    cursor.execute("SET session_replication_role = replica")  # no triggers: the trail is written as a whole
    cursor.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'; SET synchronous_commit = off")
    cursor.execute(BASICS.replace("{at}", at.isoformat()).replace("{kind}", str(ContentType.objects.get_for_model(model).pk)))
    return at


def fill(cursor, table, rows):
    """Put rows into one of the session's tables."""
    execute_values(cursor.cursor, f"INSERT INTO bench_{table} VALUES %s", rows, page_size=1000)


def _newest():
    """The newest version of every calendar, by calendar."""
    return {version.calendar_id: version for version in CalendarVersion.objects.order_by("no")}


def _hours(at):
    """Every open stretch around now with the service time before it, in microseconds."""
    rows = []
    for version in _newest().values():
        total = 0
        for piece in version.hours().stretches(at - PAST, at + AHEAD):
            if piece.counted:
                opens, length = (piece.starts_at - EPOCH) // MICROSECOND, piece.length // MICROSECOND
                rows.append((version.pk, opens, opens + length, total, total + length))
                total += length
    return rows


def _targets():
    newest = _newest()
    found = Target.objects.filter(version__published_at__isnull=False, version__agreement__customer__isnull=False)
    return [(t.version_id, t.tier, t.priority, t.metric, t.seconds, newest[t.calendar_id].pk) for t in found]


def _steps(targets):
    versions = AgreementVersion.objects.in_bulk({version for version, *_rest in targets})
    rows = []
    for version, tier, priority, metric, seconds, _calendar in targets:
        marks, after = log.marks_of(versions[version], priority, metric, seconds * log.MICROS)
        rows += [(version, tier, priority, metric, mark, us) for mark, us in step_table(seconds * log.MICROS, marks, after=after)]
    return rows
