"""Delegation: dated, scoped, one level, and the prohibitions of both."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from changes import services
from changes.models import Decision, Delegation
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.people.models import Role
from tests import cast
from tests.changes.conftest import NOW
from tests.changes.plans import seat
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
TODAY = NOW.date()


def give(giver, receiver, **details):
    details = {"role": "ops_lead", "first_on": TODAY, "last_on": TODAY + timedelta(days=6), "reason": "On the road", **details}
    return services.delegate(by=giver, receiver=receiver, at=NOW, **details)


def decided(change, person, at=NOW):
    with clock.at(at):
        return services.decide(seat(change, "ops_lead"), by=person, choice="approve", at=at)


def test_the_receiver_decides_and_both_names_stand_there(submitted, ops_lead, engineer):
    change = submitted("low")
    with pytest.raises(NotAllowed):
        decided(change, engineer)
    given = give(ops_lead, engineer)
    assert engineer.notices.filter(kind="changes.delegated", params__delegation=given.pk).count() == 1
    decision = decided(change, engineer)
    assert (decision.person, decision.on_behalf_of) == (engineer, ops_lead)


def test_only_on_its_days_and_not_after_it_was_withdrawn(submitted, ops_lead, engineer):
    change = submitted("low")
    given = give(ops_lead, engineer, first_on=TODAY + timedelta(days=1), last_on=TODAY + timedelta(days=1))
    for later in (0, 2):
        with pytest.raises(NotAllowed):
            decided(change, engineer, NOW + timedelta(days=later))
    services.withdraw_delegation(given, by=ops_lead, at=NOW)
    with pytest.raises(NotAllowed):
        decided(change, engineer, NOW + timedelta(days=1))
    given = give(ops_lead, engineer, first_on=TODAY + timedelta(days=1), last_on=TODAY + timedelta(days=1))
    assert decided(change, engineer, NOW + timedelta(days=1)).on_behalf_of == ops_lead


@pytest.mark.parametrize(
    ("scope", "reaches"),
    [({"category": "infrastructure"}, True), ({"category": "core_function"}, False), ({"highest_risk": "low"}, False),
     ({"highest_risk": "medium"}, True), ({}, True)],
)  # fmt: skip
def test_only_for_the_changes_it_names(submitted, ops_lead, engineer, scope, reaches):
    change = submitted("medium")
    give(ops_lead, engineer, **scope)
    assert bool(services.waiting_for(engineer, NOW)) is reaches
    if reaches:
        decided(change, engineer)
    else:
        with pytest.raises(NotAllowed):
            decided(change, engineer)


def test_one_level_only(submitted, ops_lead, engineer, other_engineer):
    give(ops_lead, engineer)
    with pytest.raises(NotAllowed):
        give(engineer, other_engineer)
    submitted("low")
    assert services.waiting_for(other_engineer, NOW) == []


def test_the_receiver_inherits_what_keeps_the_giver_from_deciding(submitted, ops_lead, engineer, top_manager):
    change = submitted("low", by=ops_lead)
    give(ops_lead, engineer)
    with pytest.raises(NotAllowed):
        decided(change, engineer)
    assert decided(change, top_manager).person == top_manager


def test_nobody_decides_about_own_work_through_a_delegation(submitted, ops_lead, asker, doer):
    change = submitted("low")
    give(ops_lead, asker, category="infrastructure")
    give(ops_lead, doer, category="core_function")
    for person in (asker, doer):
        with pytest.raises(NotAllowed):
            decided(change, person)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"first_on": TODAY - timedelta(days=1)}, Refused),
        ({"last_on": TODAY - timedelta(days=1)}, Refused),
        ({"last_on": TODAY + timedelta(days=366)}, Refused),
        ({"reason": "  "}, Refused),
        ({"role": "tech_lead"}, NotAllowed),
        ({"role": "customer_representative"}, NotAllowed),
    ],
)
def test_what_makes_no_sense_is_refused(ops_lead, engineer, wrong, refusal):
    with pytest.raises(refusal):
        give(ops_lead, engineer, **wrong)
    assert not Delegation.objects.exists()
    assert give(ops_lead, engineer).pk


def test_not_to_oneself_not_to_customers_not_to_who_left(ops_lead, engineer, representative):
    engineer.is_active = False
    engineer.save()
    for receiver in (ops_lead, representative, engineer):
        with pytest.raises(Refused):
            give(ops_lead, receiver)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.create(giver=ops_lead, receiver=ops_lead, role="ops_lead", valid=("2026-03-04", "2026-03-05"), given_at=NOW)


def test_overlapping_ones_are_refused(ops_lead, engineer, other_engineer):
    give(ops_lead, engineer, category="infrastructure")
    for scope in ({}, {"category": "infrastructure"}, {"category": "infrastructure", "first_on": TODAY + timedelta(days=6)}):
        with pytest.raises(Refused):
            give(ops_lead, other_engineer, **scope)
    give(ops_lead, other_engineer, category="database")
    give(ops_lead, other_engineer, category="infrastructure", first_on=TODAY + timedelta(days=7), last_on=TODAY + timedelta(days=8))


def test_only_the_giver_or_the_change_manager_withdraws_and_sees(ops_lead, engineer, tech_lead, service_manager):
    given = give(ops_lead, engineer)
    for person in (engineer, tech_lead):
        with pytest.raises(NotAllowed):
            services.withdraw_delegation(given, by=person, at=NOW)
    assert [Delegation.objects.visible_to(p).count() for p in (ops_lead, engineer, tech_lead, service_manager)] == [1, 1, 0, 1]
    services.withdraw_delegation(given, by=service_manager, at=NOW)
    with pytest.raises(Refused):
        services.withdraw_delegation(given, by=ops_lead, at=NOW)


def test_what_was_decided_stays_when_a_delegation_ends(submitted, ops_lead, engineer):
    change = submitted("low")
    given = give(ops_lead, engineer)
    decided(change, engineer)
    services.withdraw_delegation(given, by=ops_lead, at=NOW)
    assert Decision.objects.get().on_behalf_of == ops_lead


def test_the_pages_give_and_withdraw(ops_lead, engineer, client):
    client.force_login(ops_lead)
    assert client.get("/changes/delegations/new/").status_code == 200
    fields = {"role": "ops_lead", "receiver": engineer.pk, "first_on": TODAY, "last_on": TODAY, "highest_risk": "high", "category": ""}
    assert client.post("/changes/delegations/new/", {**fields, "reason": ""}).status_code == 422
    assert client.post("/changes/delegations/new/", {**fields, "reason": "Away", "first_on": "2020-01-01"}).status_code == 409
    assert client.post("/changes/delegations/new/", {**fields, "reason": "Away", "role": "top_management"}).status_code == 422
    assert client.post("/changes/delegations/new/", {**fields, "reason": "Away"}).url == "/changes/delegations/"
    assert engineer.name in client.get("/changes/delegations/").content.decode()
    given = Delegation.objects.get()
    client.force_login(engineer)
    assert ops_lead.name in client.get("/changes/delegations/").content.decode()
    assert client.post(f"/changes/delegations/{given.pk}/withdraw/").status_code == 403
    assert "hold no role" in client.get("/changes/delegations/new/").content.decode()
    client.force_login(ops_lead)
    assert client.post(f"/changes/delegations/{given.pk}/withdraw/").status_code == 302
    assert Delegation.objects.get().withdrawn_at == NOW


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_overlap(own_company, team):
    giver, *receivers = [
        cast.staff(name, role, team=team) for name, role in (("g", Role.OPS_LEAD), ("a", Role.ENGINEER), ("b", Role.ENGINEER))
    ]
    at_once(*[lambda r=r: give(giver, r) for r in receivers])
    assert Delegation.objects.count() == 1
