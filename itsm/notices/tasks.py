"""What the alarm clock does for notices."""

from celery import shared_task

from itsm.notices import deliveries


@shared_task(ignore_result=True)
def deliver_notices():
    """Hand every owed mail to the mail server. Safe to run twice, late, or side by side."""
    return deliveries.deliver_due()
