from tests.incidents.conftest import accepted, at, incident, log, ready, resolved, service, stand

__all__ = ["accepted", "at", "incident", "log", "ready", "resolved", "service", "stand"]
