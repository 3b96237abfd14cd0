"""The alarm clock of the promises."""

import time

import structlog
from celery import shared_task

from itsm.core import clock
from sla import services

log = structlog.get_logger(__name__)
LONGEST_WAIT_S = 1.0


@shared_task(acks_late=True)
def sweep_clocks():
    """Fire every step that is due, and once more what falls due within the second. Safe to run twice, late, or side by side."""
    done = services.sweep()
    upcoming = services.next_fire_at()
    wait = (upcoming - clock.now()).total_seconds() if upcoming else LONGEST_WAIT_S
    if wait < LONGEST_WAIT_S:
        time.sleep(max(0.0, wait) + 0.001)
        done += services.sweep()
    return done


@shared_task(acks_late=True)
def rebind_clocks():
    """Let running clocks follow the newest official list of their calendar. Safe to run twice, late, or side by side."""
    return services.rebind_clocks()


@shared_task(acks_late=True)
def verify_clocks():
    """Compare clocks with their logs; a difference is an alarm, never repaired silently. Safe to repeat."""
    found = services.run_verification().drifts
    if found:
        log.error("clocks differ from their log", clocks=found[:100], count=len(found))
    return len(found)
