"""The three honest ways to close, and that there is no fourth."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from incidents import services
from incidents.models import ClosingKind, Incident, Status
from incidents.timeline import timeline
from itsm.core.errors import NotAllowed, Refused
from itsm.links import services as links
from itsm.links.models import Receipt
from itsm.notices.models import Delivery, Notice
from sla.models import Clock

pytestmark = pytest.mark.django_db
FACTS = links.Facts(ip="127.0.0.1", user_agent="phone", language="zh-hans", shown_text="shown")


def decide(incident, person, **details):
    link = links.issue("confirm", incident, person)
    return services.confirm(incident, by=person, link=link, facts=FACTS, **details)


def accept_mails(at):
    Delivery.objects.update(accepted_at=at)


def test_the_customer_confirms_and_that_closes(resolved, requester, at):
    closed = decide(resolved, requester, solved=True, rating=4, words="谢谢", at=at + timedelta(minutes=30))
    assert (closed.status, closed.closing_kind, closed.rating) == (Status.CLOSED, ClosingKind.CONFIRMED, 4)
    receipt = Receipt.objects.about(closed).get()
    assert (receipt.choice, receipt.person, receipt.shown_text) == ("solved", requester, "shown")
    clock = Clock.objects.about(closed).get(metric="resolution")
    assert (clock.outcome, clock.is_final) == ("met", True)


def test_not_solved_reopens_with_the_words_and_the_clock_goes_on(resolved, requester, ready, at):
    reopened = decide(resolved, requester, solved=False, words="still failing", at=at + timedelta(minutes=50))
    assert (reopened.status, reopened.reopen_count, reopened.closing_kind) == (Status.IN_PROGRESS, 1, "")
    clock = Clock.objects.about(reopened).get(metric="resolution")
    assert (clock.state, clock.elapsed_us, clock.outcome) == ("running", 20 * 60 * 1_000_000, "")
    assert Notice.objects.filter(person=ready, kind="incidents.reopened").count() == 1


def test_a_decision_is_taken_once(resolved, requester):
    link = links.issue("confirm", resolved, requester)
    services.confirm(resolved, by=requester, link=link, facts=FACTS, solved=True)
    with pytest.raises(Refused):
        services.confirm(resolved, by=requester, link=link, facts=FACTS, solved=False, words="no")
    assert Receipt.objects.count() == 1


def working_days_later(resolved, at):
    """Run the sweep on every day for two weeks."""
    for day in range(1, 15):
        services.sweep_confirmations(at + timedelta(days=day))
    resolved.refresh_from_db()
    return resolved


def test_two_reminders_and_then_it_lapses(resolved, requester, at):
    for day in range(1, 15):
        services.sweep_confirmations(at + timedelta(days=day))
        accept_mails(at + timedelta(days=day))
    resolved.refresh_from_db()
    assert (resolved.status, resolved.closing_kind) == (Status.CLOSED, ClosingKind.LAPSED)
    assert Notice.objects.filter(kind="incidents.reminder").count() == 2
    assert (resolved.closed_at - at).days in (7, 8)
    assert not Receipt.objects.exists()


def test_without_two_accepted_mails_the_customer_is_called(resolved, team_lead, at):
    found = working_days_later(resolved, at)
    assert (found.status, found.ask_at) == (Status.RESOLVED, None)
    assert found.call_since is not None
    assert Notice.objects.filter(person=team_lead, kind="incidents.call_customer").count() == 1


def test_the_sweep_does_nothing_twice(resolved, at):
    later = at + timedelta(days=1, hours=1)
    assert services.sweep_confirmations(later) == 1
    assert services.sweep_confirmations(later) == 0
    assert Notice.objects.filter(kind="incidents.reminder").count() == 1


def test_reminders_that_come_late_leave_time_to_answer(resolved, at):
    """The workers stood still for two weeks: the two reminders and the end still come on three days."""
    accept_mails(at)
    for hours, stage, told in ((0, 1, 1), (1, 1, 1), (24, 2, 2), (25, 2, 2)):
        now = at + timedelta(days=14, hours=hours)
        services.sweep_confirmations(now)
        accept_mails(now)
        resolved.refresh_from_db()
        assert (resolved.status, resolved.ask_stage) == (Status.RESOLVED, stage)
        assert Notice.objects.filter(kind="incidents.reminder").count() == told
    services.sweep_confirmations(at + timedelta(days=17))
    resolved.refresh_from_db()
    assert resolved.closing_kind == ClosingKind.LAPSED


def test_a_customer_who_wrote_is_called_and_nothing_lapses(resolved, requester, team_lead, at):
    answered = services.answer(resolved, by=requester, body="It came back this morning.", at=at + timedelta(hours=3))
    assert (answered.status, answered.ask_at, answered.call_since) == (Status.RESOLVED, None, at + timedelta(hours=3))
    services.answer(resolved, by=requester, body="And again.", at=at + timedelta(hours=4))
    found = working_days_later(resolved, at)
    assert found.status == Status.RESOLVED
    assert not Notice.objects.filter(kind__in=["incidents.reminder", "incidents.lapsed"]).exists()
    assert Notice.objects.filter(person=team_lead, kind="incidents.call_customer").count() == 1
    assert decide(resolved, requester, solved=True).closing_kind == ClosingKind.CONFIRMED


def test_the_timeline_tells_of_calls_verdicts_and_the_customers_last_words(resolved, agent, other_engineer, requester):
    services.confirm_by_phone(resolved, by=agent, note="works, she says")
    services.check_call(resolved, by=other_engineer, accepted=False, remark="wrong person")
    services.confirm_by_phone(resolved, by=agent, note="works, he says")
    closed = decide(resolved, requester, solved=True, words="谢谢")
    told = [(entry.text, entry.remark) for entry in timeline(closed, agent) if entry.kind in ("call", "step")]
    assert {
        ("The customer confirmed by phone", "works, she says"),
        ("The confirmation by phone was not accepted", "wrong person"),
        ("The customer confirmed by phone", "works, he says"),
        ("The customer's own answer overtook the confirmation by phone", ""),
        ("Confirmed by the customer", "谢谢"),
    } <= set(told)


def test_the_page_of_a_closed_incident_shows_its_receipt_or_what_followed(client, resolved, requester, agent, stand, at):
    client.force_login(agent, backend="itsm.people.backends.SignInBackend")
    decide(resolved, requester, solved=True, words="谢谢")
    page = client.get(resolved.get_absolute_url()).content.decode()
    for told in ("Receipt of the customer", "127.0.0.1", "谢谢", "shown", Receipt.objects.get().sha256[:12]):
        assert told in page
    lapsed = stand("resolved")
    link = links.issue("confirm", lapsed, requester, at=at)
    for day in range(1, 15):
        services.sweep_confirmations(at + timedelta(days=day))
        accept_mails(at + timedelta(days=day))
    later = services.confirm(lapsed, by=requester, link=link, facts=FACTS, solved=False, words="no", at=at + timedelta(days=15))
    assert later.shown_number in client.get(lapsed.get_absolute_url()).content.decode()


def test_a_contact_without_mail_is_called(log, requester, ready, agent, at):
    requester.email = None
    requester.save()
    incident = services.resolve(log(), by=agent, resolution="x", resolution_code="fixed", at=at)
    assert (incident.call_since, incident.ask_at) == (at, None)
    assert not Notice.objects.filter(kind="incidents.confirm").exists()


def test_a_lapsed_incident_may_still_be_not_solved(resolved, requester, at):
    link = links.issue("confirm", resolved, requester, at=at)
    for day in range(1, 15):
        services.sweep_confirmations(at + timedelta(days=day))
        accept_mails(at + timedelta(days=day))
    follow_up = services.confirm(
        resolved, by=requester, link=link, facts=FACTS, solved=False, words="still broken", at=at + timedelta(days=15)
    )
    resolved.refresh_from_db()
    assert (follow_up.follows, follow_up.description) == (resolved, "still broken")
    assert resolved.closing_kind == ClosingKind.LAPSED
    with pytest.raises(Refused):
        services.confirm(resolved, by=requester, link=link, facts=FACTS, solved=True, at=at + timedelta(days=15))


def test_a_call_needs_a_second_person(resolved, agent, ready, other_engineer):
    pending = services.confirm_by_phone(resolved, by=agent, note="works again")
    assert (pending.status, pending.phone_pending) == (Status.RESOLVED, True)
    with pytest.raises(NotAllowed):
        services.check_call(resolved, by=agent, accepted=True)
    closed = services.check_call(resolved, by=other_engineer, accepted=True)
    assert (closed.status, closed.closing_kind, closed.phone_pending) == (Status.CLOSED, ClosingKind.PHONE, False)


def test_a_call_that_is_not_accepted_leaves_the_question_open(resolved, agent, other_engineer):
    services.confirm_by_phone(resolved, by=agent, note="works again")
    refused = services.check_call(resolved, by=other_engineer, accepted=False, remark="wrong person")
    assert (refused.status, refused.phone_pending) == (Status.RESOLVED, False)


def test_the_customers_word_overtakes_a_pending_call(resolved, agent, requester):
    services.confirm_by_phone(resolved, by=agent, note="works again")
    closed = decide(resolved, requester, solved=True)
    assert closed.closing_kind == ClosingKind.CONFIRMED
    assert closed.phone_confirmations.get().decision == "superseded"


@pytest.mark.parametrize("kind", ["confirmed", "lapsed", "phone", ""])
def test_the_database_closes_nothing_that_nobody_confirmed(resolved, kind):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE incidents_incident SET status = 'closed', closing_kind = %s WHERE id = %s", [kind, resolved.pk])
    resolved.refresh_from_db()
    assert resolved.status == Status.RESOLVED


def test_the_database_knows_the_step_table(log):
    incident = log()
    assert incident.status == Status.NEW
    with pytest.raises(DatabaseError), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(status="waiting")


def test_nobody_closes_by_hand(resolved, agent, service_manager, at):
    for person in (agent, service_manager):
        with pytest.raises(NotAllowed):
            resolved.close(by=person, at=at, kind=ClosingKind.CONFIRMED)
    with pytest.raises(AttributeError):
        resolved.status = Status.CLOSED
