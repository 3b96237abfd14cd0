"""What this floor announces upward. Sent inside the transaction, with `person` and `at`."""

from django.dispatch import Signal

availability_changed = Signal()
appointment_changed = Signal()
left = Signal()
