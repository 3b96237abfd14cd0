import hashlib

import pgtrigger
import pytest
from django.db import InternalError, connection, transaction

from itsm.links import services
from itsm.links.models import Receipt
from tests.threads import at_once

FACTS = services.Facts(ip="203.0.113.7", user_agent="Phone", language="zh-hans", shown_text="名称是江岚银行。")


def test_a_receipt_says_who_when_from_where_and_what_was_shown(link, contact):
    receipt = services.receive(link, "right", "好", facts=FACTS, rating=5)
    receipt.refresh_from_db()
    assert (receipt.person, receipt.choice, receipt.words, receipt.rating) == (contact, "right", "好", 5)
    assert (receipt.ip, receipt.user_agent, receipt.language) == ("203.0.113.7", "Phone", "zh-hans")
    assert receipt.shown_text == "名称是江岚银行。"
    assert receipt.shown_sha256 == hashlib.sha256("名称是江岚银行。".encode()).hexdigest()


def test_a_single_use_link_is_used_once(link):
    services.receive(link, "right", facts=FACTS)
    with pytest.raises(services.NotOpen) as closed:
        services.receive(link, "wrong", facts=FACTS)
    assert closed.value.state == "used"
    assert Receipt.objects.count() == 1


def test_a_lasting_link_takes_one_receipt_after_another(lasting_purpose, customer, contact):
    link = services.issue(lasting_purpose.name, customer, contact)
    assert [services.receive(link, "right", facts=FACTS).seq for _ in range(3)] == [1, 2, 3]


def test_a_withdrawn_link_receives_nothing(link, customer):
    services.revoke(customer, link.purpose)
    with pytest.raises(services.NotOpen):
        services.receive(link, "right", facts=FACTS)
    assert not Receipt.objects.exists()


def test_receipts_of_a_record_are_chained_and_a_forged_one_is_found(lasting_purpose, customer, contact):
    link = services.issue(lasting_purpose.name, customer, contact)
    first, second = (services.receive(link, "right", facts=FACTS) for _ in range(2))
    assert second.previous_sha256 == first.sha256
    assert services.first_broken(customer) is None
    with pgtrigger.ignore("links.Receipt:append_only"):
        Receipt.objects.filter(pk=first.pk).update(choice="wrong")
    assert services.first_broken(customer) == first


def test_the_chain_notices_another_text(link, customer):
    receipt = services.receive(link, "right", facts=FACTS)
    with pgtrigger.ignore("links.Receipt:append_only"):
        Receipt.objects.filter(pk=receipt.pk).update(shown_text="something else")
    assert services.first_broken(customer) == receipt


@pytest.mark.parametrize(
    "statement", ["UPDATE links_receipt SET choice = 'wrong'", "DELETE FROM links_receipt", "TRUNCATE links_receipt CASCADE"]
)
def test_the_database_refuses_to_change_a_receipt(link, statement):
    services.receive(link, "right", facts=FACTS)
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        _execute("SET CONSTRAINTS ALL IMMEDIATE", statement)
    assert Receipt.objects.get().choice == "right"


def _execute(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_become_one(link):
    results = at_once(*[lambda choice=choice: services.receive(link, choice, facts=FACTS) for choice in ("right", "wrong")])
    assert sorted(type(result).__name__ for result in results) == ["NotOpen", "Receipt"]
    assert Receipt.objects.count() == 1
