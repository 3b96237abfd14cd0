"""Pages and API of programmes and audits: what they show, to whom, and what their forms do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits import framework, services
from audits.models import Audit, Finding, Programme
from itsm.core.paging import SIZE
from itsm.people.models import Role
from tests import cast
from tests.audits.audit import SAID, come_to, fresh, planned, processes
from tests.audits.conftest import NOW

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"


@pytest.fixture
def audit(auditor, office, now):
    return planned(auditor, "change", "incident", at=NOW)


@pytest.fixture
def programme(auditor, office, now):
    return services.write_programme(by=auditor, year=2026, objectives="See that it works.", at=NOW)


@pytest.fixture
def reads(client):
    """`reads(person)`: their browser."""

    def browser(person):
        client.force_login(person, backend=BACKEND)
        return client

    return browser


PAGES = ["/audits/", "/audits/?view=all&q=2026", "/audits/?view=mine&process=change&clause=8.5.1", "/audits/programmes/",
         "/audits/programmes/new/", "/audits/new/", "/audits/download/", "/search/?q=AUD-000001"]  # fmt: skip
OF_AUDIT = ["", "edit/", "findings/", "checklist/", "agenda/new/", "draft-agenda/", "invite/", "cancel/"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_empty_and_full(reads, auditor, office, now, page, language):
    browser = reads(auditor)
    browser.cookies["django_language"] = language
    assert browser.get(page).status_code == 200
    come_to(planned(auditor, at=NOW), "in_progress", at=NOW)
    services.write_programme(by=auditor, year=2026, objectives="x", at=NOW)
    assert browser.get(page).status_code == 200


@pytest.mark.parametrize("status", ["planned", "prepared", "in_progress", "reported", "follow_up", "closed"])
def test_an_audits_pages_open_in_every_state(reads, audit, auditor, engineer, status):
    audit = come_to(audit, status, at=NOW)
    for person in (auditor, engineer):
        browser = reads(person)
        for page in OF_AUDIT:
            allowed = person == auditor or page in ("", "findings/", "checklist/", "draft-agenda/", "invite/", "cancel/")
            expected = {200} if allowed and (audit.is_open or page not in ("edit/", "agenda/new/")) else {403}
            assert browser.get(f"{audit.get_absolute_url()}{page}").status_code in expected, page


def test_the_programme_is_written_filled_and_approved_on_its_pages(reads, auditor, top_manager, office, now):
    said = {"year": 2026, "objectives": "See that it works.", "risks": "", "owner": auditor.pk, "draft": "on"}
    answer = reads(auditor).post("/audits/programmes/new/", said)
    assert (answer.status_code, answer.url) == (302, "/audits/programmes/2026/")
    page = reads(auditor).get(answer.url).content.decode()
    assert "Every clause and every process is planned" in page
    assert "AUD-" in page
    assert reads(auditor).post(f"{answer.url}approve/").status_code == 403
    assert reads(top_manager).post(f"{answer.url}approve/").status_code == 302
    assert Programme.objects.get().approved_by == top_manager
    assert reads(auditor).post("/audits/programmes/new/", said).status_code == 422
    assert reads(auditor).post(f"{answer.url}revise/", {"reason": ""}).status_code == 422


def test_planning_preparing_and_reporting_on_the_pages(reads, auditor, office, now):
    browser = reads(auditor)
    said = {**SAID, "sort": "internal", "lead": auditor.pk, "processes": ["change"], "clauses": []}
    page = browser.post("/audits/new/", {**said, "starts_on": "2026-03-20", "ends_on": "2026-03-19"})
    assert page.status_code == 422
    url = browser.post("/audits/new/", said).url
    audit = Audit.objects.get()
    area = audit.areas.get()
    assert browser.post(f"{url}prepare/").status_code == 409
    assert browser.post(f"{url}areas/{area.pk}/", {"auditor": auditor.pk}).status_code == 302
    for act in ("draft-agenda", "draft-checklist", "prepare", "start"):
        assert browser.post(f"{url}{act}/").status_code == 302, act
    item = audit.checklist.get()
    assert browser.post(f"{url}checklist/{item.no}/", {"result": "not_conforming", "note": "No form."}).url == f"{url}checklist/#q1"
    assert f"audit={audit.pk}" in browser.get(f"{url}checklist/").content.decode()
    asked = {"area": area.pk, "clause": "8.5.1", "question": "Who tests?"}
    assert browser.post(f"{url}checklist/", asked).url == f"{url}checklist/#q2"
    assert browser.post(f"{url}issue/", {"conclusion": "Fine."}).status_code == 409
    browser.post(f"{url}checklist/2/", {"result": "conforming"})
    assert browser.post(f"{url}issue/", {"conclusion": "Fine."}).status_code == 302
    assert fresh(audit).status == "reported"
    assert browser.get(f"{url}report/en/").content.startswith(b"%PDF")


def test_the_refused_auditor_reads_what_ties_them_and_top_management_may_allow_it(reads, audit, auditor, top_manager):
    owner = cast.staff("techlead", Role.TECH_LEAD, Role.INTERNAL_AUDITOR, name="沈越")
    services.name_owner(processes("change")[0], by=None, owner=owner, first_on=SAID["period_from"], at=NOW)
    area = audit.areas.get(process__code="change")
    url = f"{audit.get_absolute_url()}areas/{area.pk}/"
    page = reads(auditor).get(url).content.decode()
    assert "owned Change management" in page
    answer = reads(auditor).post(url, {"auditor": owner.pk})
    assert answer.status_code == 422
    assert "Nobody audits their own work" in answer.content.decode()
    said = {"person": owner.pk, "reviewer": auditor.pk, "reason": "Nobody else knows it."}
    assert reads(auditor).post(f"{url}override/", said).status_code == 403
    assert reads(top_manager).post(f"{url}override/", said).status_code == 302
    assert "second reviewer" in reads(auditor).get(audit.get_absolute_url()).content.decode()


def test_a_finding_is_raised_from_a_running_audit(reads, audit, auditor, auditee):
    audit = come_to(audit, "in_progress", at=NOW)
    page = reads(auditor).get(f"/findings/new/?audit={audit.pk}&clause=8.5.1").content.decode()
    assert f'<option value="{audit.pk}" selected>' in page
    said = {"requirement": "x", "evidence": "y", "gap": "z", "clause": "8.5.1", "source": "audit", "grade": "minor", "grade_why": "One.",
            "auditee": auditee.pk, "audit": audit.pk}  # fmt: skip
    assert reads(auditor).post("/findings/new/", said).status_code == 302
    assert Finding.objects.get().audit == audit
    assert Finding.objects.get().shown_number in reads(auditor).get(audit.get_absolute_url()).content.decode()


def test_the_list_asks_the_same_queries_however_much_there_is(reads, auditor, office, now):
    browser = reads(auditor)
    planned(auditor, at=NOW)

    def queries(page):
        browser.get(page)
        with CaptureQueriesContext(connection) as found:
            assert browser.get(page).status_code == 200
        return len(found)

    few = [queries(page) for page in ("/audits/", "/api/v1/audits/")]
    for no in range(SIZE):
        planned(auditor, at=NOW, title=f"Audit {no}")
    assert [queries(page) for page in ("/audits/", "/api/v1/audits/")] <= few
    assert 'rel="next"' in browser.get("/audits/").content.decode() or "after=" in browser.get("/audits/").content.decode()


def test_an_audits_page_asks_the_same_queries_however_much_it_covers(reads, auditor, office, now):
    browser, counts = reads(auditor), []
    for codes in (("change", "incident"), tuple(framework.processes())):
        audit = come_to(planned(auditor, *codes, at=NOW), "prepared", at=NOW)
        for page in ("", "checklist/"):
            browser.get(f"{audit.get_absolute_url()}{page}")
            with CaptureQueriesContext(connection) as found:
                assert browser.get(f"{audit.get_absolute_url()}{page}").status_code == 200
            counts.append(len(found))
    assert counts[2] <= counts[0]
    assert counts[3] <= counts[1]


def test_the_api_tells_the_same(reads, audit, programme, auditor, contact):
    audit = come_to(audit, "reported", at=NOW)
    browser = reads(auditor)
    told = browser.get(f"/api/v1/audits/{audit.shown_number}/").json()
    assert (told["status"], told["report_sha256"], len(told["areas"])) == ("reported", audit.issued.sha256, 2)
    assert [row["sort"] for row in browser.get(f"/api/v1/audits/{audit.shown_number}/agenda/").json()] == [
        "opening", "area", "area", "closing"
    ]  # fmt: skip
    assert {row["result"] for row in browser.get(f"/api/v1/audits/{audit.shown_number}/checklist/").json()} == {"conforming"}
    assert [row["year"] for row in browser.get("/api/v1/audit-programmes/").json()] == [2026]
    covered = browser.get("/api/v1/audit-programmes/2026/coverage/").json()
    assert covered["processes"][0]["needed"] in (1, 2)
    assert browser.get("/api/v1/audit-programmes/2027/").status_code == 404
    assert reads(contact).get("/api/v1/audits/").status_code == 404
