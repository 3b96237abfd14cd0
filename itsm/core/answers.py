"""Retried requests: a double click or a repeated POST gets the first answer and acts once."""

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from itsm.core.errors import Refused
from itsm.core.models import AnswerGiven


def once(person, key, act, perform):
    """The record that `perform()` makes, or the one it made when `key` first arrived from `person`.

    `act` names the deed: the same key for another deed is Refused. Without a key it always performs.
    A second request that arrives while the first still runs waits for it.
    """
    if not key:
        return perform()
    with transaction.atomic():
        if not _is_first(person, key, act):
            return _first_answer(person, key, act)
        record = perform()
        kind = ContentType.objects.get_for_model(type(record))
        AnswerGiven.objects.filter(person=person, key=key).update(content_type=kind, object_id=record.pk)
        return record


def _is_first(person, key, act):
    """Write the key down and tell whether it is new; waits for a transaction that has just written it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_answergiven (person_id, key, act) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", [person.pk, key, act]
        )
        return cursor.rowcount == 1


def _first_answer(person, key, act):
    answer = AnswerGiven.objects.get(person=person, key=key)
    if answer.act != act:
        raise Refused(_("This request key was already used for something else. Send a new one."), code="key_reused")
    return answer.record
