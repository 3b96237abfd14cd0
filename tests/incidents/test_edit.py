"""Correcting what was written down, and what becomes of the question when the contact is another one."""

from datetime import timedelta

import pytest

from incidents import services
from incidents.models import Incident
from itsm.core.errors import NotAllowed, Refused
from itsm.links import services as links
from itsm.links.models import LinkState
from itsm.notices.models import Notice

pytestmark = pytest.mark.django_db


def rewritten(incident, **changes):
    return {"title": incident.title, "description": incident.description, "contact": incident.contact, **changes}


def test_the_words_are_found_again_after_a_correction(incident, agent, auditor):
    with pytest.raises(NotAllowed):
        services.edit(incident, by=auditor, **rewritten(incident, title="Printer"))
    services.edit(incident, by=agent, **rewritten(incident, title="Printer"))
    assert Incident.objects.get(search_text__words="printer") == incident


def test_another_customers_person_never_becomes_the_contact(incident, log, agent, stranger, representative):
    for act in (lambda: services.edit(incident, by=agent, **rewritten(incident, contact=stranger)), lambda: log(contact=stranger)):
        with pytest.raises(Refused, match="does not belong"):
            act()
    assert services.edit(incident, by=agent, **rewritten(incident, contact=representative)).contact == representative


def test_a_closed_incident_stays_as_it_was_confirmed(stand, agent):
    closed = stand("closed")
    with pytest.raises(Refused, match="closed"):
        services.edit(closed, by=agent, **rewritten(closed, title="another"))


def test_another_contact_is_asked_and_the_former_links_end(resolved, agent, requester, representative, at):
    confirm, answer = (links.issue(purpose, resolved, requester, at=at) for purpose in ("confirm", "answer"))
    later = at + timedelta(hours=1)
    services.edit(resolved, by=agent, at=later, **rewritten(resolved, contact=representative))
    for link in (confirm, answer):
        link.refresh_from_db()
        assert link.state(later) == LinkState.REVOKED
    assert Notice.objects.filter(person=representative, kind="incidents.confirm").count() == 1
    resolved.refresh_from_db()
    assert (resolved.ask_stage, resolved.call_since) == (0, None)


def test_the_open_question_goes_to_the_new_contact(accepted, ready, agent, representative, at):
    waiting = services.wait(accepted, by=ready, reason="waiting_customer_info", body="Which browser?", at=at + timedelta(minutes=2))
    services.edit(waiting, by=agent, at=at + timedelta(minutes=3), **rewritten(waiting, contact=representative))
    told = Notice.objects.get(person=representative, kind="incidents.question")
    assert waiting.messages.get(pk=told.params["message"]).body == "Which browser?"
