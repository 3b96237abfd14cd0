"""What changes announce upward."""

from django.dispatch import Signal

closed = Signal()
"""A change was closed: `change`, `by`, `at`."""

rejected_in_retrospect = Signal()
"""The approval after the fact of an emergency was refused: `change`, `by`, `at`, `words`."""
