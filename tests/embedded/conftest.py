import pytest

from tests.embedded.running import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """One running stack for all tests that only disturb it for a moment."""
    folder = tmp_path_factory.mktemp("stack")
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)  # PostgreSQL's account has to reach it
    with Stack(folder / "state") as running:
        yield running


@pytest.fixture
def state_dir(tmp_path):
    """A folder that PostgreSQL's account can reach."""
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    return tmp_path / "state"
