"""What the clocks announce upward; sent inside the transaction."""

from django.dispatch import Signal

clock_moved = Signal()
"""A clock's due time changed without its record's doing (rebinding): kwargs clock, at."""

breached = Signal()
"""Promises were broken: kwargs clocks (a list, one batch of the sweep or one clock), at."""
