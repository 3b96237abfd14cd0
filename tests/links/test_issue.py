from datetime import timedelta

import pytest

from itsm.core import clock
from itsm.links import services
from itsm.links.models import LinkState, SignedLink
from itsm.people import services as people


def test_the_token_is_nowhere_in_the_database(link):
    stored = " ".join(str(value) for value in SignedLink.objects.filter(pk=link.pk).values().get().values())
    assert link.token not in stored
    assert services.find(link.token) == link


def test_a_token_cannot_be_derived_from_what_is_stored_without_the_secret(link, settings):
    before = link.token
    settings.SECRET_KEY = "another-secret-key-that-somebody-guessed"
    assert link.token != before
    assert services.find(link.token) is None


def test_two_links_of_the_same_person_have_different_tokens(link, customer, contact):
    assert services.issue(link.purpose, customer, contact).token != link.token


def test_the_address_is_complete_and_holds_the_token(link, settings):
    assert link.url() == f"{settings.SITE_URL}/l/{link.token}/"


def test_a_link_ends_after_its_lifetime(purpose, customer, contact):
    at = clock.now()
    link = services.issue(purpose.name, customer, contact, at=at, lifetime=timedelta(hours=1))
    assert link.state(at + timedelta(minutes=59)) == LinkState.OPEN
    assert link.state(at + timedelta(hours=1)) == LinkState.EXPIRED


def test_a_withdrawn_link_is_withdrawn_and_a_second_time_changes_nothing(link, customer):
    assert services.revoke(customer, link.purpose) == 1
    assert services.revoke(customer, link.purpose) == 0
    link.refresh_from_db()
    assert link.state(clock.now()) == LinkState.REVOKED


def test_a_mail_carries_the_link_that_was_open_when_it_was_owed_whatever_became_of_it(link, customer, contact, representative):
    told_at = clock.now()
    assert services.link_for(link.purpose, customer, contact, told_at=told_at) == link
    services.revoke(customer, link.purpose)
    newer = services.issue(link.purpose, customer, contact)
    assert services.link_for(link.purpose, customer, contact, told_at=told_at) == link
    assert services.link_for(link.purpose, customer, contact, told_at=clock.now()) == newer
    assert services.link_for(link.purpose, customer, representative, told_at=told_at).person == representative


def test_a_link_issued_while_a_mail_is_worded_is_found_again_when_it_is_read_again(purpose, customer, contact):
    told_at = clock.now()
    issued = services.link_for(purpose.name, customer, contact, told_at=told_at)
    assert services.link_for(purpose.name, customer, contact, told_at=told_at) == issued
    assert SignedLink.objects.count() == 1


def test_an_unknown_purpose_issues_nothing(customer, contact):
    with pytest.raises(KeyError):
        services.issue("test.unknown", customer, contact)
    assert not SignedLink.objects.exists()


def test_the_link_of_somebody_who_left_is_withdrawn(link, contact, service_manager):
    assert link.state(clock.now()) == LinkState.OPEN
    people.leave(contact, by=service_manager)
    assert services.find(link.token).state(clock.now()) == LinkState.REVOKED
