"""What auditors were trained in: recorded with what shows it, taken back with a reason (requirement 81)."""

from django.utils.translation import gettext_lazy as _

from audits import access
from audits.models import AuditorTraining
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.documents import services as documents
from itsm.people.zones import company_day


@verb
def record_training(*, by, person, course, completed_on, provider="", expires_on=None, uploads=(), at=None):
    """Record that somebody of ours completed a course, with certificates as files. Raises NotAllowed, Refused."""
    _must_record(by)
    at = at or clock.now()
    if not (person.is_internal and person.is_active):
        raise Refused(_("Only training of our own people is recorded here."), code="outsider")
    if completed_on > company_day(at):
        raise Refused(_("A course is recorded once it is completed."), code="future")
    if expires_on is not None and expires_on < completed_on:
        raise Refused(_("It can’t stop counting before it was completed."), code="days")
    training = AuditorTraining.objects.create(
        person=person, course=course.strip(), provider=provider.strip(), completed_on=completed_on, expires_on=expires_on, recorded_by=by,
        recorded_at=at,
    )  # fmt: skip
    documents.attach(training, uploads, by=by, visibility="internal", at=at)
    return training


@verb
def withdraw_training(training, *, by, reason, at=None):
    """Take back a training that was recorded by mistake; once. Raises NotAllowed, Refused."""
    _must_record(by)
    training = AuditorTraining.objects.select_for_update(of=("self",)).get(pk=training.pk)
    if training.withdrawn_at:
        raise Refused(_("It was taken back already."), code="twice")
    if not reason.strip():
        raise Refused(_("Say why."), code="no_reason")
    training.withdrawn_at, training.withdrawn_by, training.withdrawn_why = at or clock.now(), by, reason.strip()
    training.save()
    return training


def _must_record(by):
    if by is not None and not access.may_record_training(by):
        raise NotAllowed(access.may_record_training.sentence)
