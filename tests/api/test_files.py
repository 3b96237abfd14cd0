"""Files and corrections through the API, as on the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.authtoken.models import Token

from itsm.documents.models import Attachment
from itsm.documents.services import MOST

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(client, agent):
    """`post(path, data, …)` with the agent's token."""
    token = Token.objects.create(user=agent).key
    return lambda path, data, **how: client.post(f"/api/v1/{path}", data, headers={"Authorization": f"Token {token}"}, **how)


def file(name="server.log", content=b"all is well"):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(("verb", "visibility"), [("reply", "public"), ("note", "internal")])
def test_a_message_carries_files(post, incident, verb, visibility):
    answer = post(f"incidents/{incident}/{verb}/", {"body": "See the log.", "uploads": [file(), file("b.txt")]})
    assert answer.status_code == 200
    assert {(a.name, a.visibility, a.record.body) for a in Attachment.objects.all()} == {
        ("server.log", visibility, "See the log."),
        ("b.txt", visibility, "See the log."),
    }


def test_an_incident_is_logged_with_files(post, customer, requester, service, ready):
    chosen = {"customer": customer.code, "contact": requester.username, "service": service.code}
    answer = post("incidents/", {**chosen, "title": "t", "description": "d", "impact": 2, "urgency": 2, "uploads": [file()]})
    assert answer.status_code == 201
    assert Attachment.objects.get().record.shown_number == answer.json()["number"]


def test_files_that_cannot_be_kept_are_malformed_and_nothing_is_said(post, incident):
    for uploads in ([file(content=b"")], [file() for _ in range(MOST + 1)]):
        assert post(f"incidents/{incident}/reply/", {"body": "x", "uploads": uploads}).status_code == 400
    assert not incident.messages.exists()


def test_an_incident_is_corrected(post, incident, requester, representative, stranger):
    path, how = f"incidents/{incident}/edit/", {"content_type": "application/json"}
    assert post(path, {"title": "Printer"}, **how).json()["title"] == "Printer"
    changed = post(path, {"contact": representative.username}, **how).json()
    assert (changed["title"], changed["contact"]) == ("Printer", representative.username)
    assert post(path, {"contact": stranger.username}, **how).json()["code"] == "contact"
    for nonsense in ({"title": ""}, {"title": "\0"}, {"contact": "nobody"}):
        assert post(path, nonsense, **how).status_code == 400
