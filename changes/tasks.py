"""What Celery does for changes: sweeps of what is owed."""

from celery import shared_task

from changes import services
from itsm.core import clock


@shared_task(acks_late=True)
def sweep_stages():
    """Remind and escalate where decisions are late."""
    return services.sweep_stages(clock.now())
