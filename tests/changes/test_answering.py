"""What a change answers: an emergency names an incident, and the incident's page lists the change."""

import pytest

from changes import answering, services
from changes.models import Answered
from changes.timeline import timeline
from itsm.core.errors import NotAllowed, Refused
from tests.changes.conftest import NOW
from tests.incidents.conftest import at, log, ready, service, stand

__all__ = ["at", "log", "ready", "service", "stand"]
pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"


@pytest.fixture
def incident(log):
    """An incident that a change may answer."""
    return log(title="网银打不开")


@pytest.fixture
def desk(client, asker):
    """The browser of who asks for changes."""
    client.force_login(asker, backend=BACKEND)
    return client


def test_it_names_an_incident_and_the_incident_lists_it(desk, draft, incident):
    change = draft()
    answer = desk.post(f"{change.get_absolute_url()}answer/", {"number": incident.shown_number.lower()})
    assert answer.status_code == 302
    assert incident.title in desk.get(change.get_absolute_url()).content.decode()
    assert change.shown_number in desk.get(incident.get_absolute_url()).content.decode()
    assert list(answering.changes_answering(incident)) == [change]
    assert "Edited: what it answers" in [entry.text for entry in timeline(change)]


def test_naming_does_not_void_what_was_decided(submitted, asker, incident):
    change = submitted("high")
    before = change.fingerprint()
    change = services.answer(change, by=asker, number=incident.shown_number, at=NOW)
    assert (change.status, change.fingerprint()) == ("awaiting", before)


@pytest.mark.parametrize("typed", ["INC-999999", "x", "", "9" * 5000, "²", "\0"])
def test_a_number_that_is_none_is_refused(desk, draft, asker, incident, typed):
    change = draft()
    with pytest.raises(Refused):
        services.answer(change, by=asker, number=typed, at=NOW)
    assert desk.post(f"{change.get_absolute_url()}answer/", {"number": typed}).status_code in (409, 422)
    assert not Answered.objects.exists()


def test_it_is_named_once(draft, asker, incident):
    change = services.answer(draft(), by=asker, number=incident.shown_number, at=NOW)
    with pytest.raises(Refused):
        services.answer(change, by=asker, number=incident.shown_number, at=NOW)


def test_a_draft_takes_it_back_and_may_name_it_anew(desk, draft, asker, incident):
    change = services.answer(draft(), by=asker, number=incident.shown_number, at=NOW)
    assert desk.post(f"{change.get_absolute_url()}unanswer/", {"answered": change.answered.get().pk}).status_code == 302
    assert not change.answered.standing().exists()
    services.answer(change, by=asker, number=incident.shown_number, at=NOW)
    assert change.answered.standing().count() == 1
    assert change.answered.count() == 2


def test_once_submitted_it_stays(submitted, assessed, asker, incident):
    change = services.answer(assessed(), by=asker, number=incident.shown_number, at=NOW)
    services.submit(change, by=asker, at=NOW)
    with pytest.raises(Refused):
        services.unanswer(change, by=asker, answered=change.answered.get(), at=NOW)


def test_only_who_works_on_it_names_what_it_answers(draft, agent, doer, incident):
    change = draft()
    with pytest.raises(NotAllowed):
        services.answer(change, by=agent, number=incident.shown_number, at=NOW)
    services.answer(change, by=doer, number=incident.shown_number, at=NOW)


def test_an_emergency_is_not_submitted_before_it_names_an_incident(company, assessed, asker, incident):
    change = assessed(kind="emergency")
    Answered.objects.update(withdrawn_at=NOW)
    with pytest.raises(Refused) as refusal:
        services.submit(change, by=asker, at=NOW)
    assert refusal.value.code == "answers_nothing"
    services.answer(change, by=asker, number=incident.shown_number, at=NOW)
    assert services.submit(change, by=asker, at=NOW).status == "awaiting"


def test_what_was_named_of_another_change_is_not_taken_back_here(desk, draft, asker, incident):
    other = services.answer(draft(), by=asker, number=incident.shown_number, at=NOW)
    assert desk.post(f"{draft().get_absolute_url()}unanswer/", {"answered": other.answered.get().pk}).status_code == 422
    assert other.answered.standing().exists()
