"""Many new rows of one table in one statement, without a model instance each: a small part of the cost of bulk_create."""

import json

from django.db import connection

PLAIN = {"jsonb": json.dumps, "uuid": str}


def insert(model, rows, columns):
    """Insert rows of a model, each a tuple of values; `columns` is `{column: PostgreSQL type}` in their order, all that have no default."""
    if rows:
        _run(model, rows, columns, "")


def insert_new(model, rows, columns, key="id"):
    """Insert those of them that no unique constraint knows yet; return the keys of the ones that were written, as a set."""
    return {found for (found,) in _run(model, rows, columns, f" ON CONFLICT DO NOTHING RETURNING {key}")} if rows else set()


def _run(model, rows, columns, ending):
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    values = [_plain(column, kind) for column, kind in zip(zip(*rows, strict=True), columns.values(), strict=True)]
    statement = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT * FROM unnest({arrays}){ending}"
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def _plain(column, kind):
    """A column's values as the driver takes them."""
    return list(map(PLAIN[kind], column)) if kind in PLAIN else list(column)
