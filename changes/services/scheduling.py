"""When a change is done: a booking of each item and everything beneath it, under one lock."""

from changes.models import Booking


def schedule_if_free(change, *, by, at):
    """Book the window of an approved change where nothing is in the way; otherwise it stays approved, and its conflicts are shown."""
    change.schedule(by=None, at=at)
    change.save()


def no_new_conflict(change, at):
    """Raise Refused when something is in the way of a scheduled change that was not there before."""


def occupy(change, at):
    """Book what an emergency touches that begins without a decision: it goes ahead of everybody, so that others see it is there."""


def finish(change, at):
    """Give back what a change had booked, from this instant on."""
    release(change)


def release(change):
    """Give back what a change had booked."""
    Booking.objects.filter(change=change, active=True).update(active=False)
