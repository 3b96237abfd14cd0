"""One timeline: everything that happened, in order, in words."""

from datetime import timedelta

import pytest

from incidents import services
from incidents.timeline import timeline
from itsm.notices.models import Delivery
from sla import services as sla

pytestmark = pytest.mark.django_db


def test_everything_is_told_in_words_and_in_order(log, ready, agent, at):
    incident = services.accept(log(impact=1, urgency=1), by=ready, at=at + timedelta(minutes=1))
    services.reply(incident, by=ready, body="We look into it.", at=at + timedelta(minutes=2))
    services.note(incident, by=ready, body="internal", at=at + timedelta(minutes=3))
    services.reprioritise(incident, by=ready, impact=1, urgency=2, reason="fewer users", at=at + timedelta(minutes=5))
    sla.sweep(at + timedelta(hours=3))
    Delivery.objects.update(accepted_at=at + timedelta(hours=4))
    entries = timeline(incident, agent)
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    told = "\n".join(entry.text for entry in entries)
    expected = ("Assigned to 陈可", "Accepted", "We look into it.", "internal", "Priority changed from P1 to P2", "Promise broken", "INC-")
    for words in expected:
        assert words in told
    assert "<" not in told
    assert "%(" not in told


def test_the_customer_reads_only_what_was_meant_for_them(log, ready, requester, at):
    incident = services.accept(log(), by=ready, at=at)
    services.reply(incident, by=ready, body="to you", at=at + timedelta(minutes=2))
    services.note(incident, by=ready, body="internal", at=at + timedelta(minutes=3))
    assert [entry.text for entry in timeline(incident, requester)] == ["to you"]
