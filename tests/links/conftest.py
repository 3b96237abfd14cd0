import pytest

from itsm.links import purposes, services
from tests.links import purpose as example


@pytest.fixture
def purpose():
    """A single-use purpose."""
    made = example.make()
    yield made
    purposes.forget(made.name)


@pytest.fixture
def lasting_purpose():
    """A purpose whose link may be used again and again."""
    made = example.make("test.lasting", single_use=False)
    yield made
    purposes.forget(made.name)


@pytest.fixture
def link(purpose, customer, contact):
    """An open link of the contact to their organisation."""
    return services.issue(purpose.name, customer, contact)
