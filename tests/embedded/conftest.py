import pytest

from tests.embedded.running import Stack, reachable


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """One running stack for all tests that only disturb it for a moment."""
    with Stack(reachable(tmp_path_factory.mktemp("stack")) / "state") as running:
        yield running


@pytest.fixture
def state_dir(tmp_path):
    """A folder that PostgreSQL's account can reach."""
    return reachable(tmp_path) / "state"
