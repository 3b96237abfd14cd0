"""What audits do when a lower floor announces something."""

from audits import services
from changes.signals import rejected_in_retrospect
from itsm.people.signals import left


def connect():
    """Listen to people who leave, and to emergency changes that were rejected after the fact."""
    left.connect(end_ownerships, dispatch_uid="audits.end_ownerships")
    rejected_in_retrospect.connect(_rejected, dispatch_uid="audits.rejected_in_retrospect")


def end_ownerships(sender, person, at, **_kwargs):
    """Somebody left: what they owned ends, and the gap shows."""
    services.step_down(person, by=None, at=at)


def _rejected(sender, change, by, at, words, **_details):
    """Raise the finding about it."""
    services.find_rejected(change, by=by, at=at, words=words)
