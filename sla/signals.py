"""What the clocks announce upward; sent inside the transaction."""

from django.dispatch import Signal

clock_moved = Signal()
"""Due times changed without their records' doing (a calendar rebound, a log corrected): kwargs clocks (a list), at. Records are locked."""

breached = Signal()
"""Promises were broken: kwargs clocks (a list, one batch of the sweep or one clock), at."""
