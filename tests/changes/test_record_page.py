"""The page of one change: its stages, its verbs with their sentences, its parts, and what people say."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from changes import services
from changes.models import Change, Status
from changes.stepper import stages
from changes.timeline import steps_taken, timeline
from itsm.core.errors import Refused
from tests.changes.conftest import NOW
from tests.changes.plans import seat

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"


@pytest.fixture
def desk(client, asker):
    """The browser of who asks for changes."""
    client.force_login(asker, backend=BACKEND)
    return client


def labels(change):
    return [(str(stage["label"]), stage["kind"]) for stage in stages(change, steps_taken(change))]


def test_the_page_shows_the_change_in_every_state(desk, draft, submitted, asker):
    for change in (draft(), submitted("low"), services.cancel(draft(), by=asker, reason="Not needed.", at=NOW)):
        answer = desk.get(change.get_absolute_url())
        assert answer.status_code == 200
        assert change.title in answer.content.decode()


def test_the_stages_are_those_it_passed_and_those_to_come(draft, submitted, tester, asker):
    assert [kind for _label, kind in labels(draft())] == ["now", *["next"] * 8]
    rejected = submitted("low", category="core_function")
    services.decide(seat(rejected, "tester"), by=tester, choice="reject", words="Old tests.", at=NOW)
    rejected.refresh_from_db()
    assert labels(rejected)[-2:] == [("Awaiting approval", "past"), ("Rejected", "stop")]
    cancelled = services.cancel(draft(), by=asker, reason="Not needed.", at=NOW)
    assert labels(cancelled) == [("Draft", "past"), ("Cancelled", "stop")]


def test_a_refused_verb_says_why(desk, assessed):
    sentence = "Write down how to get back if it fails."
    assert sentence not in desk.get(assessed().get_absolute_url()).content.decode()
    assert sentence in desk.get(assessed(back_out_plan="").get_absolute_url()).content.decode()


def test_a_remark_is_kept_with_its_files(desk, draft):
    change = draft()
    upload = SimpleUploadedFile("plan.txt", b"step by step")
    assert desk.post(f"{change.get_absolute_url()}say/", {"words": "Look at this.", "uploads": upload}).status_code == 302
    said = change.remarks.get()
    entry = next(entry for entry in timeline(change) if entry.kind == "remark")
    assert (said.words, [file.name for file in entry.files]) == ("Look at this.", ["plan.txt"])
    assert desk.get(entry.files[0].get_absolute_url()).status_code == 200


def test_an_empty_remark_is_answered_with_a_sentence(desk, draft):
    change = draft()
    answer = desk.post(f"{change.get_absolute_url()}say/", {"words": " "})
    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()
    with pytest.raises(Refused):
        services.remark(change, by=change.requester, words=" ")
    assert not change.remarks.exists()


def test_a_question_is_answered_once_and_who_asked_is_told(desk, submitted, draft, ops_lead, asker):
    change = submitted("low")
    question = services.decide(seat(change, "ops_lead"), by=ops_lead, choice="ask", words="Which node first?", at=NOW)
    with pytest.raises(Refused):
        services.remark(draft(), by=asker, words="Node 1.", answers=question)
    assert "Which node first?" in desk.get(change.get_absolute_url()).content.decode()
    assert desk.post(f"{change.get_absolute_url()}say/", {"words": "Node 1.", "answers": question.pk}).status_code == 302
    assert change.remarks.get().answers == question
    assert ops_lead.notices.filter(kind="changes.answered").exists()
    assert desk.post(f"{change.get_absolute_url()}say/", {"words": "Again.", "answers": question.pk}).status_code == 422


def test_an_edit_names_its_fields(draft, asker):
    change = services.edit(draft(), by=asker, at=NOW, title="Patch them all", back_out_plan="None.")
    assert "Edited in substance: title, back-out plan" in [entry.text for entry in timeline(change)]


def test_the_page_takes_the_same_queries_with_few_and_many_entries(desk, submitted, asker):
    change = submitted("low")

    def queries():
        desk.get(change.get_absolute_url())
        with CaptureQueriesContext(connection) as found:
            assert desk.get(change.get_absolute_url()).status_code == 200
        return len(found)

    services.remark(change, by=asker, words="One.", at=NOW)
    few = queries()
    for number in range(30):
        services.remark(change, by=asker, words=f"And {number}.", at=NOW)
        services.edit(change, by=asker, title=f"Title {number}", at=NOW)
    assert queries() == few


def test_no_contact_sees_it(client, submitted, contact, representative):
    change = submitted("low")
    for person in (contact, representative):
        client.force_login(person, backend=BACKEND)
        assert client.get(change.get_absolute_url()).status_code == 404
        assert client.post(f"{change.get_absolute_url()}say/", {"words": "x"}).status_code == 404
    assert Change.objects.get(pk=change.pk).status == Status.AWAITING


def test_a_window_of_one_day_names_the_day_once(desk, draft):
    page = desk.get(draft(starts_at=NOW.replace(day=9, hour=2), ends_at=NOW.replace(day=9, hour=4)).get_absolute_url()).content.decode()
    assert "12:00</time>" in page.replace(" Mar 12:00", "")
