"""The life of a version: offered, negotiated, accepted on exactly the text shown, or published with a note (D10)."""

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from itsm.core.errors import NotAllowed, Refused
from itsm.core.models import StepTaken
from itsm.links.models import LinkState, Receipt, SignedLink
from itsm.notices.models import Notice
from itsm.people.models import Role
from sla import services as sla
from sla.models import AgreementVersion, Negotiation, VersionStatus
from tests import cast
from tests.sla.conftest import MONDAY
from tests.sla.offers import IN_A_MONTH, accept, draft, held, link_of, offered, seen

__all__ = ["draft", "offered"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def test_an_offer_goes_to_every_representative_and_to_nobody_else(draft, representative, contact, customer, service_manager):
    second = cast.appointed(cast.person("second", organisation=customer), Role.CUSTOMER_REPRESENTATIVE, organisation=customer)
    version = sla.offer_version(draft, by=service_manager)
    assert (version.status, version.offered_by) == (VersionStatus.OFFERED, service_manager)
    assert {link.person for link in SignedLink.objects.about(version)} == {representative, second}
    told = Notice.objects.filter(kind="sla.offered")
    assert {notice.person for notice in told} == {representative, second}
    assert told.first().record == version


def test_no_offer_without_somebody_who_can_read_it(draft, customer, service_manager):
    silent = cast.person("silent", organisation=customer, email=None)
    cast.appointed(silent, Role.CUSTOMER_REPRESENTATIVE, organisation=customer)
    with pytest.raises(Refused, match="representative") as refused:
        sla.offer_version(draft, by=service_manager)
    assert refused.value.code == "no_representative"
    assert AgreementVersion.objects.get(pk=draft.pk).status == VersionStatus.DRAFT
    silent.email = "silent@example.com"
    silent.save()
    assert sla.offer_version(draft, by=service_manager)


def test_the_representative_accepts_exactly_the_text_that_was_shown(offered, representative, service_manager, customer, service):
    link = link_of(offered, representative)
    text = seen(link).shown_text
    version = accept(offered, representative)
    receipt = Receipt.objects.about(version).get()
    assert (version.status, version.published_by, version.published_at) == (VersionStatus.ACCEPTED, representative, MONDAY)
    assert (receipt.choice, receipt.shown_text) == ("accepted", text)
    assert receipt.shown_sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert link.state(MONDAY) == LinkState.OPEN
    link.refresh_from_db()
    assert link.state(MONDAY) == LinkState.USED
    assert [n.person for n in Notice.objects.filter(kind="sla.accepted")] == [service_manager]
    assert sla.promise(customer, service, 1, MONDAY).agreement_version.no == 1
    assert sla.promise(customer, service, 1, IN_A_MONTH).agreement_version.no == 2


def test_of_two_representatives_the_second_reads_who_was_faster(draft, representative, customer, service_manager):
    second = cast.appointed(cast.person("second", organisation=customer), Role.CUSTOMER_REPRESENTATIVE, organisation=customer)
    version = sla.offer_version(draft, by=service_manager)
    accept(version, representative)
    with pytest.raises(Refused, match="has accepted this already"):
        accept(version, second)
    assert Receipt.objects.count() == 1


def test_asking_for_something_else_becomes_a_line_and_the_manager_is_told(offered, representative, service_manager):
    link = link_of(offered, representative)
    sla.ask_otherwise(offered, by=representative, link=link, facts=seen(link), wanted="Nights too.")
    version = AgreementVersion.objects.get(pk=offered.pk)
    line = Negotiation.objects.get(version=version)
    assert (version.status, line.wanted, line.said_by) == (VersionStatus.NEGOTIATED, "Nights too.", representative)
    notice = Notice.objects.get(kind="sla.asked")
    assert (notice.person, notice.params["words"]) == (service_manager, "Nights too.")
    answer = sla.negotiate_version(
        version, by=service_manager, about="Hours", wanted="Nights too.", able="Until 22:00", way_out="change_hours"
    )
    assert (answer.seq, answer.way_out) == (2, "change_hours")
    again = sla.offer_version(version, by=service_manager)
    assert again.status == VersionStatus.OFFERED
    assert accept(again, representative)


def test_the_manager_notes_what_a_customer_said_on_the_phone(offered, service_manager, engineer):
    said = {"about": "Price", "wanted": "Cheaper", "way_out": "accept_less"}
    with pytest.raises(NotAllowed):
        sla.negotiate_version(offered, by=engineer, **said)
    sla.negotiate_version(offered, by=service_manager, **said)
    assert AgreementVersion.objects.get(pk=offered.pk).status == VersionStatus.NEGOTIATED
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Negotiation.objects.update(wanted="x")


def test_an_offer_taken_back_opens_no_more_and_can_be_changed(offered, representative, service_manager):
    link = link_of(offered, representative)
    with pytest.raises(Refused, match="Take the offer back"):
        sla.save_draft(offered, by=service_manager, targets=held(offered))
    sla.withdraw_version(offered, by=service_manager)
    link.refresh_from_db()
    assert link.state(MONDAY) == LinkState.REVOKED
    with pytest.raises(Refused):
        sla.accept_version(offered, by=representative, link=link, facts=seen(link))
    version = AgreementVersion.objects.get(pk=offered.pk)
    assert sla.save_draft(version, by=service_manager, targets=held(version)).status == VersionStatus.DRAFT
    assert [step.step for step in StepTaken.objects.about(version)] == ["offer", "withdraw"]


def test_ending_an_agreement_takes_its_offer_back(offered, representative, service_manager):
    link = link_of(offered, representative)
    sla.end_agreement(offered.agreement, by=service_manager)
    link.refresh_from_db()
    assert link.state(MONDAY) == LinkState.REVOKED
    version = AgreementVersion.objects.get(pk=offered.pk)
    assert version.status == VersionStatus.DRAFT
    for verb in (sla.offer_version, sla.publish_version, sla.withdraw_version):
        with pytest.raises(Refused, match="ended"):
            verb(version, by=service_manager)


def test_only_a_representative_decides_and_only_before_the_day(offered, representative, customer, service_manager):
    link = link_of(offered, representative)
    with pytest.raises(Refused, match="has passed"):
        accept(offered, representative, at=IN_A_MONTH)
    held_now = representative.appointments.get()
    held_now.withdrawn_at = MONDAY
    held_now.save()
    with pytest.raises(Refused, match="Only a representative"):
        sla.accept_version(offered, by=representative, link=link, facts=seen(link))
    held_now.withdrawn_at = None
    held_now.save()
    assert accept(offered, representative)


def test_what_was_agreed_outside_is_published_with_a_note_and_its_links_end(offered, representative, service_manager):
    link = link_of(offered, representative)
    with pytest.raises(Refused, match="how the customer agreed"):
        sla.publish_version(offered, by=service_manager, approved_note="  ")
    version = sla.publish_version(offered, by=service_manager, approved_note="Letter of 28 September.")
    assert version.approved_note == "Letter of 28 September."
    link.refresh_from_db()
    assert link.state(MONDAY) == LinkState.REVOKED
    with pytest.raises(Refused, match="already"):
        sla.accept_version(version, by=representative, link=link, facts=seen(link))


def test_the_database_refuses_a_version_that_nobody_accepted(offered, representative, service_manager):
    offered.accept(by=representative, at=MONDAY)
    with pytest.raises(DatabaseError, match="accepted by nobody"), transaction.atomic():
        offered.save()
    assert accept(AgreementVersion.objects.get(pk=offered.pk), representative).status == VersionStatus.ACCEPTED


def test_a_receipt_that_asks_for_something_else_accepts_nothing(offered, representative):
    link = link_of(offered, representative)
    sla.ask_otherwise(offered, by=representative, link=link, facts=seen(link), wanted="More.")
    with pytest.raises(DatabaseError), transaction.atomic():
        AgreementVersion.objects.filter(pk=offered.pk).update(status="accepted", published_at=MONDAY)


def test_internal_and_supplier_promises_are_published_and_never_offered(db, team, service_manager):
    promised = sla.make_agreement(by=service_manager, team=team, name="OLA-infra")
    version = promised.versions.get()
    assert {target.metric for target in version.targets.all()} == {"support"}
    with pytest.raises(Refused, match="Only a customer"):
        sla.offer_version(version, by=service_manager)
    with pytest.raises(Refused, match="how it was agreed"):
        sla.publish_version(version, by=service_manager)
    assert sla.publish_version(version, by=service_manager, approved_note="Minutes.").status == VersionStatus.ACCEPTED
    with pytest.raises(Refused, match="this team"):
        sla.make_agreement(by=service_manager, team=team, name="again")
    with pytest.raises(Refused, match="Choose one"):
        sla.make_agreement(by=service_manager, name="with nobody")


@pytest.mark.parametrize("days", [-3000, 3000])
def test_a_day_that_nobody_can_mean_is_refused_and_nothing_is_kept(draft, service_manager, days):
    with pytest.raises(Refused, match="five years"):
        sla.save_draft(draft, by=service_manager, targets=held(draft), effective_from=MONDAY + timedelta(days=days))
    assert AgreementVersion.objects.get(pk=draft.pk).effective_from == IN_A_MONTH
