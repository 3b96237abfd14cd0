"""The alarm clock of the promises."""

import time

import structlog
from celery import shared_task

from itsm.core import clock
from sla import services

log = structlog.get_logger(__name__)
UNTIL_NEXT_TICK_S = 1.0
SHORTEST_WAIT_S = 0.01


@shared_task(acks_late=True)
def sweep_clocks():
    """Fire every step that is due, and until the next tick whatever falls due meanwhile. Safe to run twice, late, or side by side."""
    done, over_at = services.sweep(), time.monotonic() + UNTIL_NEXT_TICK_S
    while (wait := _until_next_fire()) is not None and time.monotonic() + wait < over_at:
        time.sleep(wait)
        done += services.sweep()
    return done


def _until_next_fire():
    """Seconds until the next step that is not due yet, or None; what is due already but held by others waits for the next tick."""
    at = clock.now()
    upcoming = services.next_fire_at(after=at)
    return max(SHORTEST_WAIT_S, (upcoming - at).total_seconds()) if upcoming else None


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
