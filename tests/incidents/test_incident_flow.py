"""Every step from every status for everybody: who may, and which sentence the others read. The step table is told here a second time."""

import copy

import pytest
from django.db import DatabaseError, connection, transaction

from changes.models import Change
from incidents import rules, services
from incidents.models import Incident, Status
from itsm.core.errors import NotAllowed, Refused
from itsm.core.flow import closed_steps, open_steps, steps_of
from itsm.core.models import StepTaken
from tests import cast

pytestmark = pytest.mark.django_db

HELD = {"assigned", "in_progress"}
OPEN = {"new", "waiting", *HELD}
TABLE = {
    "assign": ({"new"}, "assigned"),
    "reassign": (HELD, "assigned"),
    "hand_over": ({"waiting"}, "waiting"),
    "release": (HELD, "new"),
    "accept": ({"new", "assigned"}, "in_progress"),
    "wait": (HELD, "waiting"),
    "resume": ({"waiting"}, "in_progress"),
    "resume_in_queue": ({"waiting"}, "new"),
    "resolve": (HELD, "resolved"),
    "reopen": ({"resolved"}, "in_progress"),
    "reprioritise": (OPEN, None),
    "reclassify": (OPEN, None),
    "transfer": ({"new", *HELD}, "new"),
    "ask_supplier": (OPEN, None),
    "supplier_answered": (OPEN, None),
    "close": ({"resolved"}, "closed"),
    "point_at": ({*OPEN, "resolved"}, None),
    "confirm_cause": ({*OPEN, "resolved", "closed"}, None),
    "withdraw_cause": ({*OPEN, "resolved", "closed"}, None),
}
"""Step to (statuses it starts from, status it leads to; None: it stays)."""

STANDING_ABOVE = {"team_lead", "service_manager", "top_manager", "administrator"}
WORKERS = {"owner", "agent", *STANDING_ABOVE}
TEAM = {*WORKERS, "other_engineer"}
CUSTOMERS = {"requester", "representative"}
NOBODYS = {"auditor", "engineer_elsewhere", "stranger"}
EVERYBODY = TEAM | CUSTOMERS | NOBODYS
TRACERS = TEAM | {"engineer_elsewhere"}
MAY = {
    "assign": TEAM,
    "reassign": TEAM,
    "hand_over": TEAM,
    "release": TEAM,
    "accept": {"owner"},
    "wait": WORKERS,
    "resume": WORKERS | CUSTOMERS,
    "resume_in_queue": WORKERS | CUSTOMERS,
    "resolve": WORKERS,
    "reopen": WORKERS | CUSTOMERS,
    "reprioritise": WORKERS,
    "reclassify": WORKERS,
    "transfer": TEAM,
    "ask_supplier": WORKERS,
    "supplier_answered": WORKERS,
    "close": CUSTOMERS,
    "point_at": WORKERS,
    "confirm_cause": TRACERS,
    "withdraw_cause": TRACERS,
}
"""Step to who may take it on an incident that the owner holds and whose priority is P3."""

SENTENCE = {
    **dict.fromkeys(("assign", "reassign", "hand_over", "release", "transfer"), rules.may_assign.sentence),
    **dict.fromkeys(("resume", "resume_in_queue", "reopen"), rules.may_reopen.sentence),
    **dict.fromkeys(("confirm_cause", "withdraw_cause"), rules.may_trace.sentence),
    **dict.fromkeys(("resolve", "reprioritise", "wait", "point_at"), rules.may_work.sentence),
    **dict.fromkeys(("reclassify", "ask_supplier", "supplier_answered"), rules.may_work.sentence),
    "accept": rules.may_accept.sentence,
    "close": rules.may_close.sentence,
}


@pytest.fixture
def people(ready, other_engineer, agent, team_lead, service_manager, top_manager, administrator, auditor, requester, representative,
           stranger, other_team):  # fmt: skip
    """The whole cast by the names of this file, their roles loaded once."""
    elsewhere = cast.staff("elsewhere", "engineer", team=other_team)
    found = {
        "owner": ready, "other_engineer": other_engineer, "agent": agent, "team_lead": team_lead, "service_manager": service_manager,
        "top_manager": top_manager, "administrator": administrator, "auditor": auditor, "requester": requester,
        "representative": representative, "stranger": stranger, "engineer_elsewhere": elsewhere,
    }  # fmt: skip
    for person in found.values():
        assert person.posts is not None
        assert person.organisation is not None
    return found


