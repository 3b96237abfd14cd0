"""What Celery does for audits: every rule runs each night, and overdue actions climb."""

from celery import shared_task

from audits import services
from itsm.core import clock


@shared_task(acks_late=True)
def run_rules():
    """Let every rule run that has no result of tonight. Safe to run twice, late, or side by side."""
    return services.run_nightly(clock.now())


@shared_task(acks_late=True)
def run_asked():
    """Let every rule run where somebody asked for it. Safe to run twice, late, or side by side."""
    return services.run_asked()


@shared_task(acks_late=True)
def recheck_independence():
    """Look again whether auditors are independent of what they audit. Safe to run twice, late, or side by side."""
    return services.recheck_all(clock.now())


@shared_task(acks_late=True)
def sweep_overdue_actions():
    """Let overdue actions climb the ladder."""
    return services.sweep_overdue(clock.now())
