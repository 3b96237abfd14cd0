"""What a change may answer. Upper apps register their records in their `apps.py`; an emergency names at least one."""

import dataclasses
from collections import defaultdict
from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from changes.models import Answered, Change, Kind
from itsm.core.errors import Refused


@dataclasses.dataclass(frozen=True)
class Shown:
    """How a record looks on the page of a change that answers it."""

    number: str
    title: str
    state: str
    url: str


@dataclasses.dataclass(frozen=True)
class Source:
    """Records of one model that changes may answer.

    `label`: what one is called. `find(person, text)`: the record that somebody who may see it typed the number of, or None.
    `show(ids)`: `{id: Shown}` in one query.
    """

    model: type
    label: object
    find: Callable
    show: Callable


_sources = {}


def register(source):
    """Let changes answer the records of a model."""
    _sources[source.model] = source


def find(person, text):
    """The record of any source that this text is the number of, or None."""
    return next((record for source in _sources.values() if (record := source.find(person, text)) is not None), None)


def shown(named):
    """`[(Answered, label, Shown)]` of rows that name what changes answer; one query for each sort of record that occurs."""
    by_kind = defaultdict(list)
    for row in named:
        by_kind[row.content_type_id].append(row)
    found = []
    for kind, rows in by_kind.items():
        source = _sources.get(ContentType.objects.get_for_id(kind).model_class())
        looks = source.show([row.object_id for row in rows]) if source else {}
        found += [(row, source.label, looks[row.object_id]) for row in rows if row.object_id in looks]
    return found


def changes_answering(record):
    """The changes that answer a record, newest first."""
    named = Answered.objects.standing().about(record)
    return Change.objects.filter(pk__in=named.values("change")).order_by("-number")


def must_answer(change):
    """An emergency names the incident it answers before it is put before anybody, and before it begins. Raises Refused."""
    if change.kind == Kind.EMERGENCY and not change.answered.standing().exists():
        raise Refused(_("An emergency answers an incident: name it first."), code="answers_nothing")
