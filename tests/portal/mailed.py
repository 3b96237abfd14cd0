"""Links as they come by mail: what tests of the customer's door share."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail

from incidents import services
from incidents.models import Incident, Message
from itsm.core import clock
from itsm.core.models import StepTaken
from itsm.links.models import Receipt, SignedLink
from itsm.notices import deliveries
from itsm.notices.models import Notice
from sla.models import Clock
from tests.incidents.conftest import accepted, at, incident, log, ready, resolved, service, stand

__all__ = ["accepted", "at", "incident", "log", "ready", "resolved", "service", "stand"]
LINK = re.compile(r"https?://[^/\s]+(/l/[\w-]{43}/)")


@pytest.fixture
def in_earnest(settings, tmp_path, at):
    """A mail server takes the mails, files lie in a folder of this test, and it is the time of the contact until a test says otherwise."""
    settings.MAIL_CONFIGURED, settings.STATE_DIR = True, tmp_path
    with clock.at(at):
        yield


@pytest.fixture
def mails(requester):
    """`mails(at)`: what the mail server takes for the contact then, as `[message]`."""

    def taken(instant):
        before = len(mail.outbox)
        with clock.at(instant):
            deliveries.deliver_due()
        return [message for message in mail.outbox[before:] if message.to == [requester.email]]

    return taken


@pytest.fixture
def now(at):
    """`now(minutes=…)`: the time that everybody reads inside the block, counted from the contact."""
    return lambda **later: clock.at(at + timedelta(**later))


@pytest.fixture
def do(at):
    """`do(10, services.reply, incident, …)`: a service ten minutes after the contact."""

    def done(minutes, service, *args, **details):
        with clock.at(at + timedelta(minutes=minutes)):
            return service(*args, **details)

    return done


@pytest.fixture
def confirm_path(resolved, mails, at):
    """The address in the mail that asks whether it is solved."""
    return LINK.search(mails(at + timedelta(minutes=20))[-1].body)[1]


@pytest.fixture
def answer_path(accepted, ready, mails, at, do):
    """The answer address in the mail with our question; the incident waits since minute 10."""
    do(10, services.wait, accepted, by=ready, reason="waiting_customer_info", body="Which browser?")
    return LINK.findall(mails(at + timedelta(minutes=10))[-1].body)[-1]


def page(response):
    return unescape(response.content.decode())


def send(client, path, **told):
    """Fill in the page that stands at `path` and send it."""
    shown = client.get(path).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(shown|request_key)" value="([^"]*)"', shown))
    return client.post(path, {**hidden, **told})


def state(incident):
    return (
        StepTaken.objects.about(incident).count(), Receipt.objects.count(), Message.objects.count(), Notice.objects.count(),
        list(Incident.objects.values()), list(SignedLink.objects.order_by("id").values()), list(Clock.objects.order_by("id").values()),
    )  # fmt: skip
