"""Pages of samples and working papers: who sees what, in how many queries, and what their forms do."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits import sampling, services
from audits.models import Evidence, Finding, ItemResult, Sample, SampleItem
from audits.rules import shipped
from incidents.models import Incident
from itsm.core import clock
from itsm.people.models import Role
from tests import cast
from tests.audits.papering import incidents, running
from tests.audits.records import AT, DAY, World

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
RULE = "T-8.6.1a"


@pytest.fixture
def world(own_company):
    with clock.at(AT):
        yield World()


@pytest.fixture
def audit(world, auditor):
    return running(world, auditor)


@pytest.fixture
def reads(client):
    """`reads(person)`: their browser."""

    def browser(person):
        client.force_login(person, backend=BACKEND)
        return client

    return browser


def drawn(audit, auditor):
    return services.draw_paper(audit, by=auditor, kind="incidents", area=audit.areas.get(), at=AT)


def queries(ask):
    ask()
    with CaptureQueriesContext(connection) as found:
        assert ask().status_code == 200
    return len(found)


def test_drawing_from_the_page(world, audit, auditor, agent, reads):
    incidents(world, 12)
    where = f"/audits/{audit.shown_number}/samples/"
    browser = reads(auditor)
    assert "No sample is drawn yet" in browser.get(where).content.decode()
    shown = browser.get(f"{where}new/?kind=incidents")
    assert "Sample 8 of 12" in shown.content.decode()
    made = browser.post(f"{where}new/", {"kind": "incidents", "area": audit.areas.get().pk, "request_key": "k"})
    assert (made.status_code, made["Location"]) == (302, f"{where}1/")
    browser.post(f"{where}new/", {"kind": "incidents", "area": "", "request_key": "k"})
    assert Sample.objects.count() == 1
    assert browser.post(f"{where}new/", {"kind": "lunch"}).status_code == 422
    assert "the same records" in browser.get(f"{where}1/").content.decode()
    assert reads(agent).get(f"{where}1/").status_code == reads(agent).get(where).status_code == 200
    assert reads(agent).get(f"{where}new/").status_code == 403


def test_nothing_to_test_is_said(world, audit, auditor, reads):
    sample = drawn(audit, auditor)
    shown = reads(auditor).get(sample.get_absolute_url())
    assert "never a pass" in shown.content.decode()
    assert reads(auditor).get(f"{sample.get_absolute_url()}paper/")["Location"] == sample.get_absolute_url()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "page", ["", "paper/1/", "paper/1/?only=open", "paper/1/?only=fail", "paper/1/?rule=-", "paper/1/?only=x&rule=T-0"]
)
def test_every_page_opens(world, audit, auditor, agent, reads, page, language):
    incidents(world, 12, priority=1)
    sample = drawn(audit, auditor)
    for person in (auditor, agent):
        browser = reads(person)
        browser.cookies["django_language"] = language
        assert browser.get(f"{sample.get_absolute_url()}{page}").status_code == 200


def test_customers_find_nothing(world, audit, auditor, contact, reads):
    incidents(world, 3)
    sample = drawn(audit, auditor)
    for page in ("", "paper/", "paper/1/"):
        assert reads(contact).get(f"{sample.get_absolute_url()}{page}").status_code == 404


def test_a_paper_asks_the_same_queries_however_large_the_sample(world, audit, auditor, reads):
    incidents(world, 5, priority=1)
    few = queries(lambda: reads(auditor).get(f"{drawn_once(audit, auditor)}paper/1/"))
    incidents(world, 45, priority=1)
    sample = drawn(audit, auditor)
    assert sample.items.count() == 50
    many = queries(lambda: reads(auditor).get(f"{sample.get_absolute_url()}paper/30/"))
    assert many <= few + 1
    assert few <= 60


def drawn_once(audit, auditor):
    return (Sample.objects.filter(audit=audit).first() or drawn(audit, auditor)).get_absolute_url()


def test_the_list_on_the_left_is_a_window(world, audit, auditor, reads):
    incidents(world, 50, priority=1)
    incidents(world, 50)
    sample = drawn(audit, auditor)
    shown = reads(auditor).get(f"{sample.get_absolute_url()}paper/30/").context["listed"]
    assert [shown.previous.place, shown.next.place, shown.earlier.place] == [29, 31, 17]
    assert [row.place for row in shown.rows][:1] == [18]


def test_p_confirms_and_goes_on(world, audit, auditor, reads):
    incidents(world, 3)
    sample = drawn(audit, auditor)
    where = f"{sample.get_absolute_url()}paper/"
    browser = reads(auditor)
    assert browser.get(where)["Location"] == f"{where}1/"
    done = browser.post(f"{where}1/confirm/?only=open", {"request_key": "a"})
    assert done["Location"] == f"{where}2/?only=open"
    assert sample.items.get(place=1).result == ItemResult.PASS
    assert browser.get(where)["Location"] == f"{where}2/"
    assert browser.post(f"{where}1/confirm/", {"request_key": "b"}).status_code == 409


def test_a_failing_record_is_raised_within_the_page(world, audit, auditor, reads):
    owner = cast.staff("owner", Role.SUPERVISOR)
    world.owned(world.process("incident"), owner, world.other)
    world.incident(contacted_at=AT - 8 * DAY, priority=1)
    services.run(shipped()[RULE], by=None, at=AT)
    sample = drawn(audit, auditor)
    where = f"{sample.get_absolute_url()}paper/1/"
    browser = reads(auditor)
    form = browser.get(where).context["finding"]
    first = form.initial
    assert (first["rule"], first["clause"], first["auditee"], first["grade"]) == (RULE, "8.6.1", owner.pk, "major")
    assert "no reason is written down" in first["gap"]
    assert "1 of 1 fail" in first["evidence"]
    said = {name: first[name] for name in ("rule", "clause", "process", "requirement", "evidence", "gap", "auditee")}
    bad = browser.post(f"{where}finding/", {**said, "grade": "minor", "grade_why": "", "request_key": "f"})
    assert bad.status_code == 422
    assert "no reason is written down" in bad.content.decode()
    good = browser.post(f"{where}finding/", {**said, "grade": "minor", "grade_why": "One of one.", "request_key": "f", "population": "9"})
    assert good["Location"] == where
    finding = Finding.objects.get()
    assert (finding.audit, finding.population, finding.failed, finding.suggested_grade) == (audit, 1, 1, "major")
    assert finding.shown_number in browser.get(where).content.decode()


def test_a_tied_auditor_sees_how_to_go_on_and_not_the_record(world, audit, auditor, reads):
    colleague = cast.staff("colleague", Role.INTERNAL_AUDITOR, name="白露")
    world.kept(audit.members.model, audit=audit, person=colleague, role="auditor")
    incidents(world, 30, logged_by=auditor, title="Secret of the bank")
    sample = drawn(audit, auditor)
    where = f"{sample.get_absolute_url()}paper/1/"
    shown = reads(auditor).get(where).content.decode()
    assert "not yours to judge" in shown
    assert "Machine tests" not in shown
    assert re.search(r'id="arrange" open', shown)
    assert reads(auditor).post(f"{where}confirm/", {}).status_code == 403
    made = reads(auditor).post(f"{where}swap/", {"reason": "I logged it."})
    assert made["Location"] == f"{sample.get_absolute_url()}paper/9/"
    assert "which is read instead" in reads(auditor).get(where).content.decode()
    there = f"{sample.get_absolute_url()}paper/2/"
    assert reads(auditor).post(f"{there}assign/", {"auditor": colleague.pk}).status_code == 302
    assert SampleItem.objects.get(place=2).assigned == colleague
    assert "Machine tests" in reads(colleague).get(there).content.decode()


def test_evidence_and_judgements_through_the_page(world, audit, auditor, agent, contact, reads):
    world.incident(contacted_at=AT - 8 * DAY, priority=1)
    where = f"{drawn(audit, auditor).get_absolute_url()}paper/1/"
    browser = reads(auditor)
    assert browser.post(f"{where}evidence/", {"kind": "interview", "words": "Nobody asks.", "person": agent.pk}).status_code == 302
    assert browser.post(f"{where}evidence/", {"kind": "interview", "person": "x"}).status_code == 422
    assert browser.post(f"{where}judge/", {"rule": RULE, "result": "pass", "reason": ""}).status_code == 409
    assert browser.post(f"{where}judge/", {"rule": RULE, "result": "pass", "reason": "Agreed."}).status_code == 302
    assert browser.post(f"{where}fault/", {"reason": ""}).status_code == 422
    assert browser.post(f"{where}fault/", {"reason": "No cause."}).status_code == 302
    shown = browser.get(where).content.decode()
    assert "Nobody asks." in shown
    assert "overridden" in shown
    assert "No cause." in shown
    assert browser.post(f"{where}evidence/", {"kind": "file", "uploads": SimpleUploadedFile("list.txt", b"on call")}).status_code == 302
    kept = Evidence.objects.get(kind="file")
    assert kept.facts[0]["name"] == "list.txt"
    for who, status in ((auditor, 200), (agent, 200), (contact, 404)):
        assert reads(who).get(f"/files/{kept.facts[0]['id']}/").status_code == status
    browser = reads(auditor)
    assert "list.txt" in browser.get(where).content.decode()
    assert browser.post(f"{where}dance/").status_code == 404
    assert reads(agent).post(f"{where}fault/", {"reason": "x"}).status_code == 403


def test_the_api_gives_all_that_is_needed_to_draw_again(world, audit, auditor, agent, contact, reads):
    incidents(world, 12)
    sample = drawn(audit, auditor)
    where = f"/api/v1/samples/{sample.pk}/"
    listed = reads(agent).get("/api/v1/samples/", {"audit": audit.shown_number}).json()["results"]
    assert [(row["id"], row["audit"], row["size"], row["read"]) for row in listed] == [(sample.pk, audit.shown_number, 8, 0)]
    assert reads(agent).get("/api/v1/samples/?audit=AUD-999999").json()["results"] == []
    told = reads(agent).get(where).json()
    rows = [sampling.Row(*row) for row in told["rows"]]
    assert told["holds"]
    assert sampling.population_digest(rows) == told["digest"]
    items = reads(agent).get(f"{where}items/").json()["results"]
    assert {item["number"] for item in items} == {f"INC-{row:06d}" for row in _numbers(sampling.draw(rows, told["seed"]).keys)}
    assert items[0]["machine"][0]["rule"]
    assert reads(contact).get(where).status_code == reads(contact).get("/api/v1/samples/").status_code == 404


def _numbers(keys):
    return Incident.objects.filter(pk__in=keys).values_list("number", flat=True)


def test_a_guest_reads_the_papers_of_their_audit_and_touches_nothing(world, audit, auditor, reads):
    guest = cast.appointed(cast.person("guest", organisation=cast.customer("Certifier", "cert", kind="supplier")), Role.EXTERNAL_AUDITOR)
    incidents(world, 3)
    sample = drawn(audit, auditor)
    where = f"{sample.get_absolute_url()}paper/1/"
    assert reads(guest).get(where).status_code == 404
    world.kept(audit.members.model, audit=audit, person=guest, role="guest", valid_until=AT.date())
    for page in (sample.get_absolute_url(), where, f"/audits/{audit.shown_number}/samples/"):
        assert reads(guest).get(page).status_code == 200
    shown = reads(guest).get(where).content.decode()
    assert "Only the audit team judges here" in shown
    assert "/incidents/" not in shown.partition("<main")[2]
    assert reads(guest).post(f"{where}confirm/", {}).status_code == 404
    assert reads(guest).get(f"/audits/{audit.shown_number}/samples/new/").status_code == 404


def test_a_paper_of_changes_with_their_plans(world, auditor, reads):
    audit = running(world, auditor, process="change")
    plan = [{"what": "Stop the node", "who": "chen.ke", "minutes": 10}, {"what": "Patch it", "minutes": None}]
    world.change(plan=plan, risk="high", raised_at=AT - 8 * DAY)
    sample = services.draw_paper(audit, by=auditor, kind="begun_changes", area=audit.areas.get(), at=AT)
    shown = reads(auditor).get(f"{sample.get_absolute_url()}paper/1/").content.decode()
    assert "chen.ke · Stop the node · 10\nPatch it" in shown
    assert "T-8.5.1a" in shown
