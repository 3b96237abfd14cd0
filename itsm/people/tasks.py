"""What the alarm clock does for this floor."""

from celery import shared_task

from itsm.people import services


@shared_task(ignore_result=True)
def sweep_leavers():
    """Close the accounts of those whose last day is over. Safe to run twice, late, or side by side."""
    return services.finish_leaves()
