"""What changes do when a lower floor announces something."""

from changes import services
from itsm.people import signals


def connect():
    """Listen to who comes, goes and is appointed: another may be able to decide then."""
    for signal in (signals.availability_changed, signals.appointment_changed, signals.left):
        signal.connect(_look_again, dispatch_uid="changes.who_may_decide")


def _look_again(sender, person, at, **_details):
    """Have the stages that ask this person, or whom they stand in for, looked at by the next sweep."""
    services.look_again_for(person, at)
