"""Load any number of incidents with everything that belongs to them: set-based SQL, indexes built afterwards."""

import contextlib
import time
from pathlib import Path

from django.db import connection

from bench import ground
from bench.texts import phrases
from itsm.people.models import Organisation, Person

LOADED = (
    "incidents_incident", "incidents_searchtext", "incidents_message", "incidents_incidentevent", "core_steptaken", "sla_clock",
    "sla_clockevent", "sla_clockfire", "notices_notice", "notices_delivery",
)  # fmt: skip
EMPTY = {"text": "''", "character varying": "''", "boolean": "false", "jsonb": "'{}'", "ARRAY": "'{}'"}
PLAIN_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = indexrelid)
"""
NO_DEFAULT = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_name = ANY(%s) AND is_nullable = 'NO' AND column_default IS NULL AND identity_generation IS NULL
"""
TRAIL_COLUMNS = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns e
    WHERE table_name = 'incidents_incidentevent' AND column_name NOT LIKE 'pgh%%'
"""


def load(size, days, say):
    """Fill a database that holds the company with `size` incidents of so many days; `say(sentence)` tells how it goes."""
    with connection.cursor() as cursor:
        _prepare(cursor, size, days)
        with bare_tables(cursor):
            for title, statement in _statements(cursor):
                timed(cursor, title, statement, say)
        finish(cursor)


def timed(cursor, title, statement, say):
    """Execute one statement of a load, and tell how long it took."""
    began = time.monotonic()
    cursor.execute(statement)
    say(f"{title}: {time.monotonic() - began:.1f} s")


def finish(cursor, tables=LOADED, number=("incidents_number", "incidents_incident")):
    """Triggers again, numbers that follow what was loaded, and statistics."""
    cursor.execute("SET session_replication_role = DEFAULT")
    set_sequences(cursor, tables, number)
    cursor.execute("VACUUM (ANALYZE)")
    cursor.execute("CHECKPOINT")


def _prepare(cursor, size, days):
    """Pseudo-random numbers that are the same in every run, and the lists that incidents are made from."""
    ground.lay(cursor)
    cursor.execute(f"""
        CREATE FUNCTION pg_temp.size() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT {int(size)}';
        CREATE FUNCTION pg_temp.span() RETURNS interval IMMUTABLE LANGUAGE sql AS $$SELECT interval '{int(days)} days'$$;
        CREATE TEMP TABLE bench_customer (i int, customer bigint, agreement_version bigint, contacts bigint[]);
        CREATE TEMP TABLE bench_service (i int, service bigint, team bigint, tier text, engineers bigint[]);
        CREATE TEMP TABLE bench_phrase (kind text, language text, place int, text text, words text);
    """)
    for table, rows in (("customer", _customers()), ("service", services_of(cursor)), ("phrase", phrases())):
        ground.fill(cursor, table, rows)
    cursor.execute("ANALYZE bench_phrase")


def _customers():
    found = Organisation.objects.customers().order_by("pk").prefetch_related("people", "agreements__versions")
    return [(i, c.pk, c.agreements.all()[0].versions.all()[0].pk, [p.pk for p in c.people.all()]) for i, c in enumerate(found)]


def services_of(cursor):
    """`[(place from 0, service, team, tier, its engineers)]`."""
    engineers = {}
    for person, team in Person.objects.filter(appointments__role="engineer").values_list("pk", "appointments__team").distinct():
        engineers.setdefault(team, []).append(person)
    cursor.execute("SELECT id, team_id, criticality FROM catalog_service ORDER BY id")
    return [(i, service, team, tier, engineers[team]) for i, (service, team, tier) in enumerate(cursor.fetchall())]


@contextlib.contextmanager
def bare_tables(cursor, tables=LOADED):
    """Without the indexes that are quicker built at the end."""
    cursor.execute(PLAIN_INDEXES, [list(tables)])
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    with with_defaults(cursor, tables):
        yield
    for _name, definition in indexes:
        cursor.execute(definition)


@contextlib.contextmanager
def with_defaults(cursor, tables=LOADED):
    """With a value for every column that the loader does not name."""
    cursor.execute(NO_DEFAULT, [list(tables)])
    columns = cursor.fetchall()
    for table, column, kind in columns:
        cursor.execute(f"ALTER TABLE {table} ALTER {column} SET DEFAULT {EMPTY.get(kind, '0' if 'int' in kind else 'NULL')}")
    yield
    for table, column, _kind in columns:
        cursor.execute(f"ALTER TABLE {table} ALTER {column} DROP DEFAULT")


def _statements(cursor):
    """`[(title, SQL)]` of everything that is loaded, in order."""
    cursor.execute(TRAIL_COLUMNS)
    columns = cursor.fetchone()[0]
    return [
        (title, statement.replace("{trail_columns}", columns))
        for name in ("plan", "clocks", "load")
        for title, statement in statements(name)
    ]


def statements(name, beside=__file__):
    """`[(title, SQL)]` of one of the files beside this one, or another."""
    blocks = f"\n{Path(beside).with_name(name).with_suffix('.sql').read_text()}".split("\n-- ")[1:]
    return [(title, statement) for title, _, statement in (block.partition("\n") for block in blocks)]


def set_sequences(cursor, tables=LOADED, number=("incidents_number", "incidents_incident")):
    """Let the next number (of this sequence, in this table) and the next keys follow what was loaded."""
    cursor.execute("SELECT setval('{}', (SELECT max(number) FROM {}))".format(*number))
    for table in tables:
        cursor.execute("SELECT pg_get_serial_sequence(t.relname, a.attname) FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid "
                       "WHERE t.relname = %s AND a.attidentity <> ''", [table])  # fmt: skip
        for (sequence,) in cursor.fetchall():
            column = sequence.rpartition(f"{table}_")[2].removesuffix("_seq")
            cursor.execute(f"SELECT setval('{sequence}', (SELECT max({column}) FROM {table}))")
