import pytest

from itsm.notices import kinds

TEST = "test.told"


@pytest.fixture
def kind():
    """A kind that goes to the bell and by mail and carries a parameter."""
    made = kinds.register(kinds.Kind(TEST, subject="%(about)s: %(word)s", template="emails/accounts/password_reset", label="Test"))
    yield made.name
    kinds.forget(TEST)


@pytest.fixture
def mail_server(settings):
    """A mail server; its letters are in mailoutbox."""
    settings.MAIL_CONFIGURED = True
