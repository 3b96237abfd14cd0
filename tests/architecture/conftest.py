from tests.incidents.conftest import at, incident, log, ready, service, stand

__all__ = ["at", "incident", "log", "ready", "service", "stand"]
