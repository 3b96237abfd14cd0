"""What audits do when a lower floor announces something."""

from audits import services
from itsm.people import signals


def connect():
    signals.left.connect(end_ownerships, dispatch_uid="audits.end_ownerships")


def end_ownerships(sender, person, at, **_kwargs):
    """Somebody left: what they owned ends, and the gap shows."""
    services.step_down(person, by=None, at=at)
