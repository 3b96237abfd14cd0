"""What Celery does for audits: sweeps of what is owed."""

from celery import shared_task

from audits import services
from itsm.core import clock


@shared_task(acks_late=True)
def sweep_overdue_actions():
    """Let overdue actions climb the ladder."""
    return services.sweep_overdue(clock.now())
