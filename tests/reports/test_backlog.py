"""What is open now, as a measure: counted from the incidents themselves, and its rows are their list."""

from datetime import timedelta

import pytest

from changes.period import lately
from incidents.models import Incident
from itsm.core import clock, measures
from reports import figures
from reports.scope import Scope

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"


@pytest.fixture
def later(stand, log, at):
    """Four incidents, three of them open, seen at an instant two days later."""
    for status in ("new", "in_progress", "resolved"):
        stand(status)
    log(impact=1, urgency=1)
    with clock.at(at + timedelta(days=2)):
        yield at + timedelta(days=2)


def read(at, by="", **chosen):
    return figures.read(Scope(lately(at), **chosen), list(measures.live().values()), by)


def test_age_and_overdue_are_those_of_the_open_incidents(later):
    still = list(Incident.objects.open())
    ages = sorted((later - incident.contacted_at).total_seconds() for incident in still)
    found = read(later)[""]
    assert found["backlog_age"].number == len(still) == 3
    assert found["backlog_age"].value == pytest.approx(sum(ages) / len(ages))
    assert found["backlog_age"].p50 == pytest.approx(ages[1])
    late = [incident for incident in still if incident.next_due_at and incident.next_due_at < later]
    assert found["backlog_overdue"].counted == len(late) > 0


def test_groups_add_up_and_other_services_have_nothing(later, other_service, service):
    for by in figures.LIVE_GROUPS:
        assert sum(found["backlog_age"].number for found in read(later, by).values()) == 3
    assert read(later, service=other_service)[""]["backlog_age"].value is None
    assert read(later, service=service)[""]["backlog_age"].number == 3
    assert not any(found["backlog_age"].number for found in read(later, "month").values()), "what is open is open now"


def test_its_rows_are_the_list_of_incidents(later, client, service_manager):
    client.force_login(service_manager, backend=BACKEND)
    page = client.get("/reports/rows/backlog_overdue/", {"part": "counted", "priority": "1"})
    assert page.status_code == 302
    assert page.url.startswith("/incidents/?")
    assert "overdue=true" in page.url
    assert "priority=1" in page.url
    assert client.get("/reports/rows/backlog_age/download/").status_code == 404
    assert client.get("/api/v1/measures/backlog_age/rows/").status_code == 404
    told = client.get("/api/v1/measures/backlog_age/", {"by": "priority"}).json()
    assert sum(group["figure"]["number"] for group in told["groups"]) == told["figure"]["number"] == 3
