"""When a change is done: a booking of each item and everything beneath it, under one lock."""

from changes.models import Booking


def schedule_if_free(change, *, by, at):
    """Book the window of an approved change where nothing is in the way; otherwise it stays approved, and its conflicts are shown."""


def release(change):
    """Give back what a change had booked."""
    Booking.objects.filter(change=change, active=True).update(active=False)
