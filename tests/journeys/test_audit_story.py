"""Requirement 83: the tech lead who owns change management and worked on changes is refused as its auditor; an outsider reads along."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from audits import independence, services
from audits.models import Audit, Programme
from changes.models import Change
from itsm.calendars import services as calendars
from itsm.core import clock
from itsm.people.models import Person, Role
from tests import cast
from tests.audits.audit import processes

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


class Teller:
    """Somebody with a browser of their own."""

    def __init__(self, person):
        self.browser = Client()
        self.browser.force_login(person, backend="itsm.people.backends.SignInBackend")

    def reads(self, path, status=200):
        response = self.browser.get(path)
        assert response.status_code == status, (path, response.status_code)
        return unescape(response.content.decode()) if response["Content-Type"].startswith("text/html") else response.content

    def sends(self, path, status=302, page=None, **fields):
        shown = self.browser.get(page or path).content.decode()
        hidden = dict(re.findall(r'<input type="hidden" name="(request_key)" value="([^"]*)"', shown))
        response = self.browser.post(path, {**hidden, **fields})
        assert response.status_code == status, (path, response.status_code, response.content[:2000])
        return response.url if status == 302 else unescape(response.content.decode())


@pytest.fixture
def told(own_company):
    calendars.ensure_defaults(at=datetime(2025, 1, 1, tzinfo=UTC))
    with clock.at(NOW):
        yield NOW


@pytest.fixture
def tech_lead(own_company):
    """He owns change management and carried out the changes; he is a trained auditor, too."""
    lead = cast.staff("techlead", Role.TECH_LEAD, Role.INTERNAL_AUDITOR, name="沈越", language="zh-hans")
    for no in range(3):
        said = {"title": f"Change {no}", "reason": "x", "kind": "normal", "category": "other"}
        Change.objects.create(requester=lead, implementer=lead, raised_at=NOW - timedelta(days=20), **said)
    services.name_owner(processes("change")[0], by=None, owner=lead, first_on=date(2026, 1, 1), at=NOW)
    return lead


def said_of(person):
    """What ties somebody to change management, in the words of a Chinese reader."""
    with translation.override("zh-hans"):
        found = independence.process_ties([person], ["change"], date(2025, 9, 1), NOW.date())[person.pk]
        assert {tie.kind for tie in found} == {"owner", "requester", "implementer"}
        return [str(tie.words) for tie in found]


def test_nobody_audits_their_own_work(told, tech_lead, auditor, top_manager):
    manager, lead, top = Teller(auditor), Teller(tech_lead), Teller(top_manager)

    year = manager.sends("/audits/programmes/new/", year=2026, objectives="Does it work?", owner=auditor.pk, draft="on")
    assert "Every clause and every process is planned" in manager.reads(year)
    first = Programme.objects.get().audits.order_by("starts_on").first()
    assert first.areas.standing().get(process__code="change").auditor == auditor
    top.sends(f"{year}approve/")

    first.refresh_from_db()
    services.edit_audit(first, by=first.lead, lead=tech_lead)
    area = first.areas.standing().get(process__code="change")
    place = f"{first.get_absolute_url()}areas/{area.pk}/"
    assert all(words in lead.reads(place) for words in said_of(tech_lead))
    refused = lead.sends(place, status=422, auditor=tech_lead.pk)
    for words in ("沈越", "变更管理", *said_of(tech_lead)):
        assert words in refused
    assert first.areas.standing().get(process__code="change").auditor == auditor
    assert lead.browser.get(f"{place}override/").status_code == 403

    url = first.get_absolute_url()
    for act in ("draft-agenda", "draft-checklist", "prepare", "start"):
        lead.sends(f"{url}{act}/")
    who = {"name": "Wei Lan", "email": "wei@certifier.example", "organisation": "Certifier"}
    guest_url = lead.sends(f"{url}invite/", valid_until="2026-12-31", **who)
    guest = Teller(Person.objects.get(email="wei@certifier.example"))
    assert first.title in guest.reads(guest_url)
    guest.reads("/incidents/", status=404)
    guest.reads(f"{url}edit/", status=404)

    said = {"requirement": "Risk is assessed.", "evidence": "CHG-000001", "gap": "It was not.", "clause": "8.5.1", "process": "change",
            "source": "audit", "grade": "major", "grade_why": "None has one.", "auditee": tech_lead.pk, "audit": first.pk}  # fmt: skip
    manager.sends("/findings/new/", **said)
    assert "Risk is assessed." in guest.reads(f"{url}findings/")
    for item in first.checklist.all():
        services.answer_question(item, by=auditor, result="conforming", note="Read.")
    lead.sends(f"{url}issue/", conclusion="One major nonconformity.")
    assert guest.reads(f"{url}report/en/").startswith(b"%PDF")
    lead.sends(f"{url}follow-up/")
    lead.sends(f"{url}close/", status=409, page=url)
    assert Audit.objects.get(pk=first.pk).status == "follow_up"
