"""Fixtures of tests of figures: incidents in every state, as the incidents' own tests have them."""

from tests.incidents.conftest import (
    accepted,
    at,
    incident,
    log,
    other_service,
    ready,
    resolved,
    service,
    stand,
    supplier,
)

__all__ = ["accepted", "at", "incident", "log", "other_service", "ready", "resolved", "service", "stand", "supplier"]
