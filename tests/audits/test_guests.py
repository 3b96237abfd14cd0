"""Auditors from outside: one audit, until a day, and nothing else (requirement 82)."""

from datetime import date, timedelta

import pytest

from audits import services
from audits.models import Audit
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.notices.models import Notice
from itsm.people import services as people
from itsm.people.models import Person, Role
from tests.architecture.test_closed_by_default import ADDRESSES, DEMO_DOORS, OPEN_TO_ANYBODY
from tests.audits.audit import come_to, planned
from tests.audits.conftest import DAY, NOW, TODAY

pytestmark = pytest.mark.django_db
UNTIL = TODAY + timedelta(days=10)
WHO = {"name": "Wei Lan", "email": "wei@certifier.example", "organisation": "Certifier"}
ALWAYS_OPEN = ("/accounts/", "/portal/", "/api/v1/people/me/", "/api/v1/agreements/")
"""What everybody with an account has: the own entry, and pages that show nothing of ours."""


@pytest.fixture
def audit(auditor, office, now):
    return planned(auditor, "change", "incident", at=NOW)


@pytest.fixture
def guest(audit, auditor):
    services.invite(audit, by=auditor, valid_until=UNTIL, at=NOW, **WHO)
    return Person.objects.get(email=WHO["email"])


def test_a_guest_is_entered_appointed_and_told(audit, guest):
    assert (guest.is_internal, guest.is_contact) == (False, False)
    (held,) = guest.appointments.all()
    assert (held.role, held.last_on) == (Role.EXTERNAL_AUDITOR, UNTIL)
    assert set(Notice.objects.filter(person=guest).values_list("kind", flat=True)) == {"audits.invited", "accounts.invitation"}
    assert audit.members.standing().get(person=guest).valid_until == UNTIL


def test_inviting_again_moves_the_day(audit, auditor, guest):
    services.invite(audit, by=auditor, guest=guest, valid_until=UNTIL + DAY, at=NOW)
    assert audit.members.standing().filter(person=guest).count() == 1
    assert guest.appointments.get().last_on == UNTIL + DAY


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"email": ""}, {"organisation": ""}, {"valid_until": date(2026, 3, 3)}, {"email": "auditor@example.com"}]
)
def test_an_invitation_that_does_not_fit_is_refused(audit, auditor, fields):
    with pytest.raises(Refused):
        services.invite(audit, by=auditor, at=NOW, **{**WHO, "valid_until": UNTIL, **fields})


def test_neither_our_own_people_nor_a_customers_are_guests(audit, auditor, engineer, contact):
    for person in (engineer, contact):
        with pytest.raises(Refused, match="no auditor from outside"):
            services.invite(audit, by=auditor, guest=person, valid_until=UNTIL, at=NOW)


def test_only_lead_and_service_manager_invite(audit, engineer):
    with pytest.raises(NotAllowed):
        services.invite(audit, by=engineer, valid_until=UNTIL, at=NOW, **WHO)


def test_our_own_people_are_no_external_auditors(engineer):
    with pytest.raises(Refused, match="another organisation"):
        people.appoint(engineer, Role.EXTERNAL_AUDITOR, by=None, at=NOW)


def test_a_guest_sees_their_audit_until_the_day_and_no_other(audit, auditor, guest):
    other = planned(auditor, "release", at=NOW)
    assert list(Audit.objects.visible_to(guest)) == [audit]
    with clock.at(NOW + timedelta(days=11)):
        assert not Audit.objects.visible_to(guest).exists()
    services.see_off(audit.members.standing().get(person=guest), by=auditor, at=NOW)
    assert not Audit.objects.visible_to(guest).exists()
    assert other in Audit.objects.visible_to(auditor)


def test_every_other_page_and_route_does_not_exist_for_a_guest(client, audit, guest, auditor):
    come_to(audit, "reported", at=NOW)
    client.force_login(guest, backend="itsm.people.backends.SignInBackend")
    own = audit.get_absolute_url()
    leaks = {}
    for address in sorted(set(ADDRESSES)):
        if address in OPEN_TO_ANYBODY or address in DEMO_DOORS or address.startswith(ALWAYS_OPEN):
            continue
        for method in (client.get, client.post):
            status = method(address).status_code
            may = method == client.get and (address in ("/", "/audits/") or address.startswith(own))
            if status not in ((200, 302, 404, 405) if may else (404, 405)):
                leaks[method.__name__, address] = status
    assert leaks == {}
    assert client.get("/").url == "/audits/"
    for page in ("", "checklist/", "findings/", "report/", "report/en/", "report/zh-hans/"):
        assert client.get(f"{own}{page}").status_code == 200, page


def test_signing_in_leads_a_guest_to_the_audits(client, guest, audit):
    guest.set_password("correct-horse-battery")
    guest.save()
    answer = client.post("/accounts/login/", {"login": guest.username, "password": "correct-horse-battery"})
    assert (answer.status_code, answer.url) == (302, "/audits/")
