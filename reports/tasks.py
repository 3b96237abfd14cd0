"""What Celery does for figures: sweeps of what is owed."""

from celery import shared_task

from reports import services


@shared_task(acks_late=True)
def sweep_facts():
    """Bring the facts of what was touched in step, while no clock waits."""
    return services.sweep_when_calm()


@shared_task(acks_late=True)
def close_months():
    """Close the months that are due."""
    return services.close_what_is_due()
