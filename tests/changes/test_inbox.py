"""The approval inbox: everything that waits for somebody, read and decided in place."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from changes import services
from changes.models import Decision, Status
from changes.panels.deciding import decisions
from itsm.people.services import duty
from tests import cast
from tests.changes.conftest import NOW
from tests.changes.plans import seat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
INBOX = "/changes/inbox/"


def opened(client, asked, **headers):
    return client.get(f"{INBOX}{asked.pk}/", headers=headers)


def hidden(response):
    """The hidden fields of the approving form."""
    form = response.content.decode().split('class="c-approve"')[1]
    return dict(re.findall(r'<input type="hidden" name="(read|request_key|back)" value="([^"]*)"', form))


def say(client, asked, choice, words="", htmx=False, **more):
    fields = {**hidden(opened(client, asked)), "choice": choice, "words": words, **more}
    return client.post(f"{INBOX}{asked.pk}/", fields, headers={"HX-Request": "true"} if htmx else {})


def waits(person):
    return [found.change for found in services.waiting_for(person, NOW)]


def test_it_waits_for_the_holder_alone(submitted, ops_lead, tech_lead, asker, client):
    change = submitted("low")
    assert waits(ops_lead) == [change]
    assert waits(tech_lead) == waits(asker) == []
    client.force_login(ops_lead)
    page = client.get(INBOX).content.decode()
    assert change.title in page
    assert "need action" in page
    client.force_login(tech_lead)
    assert change.title not in client.get(INBOX).content.decode()


def test_the_most_urgent_stands_first(submitted, ops_lead):
    slow = submitted("low", category="core_function", title="Slow")
    soon = submitted("low", title="Soon")
    assert waits(ops_lead) == [soon, slow]


def test_it_waits_for_the_deputy_of_who_is_absent_and_for_the_delegate(submitted, ops_lead, engineer, other_engineer):
    change = submitted("low")
    ops_lead.appointments.update(deputy=engineer)
    assert waits(engineer) == []
    duty.take_leave(ops_lead, by=ops_lead, first_on=NOW.date(), last_on=NOW.date())
    assert waits(engineer) == [change]
    assert waits(ops_lead) == []
    services.delegate(by=ops_lead, receiver=other_engineer, role="ops_lead", first_on=NOW.date(), last_on=NOW.date(), reason="Away", at=NOW)
    assert waits(other_engineer) == [change]


def test_what_nobody_of_the_role_can_decide_waits_for_the_next_level(submitted, ops_lead, top_manager):
    change = submitted("low", by=ops_lead)
    assert waits(ops_lead) == []
    (found,) = services.waiting_for(top_manager, NOW)
    assert (found.change, found.decider.next_level) == (change, True)


def test_two_clicks_open_and_approve(submitted, ops_lead, client):
    change = submitted("low")
    client.force_login(ops_lead)
    asked = seat(change, "ops_lead")
    page = opened(client, asked).content.decode()
    for said in (change.title, change.back_out_plan, change.test_evidence, "Patch node 2", "Low risk"):
        assert said in page
    assert say(client, asked, "approve").url == INBOX
    change.refresh_from_db()
    assert change.status in (Status.APPROVED, Status.SCHEDULED)
    assert Decision.objects.get().person == ops_lead
    assert waits(ops_lead) == []


def test_in_place_the_row_says_what_was_done(submitted, ops_lead, client):
    client.force_login(ops_lead)
    asked = seat(submitted("low"), "ops_lead")
    row = opened(client, asked, **{"HX-Request": "true"}).content.decode()
    assert row.lstrip().startswith("<li")
    assert "data-done" in say(client, asked, "approve", htmx=True).content.decode()


@pytest.mark.parametrize("choice", ["reject", "ask"])
def test_rejecting_and_asking_need_words(submitted, ops_lead, client, choice):
    client.force_login(ops_lead)
    asked = seat(submitted("low"), "ops_lead")
    refused = say(client, asked, choice, " ")
    assert refused.status_code == 422
    assert "aria-invalid" in refused.content.decode()
    assert not Decision.objects.exists()
    assert say(client, asked, choice, "Why on a Friday?").status_code == 302
    assert Decision.objects.get().words == "Why on a Friday?"


def test_abstaining_needs_no_words_and_asks_the_next(submitted, ops_lead, top_manager, client):
    client.force_login(ops_lead)
    change = submitted("low")
    assert say(client, seat(change, "ops_lead"), "abstain").status_code == 302
    assert waits(ops_lead) == []
    assert waits(top_manager) == [change]
    assert top_manager.notices.filter(kind="changes.decide").count() == 1


def test_a_double_click_decides_once(submitted, ops_lead, client):
    client.force_login(ops_lead)
    asked = seat(submitted("low"), "ops_lead")
    fields = {**hidden(opened(client, asked)), "choice": "approve"}
    assert [client.post(f"{INBOX}{asked.pk}/", fields).status_code for _ in range(2)] == [302, 302]
    assert Decision.objects.count() == 1


def test_what_was_edited_meanwhile_is_shown_anew_with_the_sentence(submitted, asker, ops_lead, client):
    change = submitted("low")
    client.force_login(ops_lead)
    asked = seat(change, "ops_lead")
    fields = {**hidden(opened(client, asked)), "choice": "approve"}
    services.edit(change, by=asker, at=NOW, back_out_plan="Another way back.")
    gone = client.post(f"{INBOX}{asked.pk}/", fields)
    assert gone.status_code == 409
    assert "was edited since you opened it" in gone.content.decode()
    services.submit(change, by=asker, at=NOW)
    anew = client.post(f"{INBOX}{asked.pk}/", {**fields, "request_key": "another"})
    assert anew.status_code == 409
    assert "Another way back." in anew.content.decode()
    assert "was edited since you opened it" in anew.content.decode()
    assert not Decision.objects.exists()
    assert say(client, seat(change, "ops_lead"), "approve").status_code == 302


def test_a_made_up_fingerprint_decides_nothing(submitted, ops_lead, client):
    client.force_login(ops_lead)
    asked = seat(submitted("low"), "ops_lead")
    assert say(client, asked, "approve", read="0" * 64).status_code == 409
    assert say(client, asked, "approve", read="").status_code == 422
    assert not Decision.objects.exists()


def test_who_may_not_decide_reads_why_and_gets_no_buttons(submitted, asker, ops_lead, stranger, client):
    asked = seat(submitted("low"), "ops_lead")
    client.force_login(asker)
    page = opened(client, asked).content.decode()
    assert "c-approve" not in page
    assert "Nobody decides about their own work" in page
    fields = {"read": asked.stage.round.fingerprint, "choice": "approve"}
    assert client.post(f"{INBOX}{asked.pk}/", fields).status_code == 403
    client.force_login(stranger)
    assert opened(client, asked).status_code == 404
    assert client.post(f"{INBOX}{asked.pk}/", fields).status_code == 404
    client.force_login(ops_lead)
    assert client.post(f"{INBOX}{asked.pk}/", fields).status_code == 302


def test_nothing_beside_the_known_choices(submitted, ops_lead, client):
    client.force_login(ops_lead)
    asked = seat(submitted("low"), "ops_lead")
    assert say(client, asked, "perhaps").status_code == 422
    assert client.get(f"{INBOX}999999/").status_code == 404


def test_finding_takes_as_many_queries_for_many_as_for_one(submitted, ops_lead, top_manager, asker):
    cast.appointed(asker, "engineer")
    counts = []
    assert {p.is_internal for p in (ops_lead, top_manager, asker)} == {True}  # a request has loaded that
    for _ in range(2):
        submitted("low")
        for person in (ops_lead, top_manager):
            with CaptureQueriesContext(connection) as asked:
                services.waiting_for(person, NOW)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 6
    with CaptureQueriesContext(connection) as asked:
        services.waiting_for(asker, NOW)
    assert len(asked) <= 2


def test_the_stages_that_are_over_are_not_looked_through(submitted, asker, ops_lead):
    change = submitted("low")
    services.withdraw(change, by=asker, reason="Not yet", at=NOW)
    assert waits(ops_lead) == []
    assert not change.rounds.get().stages.filter(outcome="pending").exists()


def test_the_panel_of_a_change_says_who_decides_and_offers_it(submitted, ops_lead, asker, engineer):
    change = submitted("low", category="core_function")
    context = decisions(change, ops_lead)
    assert context["mine"].seat == seat(change, "ops_lead")
    assert decisions(change, asker)["mine"] is None
    (stage,) = context["rounds"][0].stages
    assert [[d.person.name for d in s.able] for s in stage.seats] == [["叶青"], ["周明远"]]


def test_the_next_level_is_asked_exactly_where_no_holder_is_free(submitted, ops_lead, tester, top_manager, engineer, asker, doer):
    """What the database passes over for top management is what somebody below can decide."""
    free, own = submitted("low"), submitted("low", by=ops_lead)
    assert waits(top_manager) == [own]
    duty.take_leave(ops_lead, by=ops_lead, first_on=NOW.date(), last_on=NOW.date(), at=NOW)
    assert set(waits(top_manager)) == {free, own}
    ops_lead.appointments.update(deputy=engineer)
    assert waits(engineer) == [free]
    assert waits(top_manager) == [own]
