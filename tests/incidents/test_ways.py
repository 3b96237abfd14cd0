"""Two steps in one act: what the step table knows one by one, the database has to let through together."""

from datetime import timedelta

import pytest

from incidents import services
from incidents.models import Status
from itsm.links import services as links
from itsm.people import services as people
from itsm.people.models import Appointment, Role
from tests.incidents.conftest import on_shift

pytestmark = pytest.mark.django_db
FACTS = links.Facts(ip="127.0.0.1", user_agent="phone", language="zh-hans", shown_text="shown")


@pytest.mark.parametrize("others", [True, False])
def test_not_solved_after_the_engineer_left_goes_to_whoever_is_idle_or_waits(
    resolved, requester, ready, other_engineer, service_manager, at, others
):
    if others:
        on_shift(other_engineer)
    people.leave(ready, by=service_manager, on=at.date(), at=at + timedelta(minutes=30))
    link = links.issue("confirm", resolved, requester)
    again = services.confirm(
        resolved, by=requester, link=link, facts=FACTS, solved=False, words="still failing", at=at + timedelta(minutes=50)
    )
    again.refresh_from_db()
    assert (again.status, again.assignee) == ((Status.ASSIGNED, other_engineer) if others else (Status.NEW, None))


@pytest.mark.parametrize("others", [True, False])
def test_an_answer_to_an_incident_that_nobody_holds_dispatches_it(accepted, requester, ready, other_engineer, at, others):
    services.wait(accepted, by=ready, reason="waiting_customer_info", body="?", at=at + timedelta(minutes=2))
    Appointment.objects.filter(role=Role.SERVICE_MANAGER).update(withdrawn_at=at)  # nobody is left who could inherit it
    people.leave(ready, by=None, on=at.date(), at=at + timedelta(minutes=5))
    if others:
        on_shift(other_engineer)
    again = services.answer(accepted, by=requester, body="yes", at=at + timedelta(minutes=50))
    again.refresh_from_db()
    assert (again.status, again.assignee) == ((Status.ASSIGNED, other_engineer) if others else (Status.NEW, None))
