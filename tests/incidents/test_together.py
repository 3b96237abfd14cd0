"""Two people act at once: one of them wins, the other reads why not, and nothing happens twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from incidents import services
from incidents.models import Incident, Message, Status
from itsm.core.answers import once
from itsm.core.errors import Refused
from itsm.core.models import StepTaken
from itsm.links import services as links
from itsm.links.models import Receipt
from sla.models import ClockEvent

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Run the acts at the same instant in threads of their own; their results and errors, in order."""
    barrier, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            barrier.wait(timeout=10)
            found[place] = act()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i, act)) for i, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return found


def errors(found):
    return [one for one in found if isinstance(one, Exception)]


def test_two_agents_do_not_fill_the_same_last_slot(log, ready):
    for _ in range(3):
        log()
    found = together(log, log)
    assert errors(found) == []
    assert sorted(i.assignee is None for i in found) == [False, True]


def test_a_double_click_logs_one_incident(log, agent):
    found = together(*[lambda: once(agent, "same-key", "log incident", log)] * 3)
    assert errors(found) == []
    assert len({i.pk for i in found}) == Incident.objects.count() == 1


@pytest.mark.parametrize("verb", ["accept", "resolve", "wait", "resume", "reassign", "confirm_by_phone", "check_call", "reopen"])
def test_of_two_at_once_one_wins(request, verb, incident, ready, agent, other_engineer, service_manager, at):
    acts = {
        "accept": lambda: services.accept(incident, by=ready),
        "resolve": lambda: services.resolve(incident, by=ready, resolution="x", resolution_code="fixed"),
        "wait": lambda: services.wait(incident, by=ready, reason="waiting_customer_info", body="?"),
        "reassign": lambda: services.reassign(incident, by=agent, assignee=other_engineer, reason="x"),
        "confirm_by_phone": lambda: services.confirm_by_phone(incident, by=agent, note="x"),
        "resume": lambda: services.resume(incident, by=agent),
        "check_call": lambda: services.check_call(incident, by=other_engineer, accepted=True),
        "reopen": lambda: services.reopen(incident, by=agent, reason="x"),
    }
    if verb == "resume":
        services.wait(incident, by=ready, reason="waiting_customer_info", body="?")
    if verb in ("confirm_by_phone", "check_call", "reopen"):
        services.resolve(incident, by=ready, resolution="x", resolution_code="fixed")
    if verb == "check_call":
        services.confirm_by_phone(incident, by=agent, note="x")
    before = StepTaken.objects.about(incident).count()
    found = together(acts[verb], acts[verb])
    assert [type(e) for e in errors(found)] == [Refused]
    assert StepTaken.objects.about(incident).count() == before + (verb != "confirm_by_phone")


@pytest.mark.parametrize("verb", ["transfer", "ask_supplier", "supplier_answered", "reclassify"])
def test_of_two_who_hand_it_on_at_once_one_wins(verb, incident, ready, agent, other_team, supplier, other_service):
    acts = {
        "transfer": lambda: services.transfer(incident, by=agent, team=other_team, reason="x"),
        "ask_supplier": lambda: services.ask_supplier(incident, by=ready, supplier=supplier, words="?"),
        "supplier_answered": lambda: services.supplier_answered(incident, by=ready, words="!"),
        "reclassify": lambda: services.reclassify(incident, by=agent, service=other_service, reason="x", breach_accepted=True),
    }
    if verb == "supplier_answered":
        acts["ask_supplier"]()
    before = StepTaken.objects.about(incident).filter(step=verb).count()
    found = together(acts[verb], acts[verb])
    assert [type(e) for e in errors(found)] == [Refused]
    assert StepTaken.objects.about(incident).filter(step=verb).count() == before + 1


def test_two_notes_at_once_are_both_kept(incident, ready, agent):
    found = together(lambda: services.note(incident, by=ready, body="a"), lambda: services.note(incident, by=agent, body="b"))
    assert errors(found) == []
    assert Message.objects.count() == 2


def test_the_customer_clicks_twice(resolved, requester):
    link = links.issue("confirm", resolved, requester)
    act = lambda: services.confirm(resolved, by=requester, link=link, facts=links.Facts(), solved=True)  # noqa: E731
    found = together(act, act)
    assert len(errors(found)) == 1
    assert Receipt.objects.count() == 1


def test_customer_confirms_while_the_second_person_decides(resolved, requester, agent, other_engineer):
    services.confirm_by_phone(resolved, by=agent, note="x")
    link = links.issue("confirm", resolved, requester)
    found = together(
        lambda: services.confirm(resolved, by=requester, link=link, facts=links.Facts(), solved=True),
        lambda: services.check_call(resolved, by=other_engineer, accepted=True),
    )
    resolved.refresh_from_db()
    assert len(errors(found)) == 1
    assert resolved.status == Status.CLOSED


def test_answer_and_resume_at_once_resume_once(accepted, ready, requester, at):
    services.wait(accepted, by=ready, reason="waiting_customer_info", body="?", at=at + timedelta(minutes=2))
    found = together(lambda: services.answer(accepted, by=requester, body="yes"), lambda: services.resume(accepted, by=ready))
    assert len(errors(found)) <= 1
    resumes = ClockEvent.objects.filter(clock__object_id=accepted.pk, kind="resume", clock__metric="resolution")
    assert resumes.count() == 1


def test_two_queues_served_at_once_assign_each_incident_once(log, ready, at):
    queued = [log(by=None, at=at) for _ in range(6)]
    found = together(*[services.serve_waiting_teams] * 2)
    assert errors(found) == []
    for incident in queued:
        assert StepTaken.objects.about(incident).filter(step="assign").count() <= 1


def test_two_who_change_the_priority_at_once_both_leave_a_step(incident, agent, ready):
    found = together(
        lambda: services.reprioritise(incident, by=agent, impact=1, urgency=2, reason="more people"),
        lambda: services.reprioritise(incident, by=ready, impact=2, urgency=2, reason="fewer people"),
    )
    assert errors(found) == []
    steps = list(StepTaken.objects.about(incident).filter(step="reprioritise"))
    incident.refresh_from_db()
    assert (len(steps), incident.priority) == (2, 2 if steps[-1].by == agent else 3)


def test_two_replies_at_once_are_one_response(incident, ready, agent):
    found = together(lambda: services.reply(incident, by=ready, body="a"), lambda: services.reply(incident, by=agent, body="b"))
    assert errors(found) == []
    assert Message.objects.count() == 2
    assert ClockEvent.objects.filter(clock__object_id=incident.pk, clock__metric="response", kind="stop").count() == 1