@pytest.fixture
def change(agent, at):
    """Something that was changed."""
    return Change.objects.create(requester=agent, category="other", title="Patch", reason="r", raised_at=at)


@pytest.fixture
def details(other_engineer, other_service, other_team, supplier, change):
    """What each step is told beside who and when."""
    handing = {"assignee": other_engineer, "why": {"rule": "test"}}
    return {
        "assign": handing, "reassign": handing, "hand_over": handing, "wait": {},
        "resolve": {"resolution": "x", "resolution_code": "fixed"}, "close": {"kind": "confirmed"},
        "reprioritise": {"impact": 1, "urgency": 2, "priority": 2, "priority_reason": ""},
        "reclassify": {"service": other_service, "entitled": True}, "transfer": {"team": other_team},
        "ask_supplier": {"supplier": supplier}, "point_at": {"item": None}, "confirm_cause": {"change": change},
    }  # fmt: skip


@pytest.fixture
def take(details, supplier, change, at):
    """`take(incident, "accept", person)`: the status after it, or the error; the incident itself is not touched."""

    def taken(incident, step, person):
        incident = copy.copy(incident)
        incident._state = copy.copy(incident._state)
        if step == "supplier_answered":
            incident.supplier = supplier
        if step == "withdraw_cause":
            incident.caused_by = change
        try:
            getattr(incident, step)(by=person, at=at, **details.get(step, {}))
        except Refused as refusal:
            return refusal
        return incident.status

    return taken


def standing_still(status, target):
    return status if target is None else target


def test_this_file_knows_every_step():
    assert {step.name for step in steps_of(Incident)} == set(TABLE) == set(MAY) == set(SENTENCE)
    assert {status for sources, _target in TABLE.values() for status in sources} | {"closed"} == set(Status.values)


@pytest.mark.parametrize("status", Status.values)
def test_the_system_takes_exactly_the_steps_of_the_table(stand, take, status):
    incident = stand(status)
    if status == "new":
        incident.assignee_id = None
    for step, (sources, target) in TABLE.items():
        found = take(incident, step, None)
        if status in sources:
            assert found == standing_still(status, target), step
        else:
            assert type(found) is Refused, step
            assert found.code == "wrong_status"
            assert str(incident.get_status_display()) in str(found.sentence)


@pytest.mark.parametrize("status", [status for status in Status.values if status != "new"])
def test_everybody_takes_exactly_what_they_may(stand, take, people, status, django_assert_num_queries):
    incident = stand(status)
    with django_assert_num_queries(0):
        found = {(step, name): take(incident, step, person) for step in TABLE for name, person in people.items()}
    for (step, name), outcome in found.items():
        sources, target = TABLE[step]
        if status not in sources:
            assert outcome.code == "wrong_status", (step, name)
        elif name in MAY[step]:
            assert outcome == standing_still(status, target), (step, name)
        else:
            assert type(outcome) is NotAllowed, (step, name)
            assert str(outcome.sentence) == str(SENTENCE[step])


def test_what_nobody_holds_is_taken_by_the_team_alone(stand, take, people):
    incident = stand("new")
    accepts = {name for name, person in people.items() if take(incident, "accept", person) == "in_progress"}
    assigns = {name for name, person in people.items() if take(incident, "assign", person) == "assigned"}
    reprioritises = {name for name, person in people.items() if take(incident, "reprioritise", person) == "new"}
    assert accepts == assigns == TEAM
    assert reprioritises == WORKERS - {"owner"}


def test_a_p1_waits_only_by_those_who_stand_above(stand, take, people):
    urgent = stand("in_progress", impact=1, urgency=1)
    waits = {name for name, person in people.items() if take(urgent, "wait", person) == "waiting"}
    assert waits == STANDING_ABOVE
    assert str(take(urgent, "wait", people["owner"]).sentence) == str(rules.may_stop_the_clock.sentence)
    usual = stand("in_progress")
    assert {name for name, person in people.items() if take(usual, "wait", person) == "waiting"} == WORKERS


