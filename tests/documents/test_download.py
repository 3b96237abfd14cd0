import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from itsm.documents import access, services
from itsm.documents.models import Visibility
from itsm.links import services as links
from itsm.people.models import Organisation
from tests.links.conftest import purpose

__all__ = ["purpose"]
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def state_dir(settings, tmp_path):
    settings.STATE_DIR = tmp_path


@pytest.fixture
def registered():
    access.register(Organisation, lambda person, record: person.username != "engineer")
    yield
    access.forget(Organisation)


@pytest.fixture
def attachment(customer, agent, registered):
    return services.attach(customer, [SimpleUploadedFile("坏.html", HTML, "text/html")], by=agent)[0]


@pytest.fixture
def internal(customer, agent, registered):
    upload = SimpleUploadedFile("secret.txt", b"internal")
    return services.attach(customer, [upload], by=agent, visibility=Visibility.INTERNAL)[0]


def test_html_is_only_ever_handed_over_never_shown(client, agent, attachment):
    client.force_login(agent)
    response = client.get(attachment.get_absolute_url())
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == HTML
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_who_may_not_see_the_record_finds_nothing(client, engineer, agent, stranger, attachment):
    for person in (engineer, stranger):
        client.force_login(person)
        assert client.get(attachment.get_absolute_url()).status_code == 404
    client.force_login(agent)
    assert client.get(attachment.get_absolute_url()).status_code == 200


def test_nobody_signed_in_is_sent_to_sign_in(client, attachment):
    assert client.get(attachment.get_absolute_url()).status_code == 302


def test_files_of_unregistered_records_are_nobodys(client, agent, attachment):
    access.forget(Organisation)
    client.force_login(agent)
    assert client.get(attachment.get_absolute_url()).status_code == 404


def test_unknown_files_do_not_exist(client, agent):
    client.force_login(agent)
    assert client.get(f"/files/{uuid.uuid4()}/").status_code == 404
    assert client.get("/files/../../etc/passwd/").status_code == 404


def test_a_link_opens_the_public_files_of_its_own_record(
    client, purpose, customer, other_customer, contact, stranger, attachment, internal
):
    link = links.issue(purpose.name, customer, contact)
    response = client.get(f"/l/{link.token}/files/{attachment.pk}/")
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert client.get(f"/l/{link.token}/files/{internal.pk}/").status_code == 404
    other = links.issue(purpose.name, other_customer, stranger)
    assert client.get(f"/l/{other.token}/files/{attachment.pk}/").status_code == 404
    links.revoke(customer, purpose.name)
    assert client.get(f"/l/{link.token}/files/{attachment.pk}/").status_code == 404
