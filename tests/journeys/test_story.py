"""From the phone call to the confirmed ticket, told by five people through their own doors."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.test import Client

from incidents import services
from incidents.models import Incident
from itsm.core import clock
from itsm.core.models import StepTaken
from itsm.links.models import Receipt
from itsm.notices.tasks import deliver_notices
from itsm.people.models import Shift
from sla import services as sla
from sla.models import Clock, ClockFire

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://[^/\s]+(/l/[\w-]{43}/)")


class Teller:
    """Somebody with a browser of their own, at a time of the story."""

    def __init__(self, person, at):
        self.browser, self.at = Client(), at
        if person:
            self.browser.force_login(person, backend="itsm.people.backends.SignInBackend")

    def reads(self, minutes, path):
        """The words of a page."""
        with clock.at(self.at + timedelta(minutes=minutes)):
            response = self.browser.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return unescape(response.content.decode())

    def sends(self, minutes, path, **fields):
        """Send a form as its page has it, and follow."""
        with clock.at(self.at + timedelta(minutes=minutes)):
            page = self.browser.get(fields.pop("page", path)).content.decode()
            hidden = dict(re.findall(r'<input type="hidden" name="(shown|request_key)" value="([^"]*)"', page))
            response = self.browser.post(path, {**hidden, **fields})
        assert response.status_code == 302, (path, response.status_code, response.content[:3000])
        return response.url


@pytest.fixture
def tell(at):
    return lambda person: Teller(person, at)


@pytest.fixture
def later(at, settings):
    """`later(112)`: what the alarm clock does at that minute; the mails that went out."""
    settings.MAIL_CONFIGURED = True

    def passed(minutes):
        before = len(mail.outbox)
        with clock.at(at + timedelta(minutes=minutes)):
            sla.sweep()
            services.serve_waiting_teams()
            services.sweep_confirmations(clock.now())
            deliver_notices()
        return mail.outbox[before:]

    return passed


@pytest.fixture
def report(customer, requester, service):
    """What the agent enters: P2 by the matrix."""
    return {
        "customer": customer.pk,
        "contact": requester.pk,
        "service": service.pk,
        "title": "网银转账一直转圈",
        "description": "约两成用户提交后没有结果",
        "impact": 1,
        "urgency": 2,
        "channel": "phone",
    }


def test_from_the_call_to_the_confirmed_ticket(tell, later, report, agent, ready, team_lead, requester, service_manager, at):
    for person in (agent, ready):
        person.language = "zh-hans"
        person.save()
    desk, engineer, lead, customer, manager = tell(agent), tell(ready), tell(team_lead), tell(None), tell(service_manager)

    address = desk.sends(2, "/incidents/log/", **report)
    incident = Incident.objects.get()
    assert address == incident.get_absolute_url()
    assert "P2" in desk.reads(2, address)
    (receipt_of_report, told) = sorted(later(2), key=lambda m: m.to != [requester.email])
    assert (receipt_of_report.to, told.to) == ([requester.email], [ready.email])
    assert LINK.search(receipt_of_report.body)
    assert not LINK.search(told.body)

    assert incident.title in engineer.reads(3, "/")
    assert incident.shown_number in engineer.reads(3, "/notices/")
    assert incident.shown_number in engineer.reads(3, "/incidents/?view=mine")
    engineer.sends(4, f"{address}accept/", page=address)
    assert Clock.objects.about(incident).get(metric="response").outcome == "met"
    accepted = later(4)
    assert [(m.to, ready.name in m.body) for m in accepted] == [([requester.email], True)]

    before = lead.reads(60, "/notices/")
    warned = later(112)
    assert ClockFire.objects.filter(clock__metric="resolution").count() == 3
    assert {m.to[0] for m in warned} >= {ready.email, team_lead.email}
    assert incident.shown_number in lead.reads(113, "/notices/")
    assert incident.shown_number not in before
    assert incident.shown_number in lead.reads(113, "/incidents/?view=soon")
    assert not [m for m in later(112) if m.to == [team_lead.email]]

    engineer.sends(115, f"{address}resolve/", resolution="扩大了连接池", resolution_code="fixed")
    (asked,) = [m for m in later(115) if m.to == [requester.email]]
    path = LINK.search(asked.body)[1]
    assert "扩大了连接池" in asked.body
    assert incident.shown_number in lead.reads(116, "/incidents/?view=confirm")

    assert "扩大了连接池" in customer.reads(120, path)
    thanks = customer.sends(121, path, solved="yes", rating="5", words="谢谢")
    customer.reads(121, thanks)
    incident.refresh_from_db()
    assert (incident.status, incident.closing_kind, incident.rating) == ("closed", "confirmed", 5)
    assert Receipt.objects.get().person == requester
    assert {(c.metric, c.outcome, c.is_final) for c in Clock.objects.about(incident)} == {
        ("response", "met", True),
        ("resolution", "met", True),
        ("next_update", "breached", True),  # an hour and a half without a word to the customer
    }

    counted = manager.reads(125, "/")
    assert "100" in counted
    assert incident.shown_number in manager.reads(125, "/incidents/?view=all&closing=confirmed")
    assert incident.shown_number not in manager.reads(125, "/incidents/?view=confirm")
    assert later(14 * 24 * 60) == []
    steps = [taken.step for taken in StepTaken.objects.about(incident)]
    assert steps == ["log", "assign", "accept", "resolve", "close"]


def test_nobody_on_shift_a_question_a_second_try_and_a_call(tell, later, report, agent, engineer, other_engineer, team_lead, requester, at):
    desk, worker, customer = tell(agent), tell(engineer), tell(None)
    address = desk.sends(0, "/incidents/log/", **report)
    incident = Incident.objects.get()
    assert incident.assignee is None
    assert [m.to for m in later(0) if m.to != [requester.email]] == [[team_lead.email]]
    assert incident.shown_number in desk.reads(1, "/incidents/?view=unassigned")

    Shift.objects.create(person=engineer, starts_at=at + timedelta(minutes=5), ends_at=at + timedelta(hours=9))
    assert [m.to for m in later(5)] == [[team_lead.email], [engineer.email]]
    worker.sends(6, f"{address}accept/", page=address)
    worker.sends(10, f"{address}wait/", reason="waiting_customer_info", body="Which browser?")
    (question,) = [m for m in later(10) if "Which browser?" in m.body]
    assert later(5 * 60) == []

    customer.sends(5 * 60, LINK.findall(question.body)[-1], body="Chrome 130")
    incident.refresh_from_db()
    assert incident.status == "in_progress"
    assert Clock.objects.about(incident).get(metric="resolution").elapsed_us == 10 * 60 * 1_000_000
    assert "Chrome 130" in worker.reads(301, address)

    worker.sends(310, f"{address}resolve/", resolution="cleared the cache", resolution_code="workaround")
    first = LINK.search(next(m for m in later(310) if m.to == [requester.email] and "cleared the cache" in m.body).body)[1]
    customer.sends(320, first, solved="no", missing="It spins again")
    incident.refresh_from_db()
    assert (incident.status, incident.assignee, incident.reopen_count) == ("in_progress", engineer, 1)
    assert "It spins again" in worker.reads(321, address)

    worker.sends(330, f"{address}resolve/", resolution="enlarged the pool", resolution_code="fixed")
    desk.sends(340, f"{address}call/", note="Works, says Ms Qin.")
    assert tell(agent).reads(341, address).count("/check-call/") == 0
    tell(other_engineer).sends(342, f"{address}check-call/", accepted="yes", remark="Listened to it.")
    incident.refresh_from_db()
    assert (incident.status, incident.closing_kind) == ("closed", "phone")
    assert [taken.step for taken in StepTaken.objects.about(incident)] == [
        "log",
        "assign",
        "accept",
        "wait",
        "resume",
        "resolve",
        "reopen",
        "resolve",
        "close",
    ]
    with clock.at(at + timedelta(minutes=400)):
        assert {Client().get(LINK.search(m.body)[1]).status_code for m in mail.outbox if "pool" in m.body} <= {410}
