"""What Celery does for incidents: sweeps of what is owed."""

from celery import shared_task

from incidents import services
from itsm.core import clock


@shared_task(acks_late=True)
def sweep_queues():
    """Assign what waits to engineers who became idle without a word (a shift began, a lock was passed over)."""
    return services.serve_waiting_teams()


@shared_task(acks_late=True)
def sweep_waiting():
    """Remind customers whom incidents wait for, and propose to solve what waits too long."""
    return services.sweep_waiting(clock.now())


@shared_task(acks_late=True)
def sweep_confirmations():
    """Send the reminders that are due and close what lapsed."""
    return services.sweep_confirmations(clock.now())


@shared_task(acks_late=True)
def sweep_windows():
    """Let what waited for a maintenance window go on at its end."""
    return services.sweep_windows(clock.now())
