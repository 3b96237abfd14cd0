"""What auditors were trained in: recorded by those who answer for it, kept, taken back with a reason, shown where auditors are chosen."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from audits import report_facts, services
from audits.models import AuditorTraining, AuditReport
from itsm.core.errors import NotAllowed, Refused
from tests.audits import audit as made
from tests.audits.conftest import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "office")]
BACKEND = "itsm.people.backends.SignInBackend"
COURSE = {"course": "Internal auditor", "completed_on": date(2026, 1, 15)}


@pytest.fixture
def trained(service_manager, auditor):
    return services.record_training(by=service_manager, person=auditor, at=NOW, **COURSE)


def test_only_who_answers_for_it_records_a_training(auditor, engineer):
    for by in (auditor, engineer):
        with pytest.raises(NotAllowed):
            services.record_training(by=by, person=auditor, at=NOW, **COURSE)


@pytest.mark.parametrize(
    "fields", [{"completed_on": TODAY + timedelta(days=1)}, {"expires_on": date(2026, 1, 14)}], ids=["not yet", "ends before it began"]
)
def test_what_can_not_be_is_refused(service_manager, auditor, fields):
    with pytest.raises(Refused):
        services.record_training(by=service_manager, person=auditor, at=NOW, **{**COURSE, **fields})


def test_a_customer_is_not_trained_here(service_manager, contact):
    with pytest.raises(Refused):
        services.record_training(by=service_manager, person=contact, at=NOW, **COURSE)


def test_it_stays_as_recorded_and_is_taken_back_with_a_reason_once(trained, service_manager):
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditorTraining.objects.update(course="Another")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditorTraining.objects.all().delete()
    with pytest.raises(Refused):
        services.withdraw_training(trained, by=service_manager, reason=" ", at=NOW)
    services.withdraw_training(trained, by=service_manager, reason="Somebody else's.", at=NOW)
    with pytest.raises(Refused):
        services.withdraw_training(trained, by=service_manager, reason="Again.", at=NOW)
    assert not AuditorTraining.objects.valid(TODAY).exists()


def test_what_has_expired_does_not_count(service_manager, auditor):
    services.record_training(by=service_manager, person=auditor, at=NOW, **COURSE, expires_on=date(2026, 2, 1))
    assert not AuditorTraining.objects.valid(TODAY).exists()


def test_it_is_recorded_on_its_page_with_a_certificate(client, service_manager, auditor):
    client.force_login(service_manager, backend=BACKEND)
    paper = SimpleUploadedFile("certificate.pdf", b"%PDF-1.7 certificate", "application/pdf")
    said = {"person": auditor.pk, "course": "Internal auditor", "completed_on": "2026-01-15", "uploads": paper, "request_key": "k1"}
    assert client.post("/audits/auditors/", said).status_code == 302
    page = client.get("/audits/auditors/").content.decode()
    assert "Internal auditor" in page
    assert "certificate.pdf" in page
    training = AuditorTraining.objects.get()
    assert client.post(f"/audits/auditors/{training.pk}/withdraw/", {"reason": "", "request_key": "k2"}).status_code == 422
    assert client.post(f"/audits/auditors/{training.pk}/withdraw/", {"reason": "Wrong.", "request_key": "k3"}).status_code == 302
    assert "certificate.pdf" not in client.get("/audits/auditors/").content.decode()


def test_staff_read_it_and_nobody_else(client, engineer, contact):
    client.force_login(engineer, backend=BACKEND)
    assert client.get("/audits/auditors/").status_code == 200
    assert client.post("/audits/auditors/", {}).status_code == 403
    client.force_login(contact, backend=BACKEND)
    assert client.get("/audits/auditors/").status_code == 404


def test_who_is_not_trained_is_marked_and_the_report_says_who_was(client, auditor, service_manager):
    audit = made.planned(auditor, "change", at=NOW)
    place = f"{audit.get_absolute_url()}areas/{audit.areas.get().pk}/"
    client.force_login(auditor, backend=BACKEND)
    assert "No training recorded" in client.get(place).content.decode()
    services.record_training(by=service_manager, person=auditor, at=NOW, **COURSE, provider="A house")
    assert "No training recorded" not in client.get(place).content.decode()
    audit = made.come_to(audit, "reported", at=NOW)
    assert report_facts._training(audit) == [[auditor.display, "Internal auditor", "A house", "2026-01-15"]]
    assert AuditReport.objects.get(audit=audit).facts["training"] == report_facts._training(audit)
