"""Pages and API of clocks and agreements."""

from datetime import timedelta

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from incidents.models import Incident
from itsm.core import clock as time
from sla import panels
from sla import services as sla
from sla.models import AgreementVersion, Clock
from tests.sla.conftest import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time.at(MONDAY + timedelta(hours=30)):
        yield


@pytest.fixture
def worked(agreement, make_incident, engineer):
    """An incident that waited once and was reopened once."""
    incident = make_incident(4, assignee=engineer)
    incident.next_due_at = sla.start(incident, by=None, priority=4)
    incident.save()
    at = MONDAY
    sla.stop(incident, "response", at=at + timedelta(minutes=5), by=engineer)
    sla.pause(incident, reason="waiting_customer_info", at=at + timedelta(hours=1), by=engineer)
    sla.resume(incident, at=at + timedelta(hours=2), by=engineer)
    return incident


def test_the_panel_shows_faces_and_a_ledger_in_five_queries(worked, engineer, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        shown = panels.clocks_panel(worked, engineer)["clocks"]
    assert [item["face"].kind for item in shown] == ["met", "ok"]
    assert shown[1]["account"].pauses[0] == 1
    assert shown[1]["account"].rows[-1].total == shown[1]["account"].used


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_record_page_draws_the_clocks(client, worked, engineer, language):
    client.force_login(engineer)
    page = client.get(worked.get_absolute_url(), headers={"accept-language": language})
    assert page.status_code == 200
    assert b"c-ledger" in page.content
    assert b"c-clockbox is-met" in page.content


def test_a_list_takes_one_query_for_its_clocks(worked, make_incident, agreement, django_assert_num_queries):
    others = [make_incident() for _ in range(5)]
    for other in others:
        sla.start(other, by=None, priority=3)
    with django_assert_num_queries(1):
        faces = sla.row_clocks([worked, *others], at=MONDAY + timedelta(minutes=20))
    assert faces[others[0].pk].due_at == MONDAY + timedelta(minutes=30)
    assert len(faces) == 6


def test_attainment_counts_what_was_decided_this_month(worked, service_manager):
    line = panels.attainment(service_manager, MONDAY + timedelta(hours=30))["metrics"]
    assert [(m.metric, m.met, m.broken, m.share) for m in line] == [("response", 1, 0, "100.0")]


PAGES = ["sla:agreements", "sla:agreement_add", "sla:attainment", "calendars:calendars", "calendars:calendar_add"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_the_service_manager_and_for_no_contact(client, worked, service_manager, contact, name):
    client.force_login(service_manager)
    assert client.get(reverse(name)).status_code == 200
    client.force_login(contact)
    assert client.get(reverse(name)).status_code == 404


def test_an_agreement_is_written_published_and_ended_on_its_pages(client, agreement, service_manager):
    client.force_login(service_manager)
    page = reverse("sla:agreement", args=[agreement.agreement_id])
    assert client.get(page).status_code == 200
    edit = reverse("sla:version_edit", args=[agreement.agreement_id])
    form = client.get(edit).context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    bad = client.post(edit, fields | {"core_1_response": "soon"})
    assert bad.status_code == 422
    assert b"soon" in bad.content
    assert client.post(edit, fields | {"core_1_response": "1 min", "effective_on": "2026-12-01"}).status_code == 302
    assert client.get(page).status_code == 200
    publish = reverse("sla:version_publish", args=[agreement.agreement_id, 2])
    assert client.post(publish).status_code == 409
    assert client.post(publish, {"approved_note": "Mail of Monday"}).status_code == 302
    newest = AgreementVersion.objects.get(no=2)
    assert newest.targets.get(tier="core", priority=1, metric="response").seconds == 60
    assert newest.effective_from.isoformat() == "2026-11-30T16:00:00+00:00"
    assert client.post(reverse("sla:agreement_end", args=[agreement.agreement_id])).status_code == 302


def test_an_engineer_reads_agreements_and_changes_none(client, agreement, engineer):
    client.force_login(engineer)
    assert client.get(reverse("sla:agreement", args=[agreement.agreement_id])).status_code == 200
    assert client.get(reverse("sla:version_edit", args=[agreement.agreement_id])).status_code == 403
    assert client.get(reverse("sla:attainment")).status_code == 403


def test_the_api_shows_clocks_with_their_log(worked, engineer, contact):
    api = APIClient()
    assert api.get("/api/v1/clocks/").status_code in (401, 403)
    api.force_authenticate(engineer)
    found = api.get("/api/v1/clocks/", {"state": "running"}).json()["results"]
    assert [(c["metric"], c["record"]) for c in found] == [("resolution", str(Incident.objects.get()))]
    log = api.get(f"/api/v1/clocks/{found[0]['id']}/").json()["events"]
    assert [line["kind"] for line in log] == ["start", "pause", "resume"]
    api.force_authenticate(contact)
    assert api.get("/api/v1/clocks/").status_code == 404


def test_the_api_list_takes_the_same_queries_however_many(worked, make_incident, engineer, django_assert_max_num_queries):
    for _ in range(10):
        sla.start(make_incident(), by=None, priority=3)
    api = APIClient()
    api.force_authenticate(engineer)
    api.get("/api/v1/clocks/")
    with django_assert_max_num_queries(4):
        assert len(api.get("/api/v1/clocks/").json()["results"]) == Clock.objects.count()
