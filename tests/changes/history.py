"""Changes with a past: decided and carried out at given times, whatever the way there would have asked for."""

from datetime import timedelta

import pgtrigger
from django.contrib.contenttypes.models import ContentType

from changes import services
from changes.models import Change, Status
from itsm.core.models import StepTaken
from tests.changes.conftest import NOW
from tests.changes.plans import seat

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def wrote(change, **fields):
    """The change with these fields in the database, past every trigger."""
    with pgtrigger.ignore():
        Change.objects.filter(pk=change.pk).update(**fields)
    return Change.objects.get(pk=change.pk)


def carried_out(change, *, started_at, finished_at, status=Status.IMPLEMENTED, result="", window=None):
    """The change, carried out then; its window is that time unless another is given."""
    starts_at, ends_at = window or (started_at, finished_at)
    return wrote(change, status=status, started_at=started_at, finished_at=finished_at, result=result, starts_at=starts_at, ends_at=ends_at)


def took(change, step, at):
    """Note a step in a change's history."""
    kind = ContentType.objects.get_for_model(Change)
    seq = StepTaken.objects.about(change).count() + 100
    return StepTaken.objects.create(content_type=kind, object_id=change.pk, seq=seq, step=step, target=change.status, effective_at=at)


def decided(change, *said, at=NOW):
    """The change, submitted at an instant and decided by `(role, person, choice, when)` in turn."""
    services.submit(change, by=change.requester, at=at)
    for role, person, choice, when in said:
        services.decide(seat(change, role), by=person, choice=choice, words="Because." if choice == "reject" else "", at=when)
    return Change.objects.get(pk=change.pk)
