import pytest

from changes import services
from tests.changes.plans import CONTENT
from tests.incidents.conftest import accepted, at, incident, log, ready, resolved, service, stand

__all__ = ["accepted", "at", "incident", "log", "ready", "resolved", "service", "stand"]


@pytest.fixture
def change(agent):
    """A draft that the agent asked for."""
    return services.raise_change(by=agent, **CONTENT)
