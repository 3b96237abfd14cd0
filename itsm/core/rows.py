"""Many new rows of one table in one statement: about a third of the cost of bulk_create."""

import json
import uuid

from django.db import connection


def insert(rows, columns):
    """Insert unsaved instances of one model; `columns` is `{attribute and column: PostgreSQL type}`, all that have no default."""
    if rows:
        _run(rows, columns, "")


def insert_new(rows, columns, key="id"):
    """Insert those of them that no unique constraint knows yet; return the ones that were written."""
    if not rows:
        return []
    written = {found for (found,) in _run(rows, columns, f" ON CONFLICT DO NOTHING RETURNING {key}")}
    return [row for row in rows if getattr(row, key) in written]


def _run(rows, columns, ending):
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    values = [[_plain(getattr(row, name)) for row in rows] for name in columns]
    statement = f"INSERT INTO {rows[0]._meta.db_table} ({', '.join(columns)}) SELECT * FROM unnest({arrays}){ending}"
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def _plain(value):
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value) if isinstance(value, uuid.UUID) else value
