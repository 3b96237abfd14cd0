"""What happens to facts: they are brought in step, and their months are closed."""

from reports.services.closing import close_month, close_what_is_due, closes_at, next_to_close, sealed
from reports.services.recounting import recount
from reports.services.refreshing import sweep_touched, sweep_when_calm

__all__ = ["close_month", "close_what_is_due", "closes_at", "next_to_close", "recount", "sealed", "sweep_touched", "sweep_when_calm"]
