"""Emergencies: one of the panel before, everybody after; nobody reachable, begun with a reason; rejected after the fact, settled."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from changes import services, signals
from changes.models import Change, FreezeWindow, Outcome, Override, Retrospect, RoundKind, Status
from itsm.core.errors import NotAllowed, Refused
from itsm.notices.models import Notice
from itsm.people.models import Absence, Availability
from tests import cast
from tests.changes.carrying import MINUTE, begun, decide_all, fresh, reviewed, ticked
from tests.changes.conftest import NOW
from tests.changes.plans import seat

pytestmark = pytest.mark.django_db
WINDOW = {"starts_at": NOW - timedelta(minutes=10), "ends_at": NOW + timedelta(hours=8)}
PANEL = ("ops_lead", "tech_lead", "service_manager", "top_management")


@pytest.fixture
def emergency(assessed):
    """`emergency(risk="low", **fields)`: assessed, with a window that is open."""

    def made(risk="low", **fields):
        return assessed(risk, kind="emergency", **{**WINDOW, **fields})

    return made


@pytest.fixture
def nobody_there(company):
    """Nobody of the panel can be reached: some are absent, the others away."""
    day = NOW.date()
    for role in PANEL:
        person = company[role]
        if role == "ops_lead":
            person.availability = Availability.AWAY
            person.save()
        else:
            Absence.objects.create(person=person, first_on=day, last_on=day, reason="Leave")


@pytest.fixture
def heard():
    """What was announced as rejected after the fact."""
    found = []

    def hear(sender, change, words, **_more):
        found.append((change.pk, words))

    signals.rejected_in_retrospect.connect(hear)
    yield found
    signals.rejected_in_retrospect.disconnect(hear)


@pytest.fixture
def unapproved(emergency, nobody_there, doer):
    """`unapproved(risk="low")`: begun with nobody reachable."""

    def made(risk="low", **fields):
        return services.start_unapproved(emergency(risk, **fields), by=doer, reason="The site is down; four called.", at=NOW)

    return made


def back(company):
    """Everybody is here again."""
    Absence.objects.update(withdrawn_at=NOW)
    for role in PANEL:
        company[role].availability = Availability.AVAILABLE
        company[role].save()


def carried_out(change, doer, *, at=NOW):
    ticked(change, doer, at=at)
    services.implement(change, by=doer, at=at + 5 * MINUTE)
    return services.confirm_items(change, by=doer, at=at + 6 * MINUTE)


def after(change):
    return change.rounds.filter(kind=RoundKind.AFTER).last()


def test_one_of_the_panel_lets_it_begin_and_everybody_is_asked_afterwards(emergency, doer, asker, tech_lead, ops_lead):
    change = services.submit(emergency("low", category="core_function"), by=asker, at=NOW)
    services.decide(seat(change, "tech_lead"), by=tech_lead, choice="approve", at=NOW)
    assert fresh(change).status == Status.SCHEDULED
    change = begun(change, doer, at=NOW)
    assert change.retrospect == Retrospect.OWED
    assert {s.role for stage in after(change).stages.all() for s in stage.seats.all()} == {"tester", "ops_lead"}


def test_while_somebody_can_be_reached_nobody_begins_without_them(emergency, doer, company):
    change = emergency()
    with pytest.raises(Refused, match="can be reached") as refused:
        services.start_unapproved(change, by=doer, reason="It burns.", at=NOW)
    assert all(company[role].name in str(refused.value.sentence) for role in PANEL)


def test_who_is_off_shift_can_be_reached_who_is_absent_or_away_can_not(emergency, doer, company, nobody_there):
    change = emergency()
    assert services.reachable(change, NOW) == []
    Absence.objects.filter(person=company["tech_lead"]).update(withdrawn_at=NOW)
    assert services.reachable(change, NOW) == [company["tech_lead"]]
    with pytest.raises(Refused, match="韩越"):
        services.start_unapproved(change, by=doer, reason="It burns.", at=NOW)


def test_a_deputy_who_is_there_can_be_reached(emergency, nobody_there, company):
    deputy = cast.staff("deputy", name="罗宁")
    company["tech_lead"].appointments.update(deputy=deputy)
    assert services.reachable(emergency(), NOW) == [deputy]


def test_who_asked_for_it_or_does_it_is_not_who_decides(emergency, nobody_there, ops_lead, doer):
    ops_lead.availability = Availability.AVAILABLE
    ops_lead.save()
    change = services.start_unapproved(emergency(by=ops_lead), by=doer, reason="It burns.", at=NOW)
    assert change.status == Status.IMPLEMENTING


def test_nobody_reachable_it_begins_with_a_reason_and_owes_the_decision(unapproved, emergency, doer, nobody_there):
    with pytest.raises(Refused, match="Say why"):
        services.start_unapproved(emergency(), by=doer, reason="  ", at=NOW)
    change = unapproved()
    assert (change.status, change.retrospect) == (Status.IMPLEMENTING, Retrospect.OWED)
    told = Notice.objects.filter(kind="changes.unapproved").values_list("person__username", flat=True)
    assert set(told) == {"manager", "boss"}
    deadline = after(change).stages.get().deadline_at
    assert NOW < deadline <= NOW + timedelta(days=1)
    assert list(Change.objects.owing()) == [change]
    assert list(Change.objects.owing_late(deadline)) == []
    assert list(Change.objects.owing_late(deadline + MINUTE)) == [change]


def test_what_waited_for_the_panel_is_withdrawn_when_it_begins_without(emergency, asker, doer, nobody_there):
    change = services.submit(emergency(), by=asker, at=NOW)
    services.start_unapproved(change, by=doer, reason="It burns.", at=NOW)
    assert list(change.rounds.values_list("kind", "outcome")) == [("before", "withdrawn"), ("after", "pending")]


def test_whoever_rejected_exactly_this_is_not_passed_by(emergency, asker, doer, company, nobody_there, ops_lead):
    change = services.submit(emergency(), by=asker, at=NOW)
    services.decide(seat(change, "ops_lead"), by=ops_lead, choice="reject", words="Wait for the vendor.", at=NOW)
    with pytest.raises(Refused, match="rejected it"):
        services.start_unapproved(change, by=doer, reason="It burns.", at=NOW)
    services.withdraw(change, by=asker, at=NOW)
    with pytest.raises(Refused, match="rejected it"):
        services.start_unapproved(change, by=doer, reason="It burns.", at=NOW)
    services.edit(change, by=asker, at=NOW, back_out_plan="Restore the snapshot.")
    services.start_unapproved(change, by=doer, reason="It burns.", at=NOW)


@pytest.mark.parametrize("kind", ["normal"])
def test_nothing_but_an_emergency_begins_without_a_decision(submitted, doer, nobody_there, kind):
    with pytest.raises(Refused, match="Only an emergency"):
        services.start_unapproved(submitted(kind=kind), by=doer, reason="It burns.", at=NOW)


def test_who_has_nothing_to_do_with_it_does_not_begin_it(emergency, engineer, nobody_there):
    with pytest.raises(NotAllowed):
        services.start_unapproved(emergency(), by=engineer, reason="It burns.", at=NOW)


def test_customers_who_have_to_decide_afterwards_are_named_before(emergency, doer, nobody_there):
    change = emergency("high", customers=[])
    with pytest.raises(Refused, match="Name the customers"):
        services.start_unapproved(change, by=doer, reason="It burns.", at=NOW)
    assert fresh(change).status == Status.ASSESSED


def test_approved_after_the_fact_it_is_reviewed_and_closed(unapproved, doer, company, engineer, asker):
    change = carried_out(unapproved(), doer)
    with pytest.raises(Refused, match="after the fact is still owed"):
        services.close(change, by=asker, result="successful", at=NOW + 60 * MINUTE)
    back(company)
    change = decide_all(change, company, at=NOW + 30 * MINUTE)
    assert change.retrospect == Retrospect.APPROVED
    with pytest.raises(Refused, match="review"):
        services.close(change, by=asker, result="successful", at=NOW + 60 * MINUTE)
    reviewed(change, engineer, at=NOW + 40 * MINUTE)
    assert services.close(change, by=asker, result="successful", at=NOW + 60 * MINUTE).status == Status.CLOSED


def test_rejected_after_the_fact_is_announced_once_and_settled(unapproved, doer, company, engineer, asker, service_manager, heard):
    change = carried_out(unapproved(), doer)
    back(company)
    change = decide_all(change, company, "reject", words="It could have waited.", at=NOW + 30 * MINUTE)
    assert heard == [(change.pk, "It could have waited.")]
    assert Notice.objects.filter(person=service_manager, kind="changes.settle").count() == 1
    reviewed(change, engineer, at=NOW + 40 * MINUTE)
    with pytest.raises(Refused, match="owed"):
        services.close(change, by=asker, result="successful", at=NOW + 60 * MINUTE)
    for person in (doer, asker, engineer):
        with pytest.raises(NotAllowed):
            services.settle(change, by=person, verdict="keep", reason="Good.", at=NOW + 50 * MINUTE)
    services.settle(change, by=service_manager, verdict="keep", reason="Taking it back would do more harm.", at=NOW + 50 * MINUTE)
    with pytest.raises(Refused, match="settled already"):
        services.settle(change, by=service_manager, verdict="roll_back", reason="No.", at=NOW + 51 * MINUTE)
    assert services.close(change, by=asker, result="with_issues", at=NOW + 60 * MINUTE).status == Status.CLOSED
    assert len(heard) == 1


def test_what_is_to_be_taken_back_is_taken_back_before_it_is_closed(unapproved, doer, company, engineer, asker, service_manager):
    change = carried_out(unapproved(), doer)
    back(company)
    change = decide_all(change, company, "reject", words="No.", at=NOW + 30 * MINUTE)
    services.settle(change, by=service_manager, verdict="roll_back", reason="It opens a hole.", at=NOW + 40 * MINUTE)
    reviewed(change, engineer, "failed", at=NOW + 41 * MINUTE)
    with pytest.raises(Refused, match="Back it out first"):
        services.close(change, by=asker, result="failed", at=NOW + 42 * MINUTE)
    services.back_out(change, by=doer, reason="As decided.", at=NOW + 50 * MINUTE)
    services.confirm_items(change, by=doer, at=NOW + 51 * MINUTE)
    reviewed(change, engineer, "backed_out", at=NOW + 52 * MINUTE)
    assert services.close(change, by=asker, result="backed_out", at=NOW + 60 * MINUTE).result == "backed_out"


def test_the_record_is_completed_before_it_is_closed(unapproved, doer, company, engineer, asker):
    change = unapproved(plan=[], back_out_plan="", test_evidence="")
    services.implement(change, by=doer, at=NOW + 5 * MINUTE)
    services.confirm_items(change, by=doer, at=NOW + 6 * MINUTE)
    back(company)
    decide_all(change, company, at=NOW + 10 * MINUTE)
    reviewed(change, engineer, at=NOW + 20 * MINUTE)
    with pytest.raises(Refused, match="Complete the record"):
        services.close(change, by=asker, result="successful", at=NOW + 60 * MINUTE)
    deadline = after(change).stages.first().deadline_at
    whole = {"plan": [{"words": "Restart", "minutes": 5}], "back_out_plan": "Restore the snapshot.", "test_evidence": "It answers again."}
    services.edit(change, by=asker, at=NOW + 30 * MINUTE, **whole)
    assert (after(change).outcome, after(change).stages.first().deadline_at) == (Outcome.PENDING, deadline)
    decide_all(change, company, at=NOW + 35 * MINUTE)
    with pytest.raises(Refused, match="Step 1 has no end"):
        services.close(change, by=asker, result="successful", at=NOW + 60 * MINUTE)
    run = {"no": 1, "started_at": NOW + MINUTE, "finished_at": NOW + 4 * MINUTE, "result": "done"}
    with pytest.raises(Refused, match="between the start"):
        services.note_step(change, by=doer, at=NOW + 40 * MINUTE, **{**run, "started_at": NOW - 2 * MINUTE})
    services.note_step(change, by=doer, at=NOW + 40 * MINUTE, **run)
    assert services.close(change, by=asker, result="successful", at=NOW + 60 * MINUTE).status == Status.CLOSED


def test_a_freeze_only_opens_for_top_management(emergency, doer, asker, tech_lead, top_manager, service_manager):
    FreezeWindow.objects.create(
        name="双十一", name_en="Double Eleven", reason="Sales", starts_at=NOW - 60 * MINUTE, ends_at=NOW + 600 * MINUTE
    )
    change = services.submit(emergency(), by=asker, at=NOW)
    services.decide(seat(change, "tech_lead"), by=tech_lead, choice="approve", at=NOW)
    with pytest.raises(Refused, match="frozen"):
        services.start(change, by=doer, at=NOW)
    Override.objects.create(change=change, key="freeze:1", fingerprint=change.fingerprint(), reason="x", by=service_manager, at=NOW)
    with pytest.raises(Refused, match="frozen"):
        services.start(change, by=doer, at=NOW)
    Override.objects.create(change=change, key="freeze:2", fingerprint=change.fingerprint(), reason="x", by=top_manager, at=NOW)
    services.start(change, by=doer, at=NOW)


def test_top_management_in_the_panel_opens_a_freeze(emergency, doer, asker, top_manager):
    FreezeWindow.objects.create(name="双十一", reason="Sales", starts_at=NOW - 60 * MINUTE, ends_at=NOW + 600 * MINUTE)
    change = services.submit(emergency(), by=asker, at=NOW)
    services.decide(seat(change, "top_management"), by=top_manager, choice="approve", at=NOW)
    services.start(change, by=doer, at=NOW)


def test_no_direct_write_closes_what_is_owed(unapproved, doer, company, engineer):
    change = carried_out(unapproved(), doer)
    reviewed(change, engineer, at=NOW + 20 * MINUTE)
    close = "UPDATE changes_change SET status = 'closed', result = 'successful', retrospect = 'approved' WHERE id = %s"
    with pytest.raises(DatabaseError, match="not everybody required"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(close, [change.pk])


def test_a_rejected_one_is_not_closed_by_hand_as_if_nothing_were(unapproved, doer, company, engineer):
    change = carried_out(unapproved(), doer)
    back(company)
    decide_all(change, company, "reject", words="No.", at=NOW + 10 * MINUTE)
    reviewed(change, engineer, at=NOW + 20 * MINUTE)
    with pytest.raises(DatabaseError, match="rejected after the fact"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE changes_change SET status = 'closed', result = 'successful' WHERE id = %s", [change.pk])


def test_it_starts_in_spite_of_what_is_in_its_way(emergency, company, doer, asker):
    changes = [emergency(title=title) for title in ("First", "Second")]
    for change in changes:
        services.submit(change, by=asker, at=NOW)
        services.decide(seat(fresh(change), "tech_lead"), by=company["tech_lead"], choice="approve", at=NOW)
    first, second = map(fresh, changes)
    assert (first.status, second.status) == (Status.SCHEDULED, Status.APPROVED)
    assert begun(second, doer, at=NOW).status == Status.IMPLEMENTING
    assert fresh(second).retrospect == Retrospect.OWED
