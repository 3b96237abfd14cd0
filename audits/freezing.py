"""Frozen copies: what a record said at one instant, and the hash by which anybody sees whether it still says so."""

import json
from collections import defaultdict
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext as _

from audits import sampling
from itsm.core import wording

LEFT_OUT = ("steps_taken", "next_due_at")
"""Columns that move without the record saying anything else."""
EMPTY = (None, "", [], {})


def picture(record):
    """The record's own columns as plain values; of people, customers and services the ids."""
    fields = [field for field in record._meta.concrete_fields if field.name not in LEFT_OUT]
    return json.loads(json.dumps({field.attname: getattr(record, field.attname) for field in fields}, cls=DjangoJSONEncoder, default=str))


def digest(record):
    """SHA-256 of its picture."""
    return sampling.digest(picture(record))


class Reading:
    """Pictures of records of one model, in words: fields as pages name them, names for ids. At most one query for each sort of id."""

    def __init__(self, model, pictures):
        self._fields = {field.attname: field for field in model._meta.concrete_fields}
        wanted = defaultdict(set)
        for name, field in self._fields.items():
            if field.is_relation:
                wanted[field.related_model] |= {shown[name] for shown in pictures if shown.get(name)}
        self._names = {
            related: {pk: str(row) for pk, row in related.objects.in_bulk(ids).items()} for related, ids in wanted.items() if ids
        }

    def facts(self, shown):
        """`[(field, value)]` of what a picture says, in the order of the model."""
        return [(self._label(name), self._value(name, shown[name])) for name in self._fields if shown.get(name) not in EMPTY]

    def named(self, shown, names):
        """`[(field, value)]` of some fields of a picture."""
        return [(self._label(name), self._value(name, shown.get(name))) for name in names]

    def differing(self, before, now):
        """`[(field, before, now)]` where two pictures say something else."""
        changed = [name for name, value in now.items() if before.get(name) != value]
        return [(self._label(name), self._value(name, before.get(name)), self._value(name, now[name])) for name in changed]

    def _label(self, name):
        return str(self._fields[name].verbose_name) if name in self._fields else name

    def _value(self, name, value):
        field = self._fields.get(name)
        if value in EMPTY or field is None:
            return "–" if value in EMPTY else value
        if field.is_relation:
            return self._names.get(field.related_model, {}).get(value, value)
        if isinstance(field, models.DateTimeField):
            return wording.exact(datetime.fromisoformat(value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return dict(field.flatchoices).get(value, value)
