from tests.incidents.conftest import at, ready, service

__all__ = ["at", "ready", "service"]
