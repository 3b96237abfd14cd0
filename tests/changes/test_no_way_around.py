"""The requester tries every way around approval: page, API, administration, service, direct write, forgery (O8)."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import Error, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from rest_framework.test import APIClient

from changes import services
from changes.models import ApprovalRound, Change, Decision, Delegation, Seat, Stage, Status
from changes.models.change import PAST_THE_GATE
from itsm.core.errors import NotAllowed, Refused
from itsm.people.models import Appointment
from tests import cast
from tests.changes.conftest import NOW
from tests.changes.plans import seat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def sql(statement, *values):
    """Run a statement as a program of ours could that goes past every service."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def gate_holds(change):
    """No status past the gate can be written, and the change waits."""
    for status in PAST_THE_GATE:
        with pytest.raises(Error):
            sql("UPDATE changes_change SET status = %s, result = 'successful' WHERE id = %s", str(status), change.pk)
    assert Change.objects.get(pk=change.pk).status not in PAST_THE_GATE
    return True


def forged(asked, person, **details):
    """A decision written into the table beside every service."""
    fields = {"choice": "approve", "fingerprint": asked.stage.round.fingerprint, "at": NOW, **details}
    with transaction.atomic():
        return Decision.objects.create(seat=asked, stage=asked.stage, person=person, **fields)


@pytest.fixture
def change(submitted):
    return submitted("low")


@pytest.fixture
def asked(change):
    return seat(change, "ops_lead")


def test_by_the_page(change, asked, asker, client):
    client.force_login(asker)
    for choice in ("approve", "abstain"):
        assert client.post(f"/changes/inbox/{asked.pk}/", {"read": asked.stage.round.fingerprint, "choice": choice}).status_code == 403
    assert gate_holds(change)


def test_by_the_api(change, asked, asker, ops_lead):
    client = APIClient()
    client.force_authenticate(asker)
    address, word = f"/api/v1/approvals/{asked.pk}/decide/", {"choice": "approve", "read": asked.stage.round.fingerprint}
    assert client.get("/api/v1/approvals/").json() == []
    assert client.post(address, word).status_code == 403
    assert gate_holds(change)
    client.force_authenticate(ops_lead)
    assert client.post(address, word).status_code == 201


def test_the_administration_knows_no_model_of_changes():
    assert [model for model in apps.get_app_config("changes").get_models() if admin.site.is_registered(model)] == []


def test_by_the_service_from_a_shell(change, asked, asker, doer, administrator):
    for person in (asker, doer, administrator):
        with pytest.raises(NotAllowed):
            services.decide(asked, by=person, choice="approve", at=NOW)
    with pytest.raises(AttributeError):
        change.status = Status.APPROVED
    assert gate_holds(change)


def test_by_the_step_itself(change):
    stepped = Change.objects.locked(change.pk)
    stepped.approve(by=None, at=NOW, round_no=1)
    with pytest.raises(Error), transaction.atomic():
        stepped.save()
    assert gate_holds(change)


def test_with_forged_decisions(change, asked, asker, doer, ops_lead, engineer, top_manager):
    for person, more in (
        (asker, {}), (doer, {}), (engineer, {}), (engineer, {"on_behalf_of": ops_lead}), (asker, {"on_behalf_of": ops_lead}),
        (ops_lead, {"on_behalf_of": asker}), (ops_lead, {"fingerprint": "0" * 64}), (engineer, {"on_behalf_of": top_manager}),
    ):  # fmt: skip
        with pytest.raises(Error):
            forged(asked, person, **more)
    assert gate_holds(change)
    assert forged(asked, ops_lead).pk  # the right person on the right content: what decide() would have written


def test_with_a_forged_outcome_of_the_round_or_the_stage(change, asked):
    for statement in (
        "UPDATE changes_approvalround SET outcome = 'approved', closed_at = now() WHERE change_id = %s",
        "UPDATE changes_approvalround SET outcome = 'rejected', closed_at = now() WHERE change_id = %s",
        "UPDATE changes_approvalround SET fingerprint = 'x' WHERE change_id = %s",
        "DELETE FROM changes_approvalround WHERE change_id = %s",
        "UPDATE changes_stage SET rule = 'any', k = 0 WHERE round_id IN (SELECT id FROM changes_approvalround WHERE change_id = %s)",
        "UPDATE changes_seat SET role = 'engineer' WHERE stage_id IN (SELECT s.id FROM changes_stage s JOIN changes_approvalround r "
        "ON r.id = s.round_id WHERE r.change_id = %s)",
    ):
        with pytest.raises(Error):
            sql(statement, change.pk)
    sql("UPDATE changes_stage SET outcome = 'approved' WHERE id = %s", asked.stage_id)
    assert gate_holds(change)