@pytest.mark.parametrize("step", ["wait", "resolve"])
def test_a_step_that_needs_an_owner_is_refused_until_there_is_one(stand, take, agent, ready, step):
    incident = stand("assigned")
    incident.assignee = None
    refusal = take(incident, step, agent)
    assert (refusal.code, str(refusal.sentence)) == ("has_owner", str(rules.NEEDS_OWNER[1]))
    incident.assignee = ready
    assert take(incident, step, agent) == TABLE[step][1]


def test_a_waiting_incident_nobody_holds_goes_on_in_the_queue(stand, take, agent, ready):
    incident = stand("waiting")
    incident.assignee = None
    assert take(incident, "resume", agent).code == "has_owner"
    assert take(incident, "resume_in_queue", agent) == "new"
    incident.assignee = ready
    assert take(incident, "resume", agent) == "in_progress"


def test_nothing_closes_while_a_call_waits_for_its_second_person(stand, take, requester):
    incident = stand("resolved")
    incident.phone_pending = True
    assert take(incident, "close", requester).code == "has_no_pending_phone_call"
    incident.phone_pending = False
    assert take(incident, "close", requester) == "closed"


def test_only_the_named_second_person_of_ours_closes(stand, take, people):
    incident = stand("resolved")
    incident.closing_by_second_person = people["other_engineer"].pk
    assert {name for name, person in people.items() if take(incident, "close", person) == "closed"} == CUSTOMERS | {"other_engineer"}


@pytest.mark.parametrize("status", Status.values)
def test_the_buttons_are_the_steps_that_are_open_and_every_other_says_why(stand, people, status, django_assert_num_queries):
    incident = stand(status)
    with django_assert_num_queries(0):
        for name, person in people.items():
            opened = {step.name for step in open_steps(incident, person)}
            closed = {step.name: str(sentence) for step, sentence in closed_steps(incident, person)}
            known = {step for step, (sources, _target) in TABLE.items() if status in sources}
            assert opened | set(closed) == known, name
            assert not opened & set(closed), name
            assert all(closed.values()), name


@pytest.mark.parametrize("source", Status.values)
def test_the_database_knows_the_same_table(stand, source):
    incident = stand(source)
    ways = {standing_still(source, target) for sources, target in TABLE.values() if source in sources}
    for target in Status.values:
        if target in (source, "closed"):
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            move = [
                "UPDATE incidents_incident SET status = %s, assignee_id = coalesce(assignee_id, logged_by_id) WHERE id = %s",
                [target, incident.pk],
            ]
            if target in ways:
                cursor.execute(*move)
            else:
                with pytest.raises(DatabaseError, match=r"(?i)transition"):
                    cursor.execute(*move)
            transaction.set_rollback(True)
    incident.refresh_from_db()
    assert incident.status == source


@pytest.mark.parametrize("status", Status.values)
def test_every_step_is_kept_with_where_it_came_from(stand, details, supplier, change, ready, at, status):
    ready.capacity = 100
    ready.save()
    for step, (sources, target) in TABLE.items():
        if status not in sources or step == "close":
            continue
        incident = stand(status)
        if step == "supplier_answered":
            incident.supplier = supplier
        if step == "withdraw_cause":
            incident.caused_by = change
        number = incident.steps_taken
        getattr(incident, step)(by=ready if step == "accept" else None, at=at, reason="why", **details.get(step, {}))
        incident.save()
        kept = Incident.objects.get(pk=incident.pk)
        assert (kept.status, kept.steps_taken) == (standing_still(status, target), number + 1)
        taken = StepTaken.objects.about(kept).last()
        assert (taken.step, taken.source, taken.target, taken.reason, taken.effective_at) == (step, status, kept.status, "why", at)


def test_a_closed_incident_only_learns_what_caused_it(stand, people):
    incident = stand("closed")
    found = {name: [step.name for step in open_steps(incident, person)] for name, person in people.items()}
    assert found == {name: ["confirm_cause"] if name in TRACERS else [] for name in people}
    resolved = stand("resolved")
    assert open_steps(resolved, people["requester"]) != []
    assert services.reopen(resolved, by=people["agent"], reason="it came back").status == "in_progress"
