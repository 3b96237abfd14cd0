"""Approval: the right people, on exactly what they read, and no way around (O8, requirements 60 to 66)."""

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from changes import kinds, services
from changes.models import Change, Decision, Seat, Status
from itsm.core.errors import NotAllowed, Refused
from itsm.notices.models import Notice
from tests import cast
from tests.changes.conftest import NOW
from tests.changes.plans import seat

pytestmark = pytest.mark.django_db


def test_a_low_risk_is_the_operations_leads_alone(submitted, ops_lead):
    change = submitted("low")
    services.decide(seat(change, "ops_lead"), by=ops_lead, choice="approve", at=NOW)
    change.refresh_from_db()
    assert change.status in (Status.APPROVED, Status.SCHEDULED)


def test_high_risk_waits_for_all_three(submitted, service_manager, tech_lead, representative):
    change = submitted("high")
    for role, person in (("service_manager", service_manager), ("tech_lead", tech_lead)):
        services.decide(seat(change, role), by=person, choice="approve", at=NOW)
        change.refresh_from_db()
        assert change.status == Status.AWAITING
    services.decide(seat(change, "customer_representative"), by=representative, choice="approve", at=NOW)
    change.refresh_from_db()
    assert change.status in (Status.APPROVED, Status.SCHEDULED)


def test_one_reject_ends_it(submitted, tester):
    change = submitted("low", category="core_function")
    with pytest.raises(Refused):
        services.decide(seat(change, "tester"), by=tester, choice="reject", at=NOW)
    services.decide(seat(change, "tester"), by=tester, choice="reject", words="The tests are old.", at=NOW)
    change.refresh_from_db()
    assert change.status == Status.REJECTED


def test_nobody_decides_about_their_own_work(submitted, ops_lead, top_manager):
    change = submitted("low", by=ops_lead)
    with pytest.raises(NotAllowed):
        services.decide(seat(change, "ops_lead"), by=ops_lead, choice="approve", at=NOW)
    services.decide(seat(change, "ops_lead"), by=top_manager, choice="approve", at=NOW)  # falls to the next level, never to oneself


def test_a_material_edit_voids_what_was_decided(submitted, asker, service_manager):
    change = submitted("high")
    services.decide(seat(change, "service_manager"), by=service_manager, choice="approve", at=NOW)
    change = services.edit(change, by=asker, at=NOW, back_out_plan="There is none.")
    assert change.status == Status.ASSESSED
    assert change.rounds.get().outcome == "voided"
    change = services.edit(change, by=asker, at=NOW, title="Patch all web servers")
    assert change.rounds.count() == 1


def test_what_was_read_is_what_is_decided(submitted, ops_lead):
    with pytest.raises(Refused):
        services.decide(seat(submitted("low"), "ops_lead"), by=ops_lead, choice="approve", read="0" * 64, at=NOW)


@pytest.mark.parametrize("status", ["approved", "scheduled", "implementing", "closed"])
def test_a_direct_write_does_not_pass_the_gate(submitted, status):
    change = submitted("low")
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE changes_change SET status = %s, result = 'successful' WHERE id = %s", [status, change.pk])
    assert Change.objects.get(pk=change.pk).status == Status.AWAITING


def test_decisions_never_change(submitted, ops_lead):
    change = submitted("low")
    decision = services.decide(seat(change, "ops_lead"), by=ops_lead, choice="approve", at=NOW)
    for act in (lambda: Decision.objects.update(choice="reject"), lambda: Decision.objects.filter(pk=decision.pk).delete()):
        with pytest.raises(InternalError), transaction.atomic():
            act()


def test_a_seat_whose_holder_has_spoken_falls_to_somebody_who_is_told(submitted, service_manager, tech_lead, top_manager):
    tech_lead.appointments.update(withdrawn_at=NOW)
    manager = cast.appointed(service_manager, "tech_lead")
    change = submitted("high")
    services.decide(seat(change, "service_manager"), by=manager, choice="approve", at=NOW)
    assert Notice.objects.filter(person=top_manager, kind=kinds.DECIDE).exists()
    with pytest.raises(NotAllowed):
        services.decide(seat(change, "tech_lead"), by=manager, choice="approve", at=NOW)
    services.decide(seat(change, "tech_lead"), by=top_manager, choice="approve", at=NOW)


def test_a_decision_takes_few_statements(submitted, ops_lead, tester):
    change = submitted("low", category="core_function")
    counts = []
    for role, person in (("tester", tester), ("ops_lead", ops_lead)):
        asked = Seat.objects.select_related("stage__round").get(pk=seat(change, role).pk)
        with CaptureQueriesContext(connection) as statements:
            services.decide(asked, by=person, choice="approve", at=NOW)
        counts.append(len([s for s in statements if "SAVEPOINT" not in s["sql"]]))
    assert counts[0] <= 15
    assert counts[1] <= 36  # the last one closes stage and round, moves the change, and books it
