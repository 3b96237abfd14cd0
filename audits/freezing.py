"""Frozen copies: what a record said at one instant, and the hash by which anybody sees whether it still says so."""

import json
from collections import defaultdict
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audits import sampling
from audits.vocabulary import SORTS
from itsm.core import wording

LEFT_OUT = ("steps_taken", "next_due_at")
"""Columns that move without the record saying anything else."""
EMPTY = (None, "", [], {})
WORDED = {sort.model: {name: field.label for name, field in sort.fields.items()} for sort in SORTS.values()}
"""What fields that pages never name are called: as rules of our own call them."""


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
        self._worded = WORDED.get(model, {})
        self._fields = {field.attname: field for field in model._meta.concrete_fields}
        wanted = defaultdict(set)
        for name, field in self._fields.items():
            if field.is_relation:
                wanted[field.related_model] |= {shown[name] for shown in pictures if shown.get(name)}
        self._names = {
            related: {pk: str(row) for pk, row in related.objects.in_bulk(ids).items()} for related, ids in wanted.items() if ids
        }

    def facts(self, shown):
        """`[(field, value)]` of what a picture says, in the order of the model; what has no name in the reader's language stays away."""
        named = [name for name, field in self._fields.items() if self._is_named(field) and shown.get(name) not in EMPTY]
        return [(self._label(name), self._value(name, shown[name])) for name in named]

    def _is_named(self, field):
        return field.name in self._worded or (isinstance(field.verbose_name, Promise) and not field.primary_key)

    def named(self, shown, names):
        """`[(field, value)]` of some fields of a picture."""
        return [(self._label(name), self._value(name, shown.get(name))) for name in names]

    def differing(self, before, now):
        """`[(field, before, now)]` where two pictures say something else."""
        changed = [name for name, value in now.items() if before.get(name) != value]
        return [(self._label(name), self._value(name, before.get(name)), self._value(name, now[name])) for name in changed]

    def _label(self, name):
        if name not in self._fields:
            return name
        field = self._fields[name]
        return str(self._worded.get(field.name, field.verbose_name) if not isinstance(field.verbose_name, Promise) else field.verbose_name)

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
        if isinstance(value, list | dict):
            return _in_lines(value)
        return dict(field.flatchoices).get(value, value)


def _in_lines(value):
    """A list, or what stands in a JSON column, as lines to read."""
    if isinstance(value, list):
        return "\n".join(_in_lines(one) for one in value)
    if isinstance(value, dict):
        return " · ".join(_in_lines(one) for one in value.values() if one not in EMPTY)
    return str(value)
