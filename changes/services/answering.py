"""Naming what a change answers."""

from django.utils.translation import gettext_lazy as _

from changes import answering
from changes.models import Answered, Change
from changes.models.change import PREPARED
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb


@verb
def answer(change, *, by, number, at=None):
    """Name a record that this change answers, by its number. Raises Refused, NotAllowed."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    record = answering.find(by, number)
    if record is None:
        raise Refused(_("There is no “%(number)s”. Look at its number again.") % {"number": number}, code="not_found")
    if change.answered.standing().about(record).exists():
        raise Refused(_("It is named already."), code="named")
    change.edit(by=by, at=at, fields=["answers"], material=False)
    Answered.objects.create(change=change, record=record, by=by, at=at)
    change.save()
    return change


@verb
def unanswer(change, *, by, answered, at=None):
    """Take back what a draft was said to answer. Raises Refused once it was submitted."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    if change.status not in PREPARED:
        raise Refused(_("What a change answers is taken back only while it is a draft."), code="submitted")
    change.edit(by=by, at=at, fields=["answers"], material=False)
    named = change.answered.standing().filter(pk=answered.pk).first()
    if named is None:
        raise Refused(_("It is not named here any more."), code="not_found")
    named.withdrawn_at = at
    named.save()
    change.save()
    return change
