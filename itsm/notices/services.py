"""Write down what somebody is to be told. Nothing is sent here."""

import datetime
import uuid
from typing import NamedTuple

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q

from itsm.core import clock, rows
from itsm.notices import kinds
from itsm.notices.models import Delivery, Notice, Preference
from itsm.people.models import Person

NOTICE_COLUMNS = {
    "id": "uuid", "person_id": "bigint", "kind": "text", "content_type_id": "integer", "object_id": "bigint", "key": "text",
    "params": "jsonb", "in_app": "boolean", "told_at": "timestamptz",
}  # fmt: skip
DELIVERY_COLUMNS = {"notice_id": "uuid", "owed_at": "timestamptz", "next_try_at": "timestamptz", "tries": "smallint", "last_error": "text"}


class Pointer(NamedTuple):
    """A record by its content type and id, for those who tell of many and load none."""

    content_type_id: int
    object_id: int


class Told(NamedTuple):
    """One line for tell_many; `about` is a record, or a Pointer to one."""

    person: Person
    kind: str
    about: object = None
    key: str | None = None
    params: dict = {}


@transaction.atomic(savepoint=False)
def tell(person, kind, about=None, key=None, at=None, **params):
    """Tell somebody something, once for each key; return the Notice, or None if it was told before or there is nobody.

    Without a key it is told every time. Writes the notice and the mail that is owed, sends nothing.
    """
    written = _write([Told(person, kind, about, key, params)], at or clock.now())
    return _as_notice(*written[0]) if written else None


@transaction.atomic(savepoint=False)
def tell_many(lines, at=None):
    """Tell many people many things with a fixed number of queries; return the ids of the new notices."""
    return [row[0] for _line, row in _write(lines, at or clock.now())]


def _write(lines, at):
    """Write the notices of these lines and the mails they owe; `[(line, row)]` of those that were not told before."""
    rows_of = [(line, _row(line, at)) for line in lines if line.person is not None and line.person.is_active]
    known = rows.insert_new(Notice, [row for _line, row in rows_of], NOTICE_COLUMNS)
    written = [(line, row) for line, row in rows_of if row[0] in known]
    _owe_mails(written, at)
    return written


def _row(line, at):
    """A notice as NOTICE_COLUMNS have it. Raises KeyError when its kind is unknown."""
    in_app = "app" in kinds.get(line.kind).channels and line.person.is_internal
    place = _pointer(line.about)
    return (uuid.uuid4(), line.person.pk, line.kind, *place, line.key or uuid.uuid4().hex, line.params, in_app, at)


def _pointer(about):
    if about is None:
        return None, None
    return about if isinstance(about, Pointer) else (ContentType.objects.get_for_model(type(about)).pk, about.pk)


def _as_notice(line, row):
    notice = Notice(**dict(zip(NOTICE_COLUMNS, row, strict=True)))
    notice.person, notice.params = line.person, _plain(line.params)
    return notice


def _owe_mails(written, at):
    """Write a delivery for each notice whose kind goes by mail to somebody who has mail and wants it."""
    mailed = [(line, row) for line, row in written if line.person.email and "mail" in kinds.get(line.kind).channels]
    unwanted = _unwanted(line for line, _row in mailed)
    owed = [(row[0], at, at, 0, "") for line, row in mailed if (line.person.pk, line.kind) not in unwanted]
    rows.insert(Delivery, owed, DELIVERY_COLUMNS)


def _unwanted(lines):
    """Return the (person's id, kind) pairs among these that the person switched off; only our own people can."""
    asked = {(line.person.pk, line.kind) for line in lines if line.person.is_internal and not kinds.get(line.kind).obligatory}
    if not asked:
        return set()
    people, told = zip(*asked, strict=True)
    return set(Preference.objects.filter(kind__in=set(told), person__in=set(people)).values_list("person_id", "kind"))


def _plain(params):
    """Return parameters as JSON keeps them: dates and numbers as they are worded later, everything lazy as text."""
    return {name: _plain_value(value) for name, value in params.items()}


def _plain_value(value):
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)


def delivered_count(about, kind, person, since=None):
    """Return how many notices of a kind (or several) about a record the mail server accepted for somebody, since an instant."""
    kinds_told = [kind] if isinstance(kind, str) else list(kind)
    told = Notice.objects.about(about).filter(kind__in=kinds_told, person=person)
    taken = Delivery.objects.filter(notice__in=told, accepted_at__isnull=False)
    return taken.filter(accepted_at__gte=since).count() if since else taken.count()


def mail_goes():
    """Return where mail goes: "server", "outbox" (demo and development without one), or "waits"."""
    if settings.MAIL_CONFIGURED:
        return "server"
    return "outbox" if settings.DEMO or settings.DEBUG else "waits"


def owed():
    """Return the deliveries that no mail server has accepted and that are not given up."""
    return Delivery.objects.filter(accepted_at=None, given_up_at=None)


def given_up():
    """Return the deliveries that were tried for three days in vain, to people who can still be reached."""
    return Delivery.objects.filter(given_up_at__isnull=False, notice__person__is_active=True, notice__person__email__isnull=False)


def stuck():
    """Return the mails that people should look at: given up, or tried at least three times in vain."""
    reachable = Delivery.objects.filter(notice__person__is_active=True, notice__person__email__isnull=False)
    return reachable.filter(Q(given_up_at__isnull=False) | Q(accepted_at=None, tries__gte=3))


def try_again(delivery, *, at=None):
    """Owe a mail that was given up, or waits for its next try, from now on again."""
    at = at or clock.now()
    Delivery.objects.filter(pk=delivery.pk, accepted_at=None).update(next_try_at=at, owed_at=at, given_up_at=None)


def mark_read(person, pks=None, at=None):
    """Mark somebody's notices as read, all of them or the given ones; return how many."""
    unread = Notice.objects.visible_to(person).unread()
    return unread.filter(Q(pk__in=pks) if pks is not None else Q()).update(read_at=at or clock.now())


@transaction.atomic
def prefer(person, by_mail):
    """Keep which optional kinds somebody wants by mail; all others stay in the bell only."""
    refused = [kind.name for kind in kinds.optional() if kind.name not in by_mail]
    Preference.objects.filter(person=person).delete()
    Preference.objects.bulk_create([Preference(person=person, kind=name) for name in refused])
