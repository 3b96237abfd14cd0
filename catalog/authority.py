"""What allows updates of configuration items: named to the database while they are made, and found by its number on pages.

The catalogue knows no changes. The app that owns a kind of record that may allow updates registers it here as a Source.
"""

import contextlib
import dataclasses
from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from itsm.core.errors import Refused

SETTING = "itsm.authority"


@dataclasses.dataclass(frozen=True)
class Source:
    """One kind of record that may allow updates of items.

    `find(number, person)`: the record by its number, or None. `current()`: those that allow updates now, newest first, for a choice.
    `refusal(record, ids)`: the sentence why it does not allow updates of the items with these ids now, or None.
    `lets(record, person)`: whether somebody who does not keep items may update them under it.
    """

    record_class: type
    find: Callable
    current: Callable
    refusal: Callable
    lets: Callable


_sources = []


def register(source):
    """Make a kind of record known."""
    _sources.append(source)


def find(number, person):
    """The record that somebody names by its number, None for an empty number. Raises Refused when there is none."""
    if not number:
        return None
    for source in _sources:
        if (found := source.find(number, person)) is not None:
            return found
    raise Refused(_("There is no change %(number)s.") % {"number": number}, code="no_change")


def current():
    """Every record that allows updates now."""
    return [record for source in _sources for record in source.current()]


def check(record, ids):
    """Raise Refused unless `record` allows updates of the items with these ids now."""
    sentence = _source(record).refusal(record, ids)
    if sentence:
        raise Refused(sentence, code="not_under_way")


def lets(record, person):
    """Whether somebody who does not keep items may update them under `record`."""
    return _source(record).lets(record, person)


def _source(record):
    """The source of a record. Raises LookupError for a kind that nobody registered."""
    for source in _sources:
        if isinstance(record, source.record_class):
            return source
    raise LookupError(f"nobody registered {type(record)} as what may allow updates")


@contextlib.contextmanager
def under(record):
    """Let every update of items inside be one that `record` allowed; what allowed them before does again on leaving.

    None leaves in force what is. A failure inside takes everything back, the authority too: this opens a savepoint.
    """
    if record is None:
        yield
        return
    with transaction.atomic():
        former = _named()
        _name(f"{ContentType.objects.get_for_model(record).pk}:{record.pk}")
        yield
        _name(former)


def _named():
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        return cursor.fetchone()[0]


def _name(value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
