"""What audits do when a lower floor announces something."""

from audits import services
from changes.signals import rejected_in_retrospect
from itsm.people.signals import appointment_changed, left


def connect():
    """Listen to people who leave or get other roles, and to emergency changes that were rejected after the fact."""
    left.connect(end_ownerships, dispatch_uid="audits.end_ownerships")
    appointment_changed.connect(look_again, dispatch_uid="audits.look_again")
    rejected_in_retrospect.connect(_rejected, dispatch_uid="audits.rejected_in_retrospect")


def end_ownerships(sender, person, at, **_kwargs):
    """Somebody left: what they owned ends, and the gap shows."""
    services.step_down(person, by=None, at=at)


def look_again(sender, person, at, **_kwargs):
    """Somebody's roles changed: are they still independent of what they audit?"""
    services.recheck_all(at, [person.pk])


def _rejected(sender, change, by, at, words, **_details):
    """Raise the finding about it."""
    services.find_rejected(change, by=by, at=at, words=words)
