"""Retried requests: a double click or a repeated POST gets the first answer and acts once."""

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
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
        try:
            with transaction.atomic():
                answer = AnswerGiven.objects.create(person=person, key=key, act=act)
        except IntegrityError:
            return _first_answer(person, key, act)
        record = perform()
        answer.content_type = ContentType.objects.get_for_model(type(record))
        answer.object_id = record.pk
        answer.save(update_fields=["content_type", "object_id"])
        return record


def _first_answer(person, key, act):
    answer = AnswerGiven.objects.get(person=person, key=key)
    if answer.act != act:
        raise Refused(_("This request key was already used for something else. Send a new one."), code="key_reused")
    return answer.record
