from tests.incidents.conftest import at, log, service

__all__ = ["at", "log", "service"]
