"""Frozen copies: what a record said at one instant, and the hash by which anybody sees whether it still says so."""

import json

from django.core.serializers.json import DjangoJSONEncoder

from audits import sampling

LEFT_OUT = ("steps_taken", "next_due_at")
"""Columns that move without the record saying anything else."""


def picture(record):
    """The record's own columns as plain values; of people, customers and services the ids."""
    fields = [field for field in record._meta.concrete_fields if field.name not in LEFT_OUT]
    return json.loads(json.dumps({field.attname: getattr(record, field.attname) for field in fields}, cls=DjangoJSONEncoder, default=str))


def digest(record):
    """SHA-256 of its picture."""
    return sampling.digest(picture(record))


def differing(record, before):
    """`[(field, before, now)]` where a record says something else than its picture did; fields have the names a page shows."""
    now = picture(record)
    names = {field.attname: str(field.verbose_name) for field in record._meta.concrete_fields}
    return [(names.get(name, name), before.get(name), value) for name, value in now.items() if before.get(name) != value]


def worded(record, before):
    """`[(field, value)]` of a picture that say something, the fields as a page names them where the record's sort is known."""
    names = {field.attname: str(field.verbose_name) for field in record._meta.concrete_fields} if record else {}
    return [(names.get(name, name), value) for name, value in before.items() if value not in (None, "", [], {})]
