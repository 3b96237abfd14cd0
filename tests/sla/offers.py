"""A draft that can be offered, and its offer, for tests of the life of an agreement."""

from datetime import timedelta

import pytest

from itsm.links.models import SignedLink
from itsm.links.services import Facts
from sla import services as sla
from sla.purposes import shown_to_accept
from tests.sla.conftest import MONDAY

IN_A_MONTH = MONDAY + timedelta(days=30)


def held(version):
    return {(t.tier, t.priority, t.metric): (t.seconds, t.calendar) for t in version.targets.select_related("calendar")}


@pytest.fixture
def draft(agreement, service_manager):
    """A draft of version 2 with one faster target."""
    version = sla.draft_version(agreement.agreement, by=service_manager, at=MONDAY)
    faster = held(version) | {("core", 1, "response"): (60, held(version)["core", 1, "response"][1])}
    terms = {"availability": "99.9", "monthly_tickets": 80, "exceptions": "No work on the old mainframe."}
    return sla.save_draft(version, by=service_manager, targets=faster, effective_from=IN_A_MONTH, **terms)


@pytest.fixture
def offered(draft, representative, service_manager):
    """The draft, offered to the representative."""
    return sla.offer_version(draft, by=service_manager, at=MONDAY)


def link_of(version, person):
    """The open link of a person to a version."""
    return SignedLink.objects.about(version).select_related("person__organisation").get(person=person, revoked_at=None, used_at=None)


def seen(link):
    """What the receipt keeps of somebody who read the page."""
    return Facts(ip="203.0.113.1", language="en", shown_text=shown_to_accept(link))


def accept(version, person, at=MONDAY):
    link = link_of(version, person)
    return sla.accept_version(version, by=person, link=link, facts=seen(link), at=at)
