"""Accepting, talking, waiting, solving, handing over."""

from datetime import timedelta

import pytest

from incidents import services
from incidents.models import Status
from itsm.core.errors import NotAllowed, Refused
from itsm.notices.models import Notice
from itsm.people import services as people
from sla.models import Clock
from tests.incidents.conftest import on_shift

pytestmark = pytest.mark.django_db


def clock_of(incident, metric):
    return Clock.objects.about(incident).get(metric=metric)


def minutes(count):
    return timedelta(minutes=count)


def test_accepting_is_the_response(incident, ready, at, requester):
    services.accept(incident, by=ready, at=at + minutes(5))
    clock = clock_of(incident, "response")
    assert (clock.state, clock.outcome) == ("stopped", "met")
    assert Notice.objects.filter(person=requester, kind="incidents.accepted").count() == 1


def test_only_its_owner_accepts_an_assigned_incident(incident, ready, other_engineer):
    with pytest.raises(NotAllowed):
        services.accept(incident, by=other_engineer)
    assert services.accept(incident, by=ready).status == Status.IN_PROGRESS


def test_a_note_is_no_response_and_a_reply_is(incident, ready, at):
    services.note(incident, by=ready, body="internal", at=at + minutes(1))
    assert clock_of(incident, "response").state == "running"
    services.reply(incident, by=ready, body="We look into it.", at=at + minutes(2))
    assert clock_of(incident, "response").state == "stopped"


def test_waiting_stops_the_resolution_clock_and_the_answer_starts_it(accepted, ready, requester, at):
    waiting = services.wait(accepted, by=ready, reason="waiting_customer_info", body="Which browser?", at=at + minutes(10))
    assert (waiting.status, waiting.next_due_at) == (Status.WAITING, None)
    assert clock_of(waiting, "resolution").state == "paused"
    answered = services.answer(waiting, by=requester, body="Chrome", at=at + minutes(40))
    assert answered.status == Status.IN_PROGRESS
    clock = clock_of(answered, "resolution")
    assert (clock.state, clock.elapsed_us) == ("running", 10 * 60 * 1_000_000)
    assert answered.next_due_at == clock.due_at == at + timedelta(days=1) + minutes(30)
    assert Notice.objects.filter(person=ready, kind="incidents.answered").count() == 1


def test_a_p1_waits_only_by_the_lead(log, ready, team_lead, agent, at):
    urgent = services.accept(log(impact=1, urgency=1), by=ready, at=at)
    details = {"reason": "waiting_customer_info", "body": "?", "at": at + minutes(1)}
    with pytest.raises(NotAllowed):
        services.wait(urgent, by=ready, **details)
    assert services.wait(urgent, by=team_lead, **details).status == Status.WAITING
    assert not Notice.objects.filter(kind="incidents.p1_waits").exists()


def test_whoever_answers_for_the_team_is_told_that_a_p1_waits(log, ready, team_lead, service_manager, at):
    urgent = services.accept(log(impact=1, urgency=1), by=ready, at=at)
    services.wait(urgent, by=service_manager, reason="waiting_customer_info", body="?", at=at + minutes(1))
    assert Notice.objects.get(kind="incidents.p1_waits").person == team_lead


def test_an_answer_that_nobody_holds_is_told_to_the_lead(log, ready, requester, service_manager, team_lead, at):
    resolved = services.resolve(services.accept(log(), by=ready, at=at), by=ready, resolution="x", resolution_code="fixed", at=at)
    people.leave(ready, by=service_manager, on=at.date(), at=at + minutes(5))
    services.answer(resolved, by=requester, body="thanks", at=at + minutes(9))
    assert Notice.objects.get(kind="incidents.answered").person == team_lead


def test_a_stranger_does_not_answer(accepted, stranger, requester):
    with pytest.raises(NotAllowed):
        services.answer(accepted, by=stranger, body="x")
    assert services.answer(accepted, by=requester, body="x").messages.count() == 1


def test_an_incident_nobody_owns_cannot_be_resolved(log, agent, ready, at):
    people.set_availability(ready, by=ready, availability="away", at=at)
    incident = log()
    details = {"by": agent, "resolution": "x", "resolution_code": "fixed"}
    with pytest.raises(Refused):
        services.resolve(incident, **details)
    incident = services.reassign(incident, by=agent, assignee=ready, reason="urgent")
    assert services.resolve(incident, **details).status == Status.RESOLVED


def test_solving_frees_the_engineer_for_the_queue(log, ready, at):
    held = [log() for _ in range(4)]
    queued = log(at=at + minutes(1))
    assert queued.assignee is None
    first = services.accept(held[0], by=ready, at=at + minutes(2))
    services.resolve(first, by=ready, resolution="x", resolution_code="fixed", at=at + minutes(3))
    queued.refresh_from_db()
    assert (queued.status, queued.assignee) == (Status.ASSIGNED, ready)


def test_the_most_urgent_of_the_queue_is_served_first(log, ready, at):
    people.set_availability(ready, by=ready, availability="busy", at=at)
    later, urgent = log(impact=3, urgency=3), log(impact=2, urgency=1, at=at + minutes(1))
    people.set_availability(ready, by=ready, availability="available", at=at + minutes(2))
    for incident in (later, urgent):
        incident.refresh_from_db()
    assert (urgent.assignee, later.assignee) == (ready, ready)
    assert urgent.assigned_why["load"] == 0


def test_reassigning_tells_the_new_owner_and_counts(incident, agent, other_engineer, ready):
    moved = services.reassign(incident, by=agent, assignee=other_engineer, reason="skill")
    assert (moved.assignee, moved.reassign_count) == (other_engineer, 1)
    assert Notice.objects.filter(person=other_engineer, kind="incidents.assigned").exists()
    with pytest.raises(Refused):
        services.reassign(incident, by=agent, assignee=other_engineer, reason="again")


def test_who_leaves_loses_what_they_held(log, ready, other_engineer, service_manager, team_lead, at):
    open_one = log()
    waiting = services.accept(log(), by=ready, at=at)
    services.wait(waiting, by=ready, reason="waiting_customer_info", body="?", at=at + minutes(1))
    on_shift(other_engineer)
    people.leave(ready, by=service_manager, on=at.date(), at=at + minutes(5))
    open_one.refresh_from_db()
    waiting.refresh_from_db()
    assert open_one.assignee == other_engineer
    assert (waiting.status, waiting.assignee) == (Status.WAITING, team_lead)


def test_a_raise_keeps_what_was_used(accepted, ready, at):
    raised = services.reprioritise(accepted, by=ready, impact=1, urgency=2, reason="more users", at=at + minutes(30))
    clock = clock_of(raised, "resolution")
    assert (raised.priority, clock.target_s) == (2, 2 * 3600)
    assert clock.due_at == at + timedelta(hours=2)
    assert raised.next_due_at == clock_of(raised, "next_update").due_at
