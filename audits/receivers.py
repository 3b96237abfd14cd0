"""What audits do when a lower floor announces something."""

from audits import services
from changes import signals


def connect():
    """Listen to emergency changes that were rejected after the fact."""
    signals.rejected_in_retrospect.connect(_rejected, dispatch_uid="audits.rejected_in_retrospect")


def _rejected(sender, change, by, at, words, **_details):
    """Raise the finding about it."""
    services.find_rejected(change, by=by, at=at, words=words)
