"""Agreements: draft, publish with its checks, end; and what the database itself refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from itsm.core.errors import NotAllowed, Refused
from sla import services as sla
from sla.models import Agreement, AgreementVersion, Target
from tests.sla.conftest import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def draft(agreement, service_manager):
    """A draft of version 2 that could be published."""
    version = sla.draft_version(agreement.agreement, by=service_manager)
    return saved(version, service_manager, effective_from=MONDAY + timedelta(days=30), approved_note="Letter of 25 September.")


def held(version):
    return {(t.tier, t.priority, t.metric): (t.seconds, t.calendar) for t in version.targets.select_related("calendar")}


def saved(version, by, targets=None, risks_accepted="The duty begins next month.", **terms):
    return sla.save_draft(version, by=by, targets=targets or held(version), risks_accepted=risks_accepted, **terms)


def test_a_draft_begins_as_the_version_in_force_stands(agreement, draft):
    assert held(draft) == held(agreement)
    assert draft.no == 2


def test_a_published_version_counts_from_its_day(draft, service_manager, customer, service):
    sla.publish_version(draft, by=service_manager)
    assert sla.promise(customer, service, 1, MONDAY).agreement_version.no == 1
    assert sla.promise(customer, service, 1, MONDAY + timedelta(days=30)).agreement_version.no == 2


def changed(draft, key, seconds=None, calendar=None):
    targets = held(draft)
    targets[key] = (seconds or targets[key][0], calendar or targets[key][1])
    return targets


@pytest.mark.parametrize("fault", ["slow", "narrow", "missing", "past", "unsaid", "empty"])
def test_a_faulty_draft_is_not_published_until_it_is_mended(draft, service_manager, fault):
    good, office = held(draft), held(draft)["core", 3, "response"][1]
    note, since = draft.approved_note, draft.effective_from
    bad = {
        "slow": {"targets": changed(draft, ("core", 1, "response"), 3600)},
        "narrow": {"targets": changed(draft, ("core", 1, "response"), calendar=office)},
        "missing": {"targets": {k: v for k, v in good.items() if k != ("core", 2, "resolution")}},
        "past": {"targets": good, "effective_from": MONDAY},
        "unsaid": {"targets": good, "approved_note": " "},
        "empty": {"targets": {}},
    }[fault]
    sla.save_draft(draft, by=service_manager, **bad)
    with pytest.raises(Refused):
        sla.publish_version(draft, by=service_manager)
    saved(draft, service_manager, targets=good, approved_note=note, effective_from=since)
    assert sla.publish_version(draft, by=service_manager).published_at == MONDAY


def test_only_the_service_manager_keeps_agreements(draft, engineer, service_manager):
    with pytest.raises(NotAllowed):
        sla.publish_version(draft, by=engineer)
    assert sla.publish_version(draft, by=service_manager)


def test_the_database_refuses_to_change_what_is_published(agreement):
    target = agreement.targets.first()
    for act in (
        lambda: AgreementVersion.objects.filter(pk=agreement.pk).update(imported=True),
        lambda: AgreementVersion.objects.filter(pk=agreement.pk).update(published_at=None),
        lambda: Target.objects.filter(pk=target.pk).update(seconds=1),
        lambda: Target.objects.filter(pk=target.pk).delete(),
        lambda: Target.objects.create(
            version=agreement, tier="core", priority=1, metric="next_update", seconds=1, calendar=target.calendar
        ),
    ):
        with pytest.raises(DatabaseError, match="published"), transaction.atomic():
            act()


def test_one_customer_has_one_agreement_about_everything(agreement, customer, service_manager):
    with pytest.raises(Refused):
        sla.make_agreement(by=service_manager, customer=customer, name="again")
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(customer=customer, name="again")
    sla.end_agreement(agreement.agreement, by=service_manager)
    assert sla.make_agreement(by=service_manager, customer=customer, name="again")


def test_an_ended_agreement_promises_nothing_new_and_keeps_what_it_promised(agreement, make_incident, customer, service, service_manager):
    incident = make_incident()
    due = sla.start(incident, by=None, priority=3)
    sla.end_agreement(agreement.agreement, by=service_manager)
    assert not sla.promise(customer, service, 3, MONDAY + timedelta(hours=1))
    assert sla.promise(customer, service, 3, MONDAY - timedelta(hours=1))
    assert sla.resume(incident, by=None) == due


def test_the_services_own_agreement_comes_before_the_general_one(agreement, customer, service, service_manager):
    own = sla.make_agreement(by=service_manager, customer=customer, service=service, name="SLA-own")
    version = saved(own.versions.get(), service_manager, approved_note="Contract.", effective_from=MONDAY)
    sla.publish_version(version, by=service_manager)
    assert sla.promise(customer, service, 3, MONDAY).agreement_version == version
    assert {t.tier for t in version.targets.all()} == {"core"}


def test_default_agreement_is_made_once_and_says_when_nobody_agreed(customer):
    first = sla.default_agreement(customer, effective_from=datetime(2016, 2, 29, tzinfo=UTC), imported=True)
    assert sla.default_agreement(customer) == first
    assert first.imported
    assert first.targets.count() == 22