def test_with_a_round_of_ones_own(change, asker):
    sql("UPDATE changes_approvalround SET outcome = 'withdrawn', closed_at = now() WHERE change_id = %s", change.pk)
    with pytest.raises(Error), transaction.atomic():
        ApprovalRound.objects.create(
            change=change, no=2, fingerprint=change.fingerprint(), document={}, policy=change.rounds.get().policy, opened_at=NOW,
            outcome="approved", closed_at=NOW,
        )  # fmt: skip
    own = ApprovalRound.objects.create(
        change=change, no=2, fingerprint=change.fingerprint(), document={}, policy=change.rounds.first().policy, opened_at=NOW
    )
    stage = Stage.objects.create(round=own, no=1, rule="any", minutes=60, opened_at=NOW)
    easy = Seat.objects.create(stage=stage, role="engineer")
    with pytest.raises(Error):
        forged(easy, asker)
    assert gate_holds(change)


def test_editing_after_the_approval_asks_everybody_anew(change, asked, asker, ops_lead):
    services.decide(asked, by=ops_lead, choice="approve", at=NOW)
    edited = services.edit(change, by=asker, at=NOW, plan=[{"words": "Something else", "minutes": 5}])
    assert edited.status == Status.ASSESSED
    assert gate_holds(edited)


def test_editing_beside_the_services_after_the_approval_goes_no_further(change, asked, ops_lead, asker, submitted):
    services.decide(asked, by=ops_lead, choice="approve", at=NOW)
    Change.objects.filter(pk=change.pk).update(reason="Another reason")
    current = Change.objects.get(pk=change.pk)
    for status in ("scheduled", "implementing"):
        if current.status != status:
            with pytest.raises(Error):
                sql("UPDATE changes_change SET status = %s WHERE id = %s", status, change.pk)
    other = submitted("low")
    Change.objects.filter(pk=other.pk).update(reason="Another reason")
    with pytest.raises(Refused) as refused:
        services.decide(seat(other, "ops_lead"), by=ops_lead, choice="approve", at=NOW)
    assert refused.value.code == "stale"


def test_who_approved_does_not_carry_it_out_nor_whom_they_stood_for(change, asked, asker, ops_lead, engineer):
    Delegation.objects.create(
        giver=ops_lead, receiver=engineer, role="ops_lead", valid=DateRange(NOW.date(), NOW.replace(day=20).date()), given_at=NOW
    )
    services.decide(asked, by=engineer, choice="approve", at=NOW)
    for person in (engineer, ops_lead):
        with pytest.raises(Refused) as refused:
            services.edit(change, by=asker, at=NOW, implementer=person)
        assert refused.value.code == "approver"
        Change.objects.filter(pk=change.pk).update(implementer=person)
        with pytest.raises(Error):
            sql("UPDATE changes_change SET status = 'implementing' WHERE id = %s", change.pk)


def test_making_the_approver_the_implementer_takes_the_seat_from_them(change, asked, asker, ops_lead, top_manager):
    services.edit(change, by=asker, at=NOW, implementer=ops_lead)
    with pytest.raises(NotAllowed):
        services.decide(asked, by=ops_lead, choice="approve", at=NOW)
    assert services.decide(asked, by=top_manager, choice="approve", at=NOW).person == top_manager


def test_delegating_to_oneself_or_being_ones_own_deputy(change, asked, ops_lead, asker):
    with pytest.raises(Error), transaction.atomic():
        Appointment.objects.filter(person=ops_lead).update(deputy=ops_lead)
    Appointment.objects.filter(person=ops_lead).update(deputy=asker)
    type(ops_lead).objects.filter(pk=ops_lead.pk).update(availability="away")
    with pytest.raises(NotAllowed):
        services.decide(asked, by=asker, choice="approve", at=NOW)
    services.delegate(by=ops_lead, receiver=asker, role="ops_lead", first_on=NOW.date(), last_on=NOW.date(), reason="x", at=NOW)
    with pytest.raises(NotAllowed):
        services.decide(asked, by=asker, choice="approve", at=NOW)
    assert gate_holds(change)


def test_getting_the_role_oneself(change, asked, asker):
    appointed = cast.appointed(asker, "ops_lead")
    with pytest.raises(NotAllowed):
        services.decide(asked, by=appointed, choice="approve", at=NOW)
    with pytest.raises(Error):
        forged(asked, appointed)
    assert gate_holds(change)


def test_letting_the_last_editor_approve(change, asked, asker, ops_lead):
    services.withdraw(change, by=asker, at=NOW)
    Change.objects.filter(pk=change.pk).update(edited_by=ops_lead)
    services.submit(change, by=asker, at=NOW)
    with pytest.raises(NotAllowed):
        services.decide(seat(change, "ops_lead"), by=ops_lead, choice="approve", at=NOW)


def test_changing_or_removing_what_was_said(change, asked, ops_lead, asker):
    services.decide(asked, by=ops_lead, choice="reject", words="No", at=NOW)
    for statement in (
        "UPDATE changes_decision SET choice = 'approve' WHERE seat_id = %s",
        "DELETE FROM changes_decision WHERE seat_id = %s",
        "UPDATE changes_approvalround SET outcome = 'pending', closed_at = NULL WHERE id = (SELECT s.round_id FROM changes_stage s "
        "JOIN changes_seat x ON x.stage_id = s.id WHERE x.id = %s)",
    ):
        with pytest.raises(Error):
            sql(statement, asked.pk)
    for table in ("changes_decision", "changes_seat"):
        with pytest.raises(Error):
            sql(f"TRUNCATE {table} CASCADE")
    assert gate_holds(change)
