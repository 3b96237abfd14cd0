"""What Celery does for audits: every rule runs each night, overdue actions climb, and the yearly review is not forgotten."""

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
    """Let overdue actions climb the ladder, those of findings and those of management reviews."""
    at = clock.now()
    return services.sweep_overdue(at) + services.sweep_decisions(at)


@shared_task(acks_late=True)
def remind_of_review():
    """Remind the IT service manager of the yearly management review. Safe to run twice, late, or side by side."""
    return services.remind(clock.now())
