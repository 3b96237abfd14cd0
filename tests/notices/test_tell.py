from datetime import UTC, datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import translation

from itsm.notices import kinds, services, wording
from itsm.notices.models import Delivery, Notice
from tests import cast
from tests.threads import at_once


def test_telling_writes_a_notice_and_a_mail_that_is_owed(kind, agent, customer):
    notice = services.tell(agent, kind, about=customer, word="hello")
    assert notice.params == {"word": "hello"}
    assert Delivery.objects.get().notice == notice
    assert wording.subject(notice) == "江岚银行: hello"


def test_the_same_key_tells_once_and_another_tells_again(kind, agent, engineer, customer):
    assert services.tell(agent, kind, about=customer, key="1", word="a")
    assert services.tell(agent, kind, about=customer, key="1", word="b") is None
    assert services.tell(agent, kind, about=customer, key="2", word="c")
    assert services.tell(engineer, kind, about=customer, key="1", word="d")
    assert (Notice.objects.count(), Delivery.objects.count()) == (3, 3)


def test_a_key_without_a_record_tells_once_too(kind, agent):
    assert services.tell(agent, kind, key="1", word="a")
    assert services.tell(agent, kind, key="1", word="a") is None


def test_without_a_key_it_is_told_every_time(kind, agent, customer):
    assert [services.tell(agent, kind, about=customer, word="a") is not None for _ in range(2)] == [True, True]


def test_nobody_and_those_who_left_are_told_nothing(kind, agent):
    agent.is_active = False
    agent.save()
    assert services.tell(None, kind, word="a") is None
    assert services.tell(agent, kind, word="a") is None
    assert not Notice.objects.exists()


def test_without_an_address_no_mail_is_owed(kind, customer):
    silent = cast.person("silent", organisation=customer, email=None)
    assert services.tell(silent, kind, about=customer, word="a")
    assert not Delivery.objects.exists()


def test_a_customers_contact_has_no_bell(kind, contact, agent, customer):
    assert not services.tell(contact, kind, about=customer, word="a").in_app
    assert services.tell(agent, kind, about=customer, word="a").in_app


def test_a_kind_that_is_not_registered_is_an_error(agent):
    with pytest.raises(KeyError):
        services.tell(agent, "test.unknown")


def test_many_are_told_with_a_fixed_number_of_queries(kind, team, customer, django_assert_num_queries):
    people = [cast.staff(f"p{n}") for n in range(40)]
    services.tell(people[0], kind, about=customer, key="warm", word="w")
    with django_assert_num_queries(4):
        told = services.tell_many([services.Told(p, kind, customer, "k", {"word": "a"}) for p in people])
    assert len(told) == 40
    assert services.tell_many([services.Told(p, kind, customer, "k", {"word": "a"}) for p in people]) == []
    assert Delivery.objects.count() == 41


def test_what_is_told_keeps_every_character_and_instant(kind, agent, customer):
    said = {"word": "\\ \"{a,b}\" 'NULL'\t江岚 😀", "at": datetime(2026, 11, 2, 3, 4, 5, 6, tzinfo=UTC), "none": None, "share": 0.5}
    told_at = datetime(2026, 11, 2, 3, 4, 5, 678901, tzinfo=UTC)
    services.tell_many([services.Told(agent, kind, customer, "{k}\\", said)], at=told_at)
    notice = Notice.objects.get()
    assert (notice.key, notice.told_at, notice.record) == ("{k}\\", told_at, customer)
    assert notice.params == said | {"at": "2026-11-02T03:04:05.000006+00:00"}


def test_a_record_that_nobody_loaded_is_told_of_by_its_pointer(kind, agent, customer):
    place = ContentType.objects.get_for_model(type(customer)).pk
    services.tell_many([services.Told(agent, kind, services.Pointer(place, customer.pk), "1", {"word": "a"})])
    assert services.tell(agent, kind, about=customer, key="1", word="a") is None
    assert Notice.objects.get().record == customer


def test_what_is_rolled_back_is_not_told(kind, agent, customer):
    with transaction.atomic():
        services.tell(agent, kind, about=customer, word="a")
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_who_switched_a_kinds_mail_off_reads_it_in_the_bell_only(kind, agent, customer):
    services.prefer(agent, by_mail=set())
    assert services.tell(agent, kind, about=customer, word="a")
    assert not Delivery.objects.exists()
    services.prefer(agent, by_mail={kind})
    assert services.tell(agent, kind, about=customer, word="b")
    assert Delivery.objects.count() == 1


def test_it_is_worded_in_the_readers_language_when_it_is_sent(agent, contact, customer):
    notice = services.tell(contact, "accounts.invitation", about=customer)
    with translation.override("en"):
        message = wording.mail(notice)
    assert message.extra_headers["Content-Language"] == "zh-hans"
    assert 'lang="zh-Hans"' in message.alternatives[0].content
    assert [part for part in ("text/plain", "text/html") if part in message.message().as_string()] == ["text/plain", "text/html"]


def test_a_registered_name_cannot_be_taken_by_another_kind(kind):
    with pytest.raises(ValueError, match="twice"):
        kinds.register(kinds.Kind(kind, subject="other", template="emails/base"))


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_at_once_tell_it_once(kind, agent, customer):
    results = at_once(*[lambda: services.tell(agent, kind, about=customer, key="1", word="a")] * 2)
    assert sorted(result is None for result in results) == [False, True]
    assert Delivery.objects.count() == 1
