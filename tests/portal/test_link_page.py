import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from itsm.core import clock
from itsm.links import services
from itsm.links.models import Receipt
from tests.threads import at_once


def path(link):
    return f"/l/{link.token}/"


def shown(client, link):
    return re.search(r'name="shown" value="(\w+)"', client.get(path(link)).content.decode()).group(1)


def decide(client, link, choice="right", **data):
    return client.post(path(link), {"shown": data.pop("shown", None) or shown(client, link), "choice": choice, **data})


def test_the_page_opens_without_an_account_and_changes_nothing(client, link, customer):
    for _ in range(3):
        response = client.get(path(link))
        assert response.status_code == 200
    assert client.head(path(link)).status_code == 200
    assert not Receipt.objects.exists()
    link.refresh_from_db()
    assert link.used_at is None


def test_the_page_is_in_the_persons_language_and_can_be_switched(client, link):
    assert 'lang="zh-Hans"' in client.get(path(link)).content.decode()
    assert 'lang="en"' in client.get(path(link) + "?language=en").content.decode()


def test_no_cache_no_index_no_referrer_to_strangers(client, link):
    response = client.get(path(link))
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "same-origin"


def test_a_decision_is_received_with_the_text_that_was_shown(client, link, contact):
    response = decide(client, link, words="好", HTTP_USER_AGENT="Phone")
    assert response.status_code == 302
    receipt = Receipt.objects.get()
    assert (receipt.choice, receipt.words, receipt.person) == ("right", "好", contact)
    assert receipt.shown_text == "The name is 江岚银行."
    assert receipt.ip == "127.0.0.1"
    assert client.get(response.url).status_code == 200


def test_a_text_that_changed_meanwhile_has_to_be_read_again(client, link, customer):
    seen = shown(client, link)
    customer.name = "江岚商业银行"
    customer.save(update_fields=["name"])
    response = decide(client, link, shown=seen)
    assert response.status_code == 409
    assert not Receipt.objects.exists()
    assert decide(client, link).status_code == 302


def test_an_incomplete_answer_keeps_what_was_typed(client, link):
    response = decide(client, link, choice="", words="typed")
    assert response.status_code == 422
    assert "typed" in response.content.decode()
    assert not Receipt.objects.exists()


def test_a_second_use_is_told_politely_and_changes_nothing(client, link, customer):
    seen = shown(client, link)
    decide(client, link)
    for response in (client.get(path(link)), decide(client, link, choice="wrong", shown=seen)):
        assert response.status_code == 410
        assert customer.name not in response.content.decode()
    assert Receipt.objects.get().choice == "right"


def test_a_late_use_is_told_politely_and_reveals_nothing(client, link, customer):
    with clock.at(clock.now() + timedelta(days=31)):
        response = client.get(path(link))
    assert response.status_code == 410
    assert customer.name not in response.content.decode()


def test_a_withdrawn_link_is_told_politely(client, link, customer):
    services.revoke(customer, link.purpose)
    response = client.get(path(link))
    assert response.status_code == 410
    assert customer.name not in response.content.decode()


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00"])
def test_an_unknown_token_is_nothing(client, db, token):
    response = client.get(f"/l/{token}/")
    assert response.status_code == 404
    assert "no-store" in response["Cache-Control"]


def test_a_post_from_another_site_is_refused(link):
    stranger = Client(enforce_csrf_checks=True)
    seen = shown(stranger, link)
    assert decide(stranger, link, shown=seen).status_code == 403
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', stranger.get(path(link)).content.decode()).group(1)
    assert decide(stranger, link, shown=seen, csrfmiddlewaretoken=token).status_code == 302


def test_a_lasting_link_stays_open(client, lasting_purpose, customer, contact):
    link = services.issue(lasting_purpose.name, customer, contact)
    for _ in range(2):
        assert decide(client, link).status_code == 302
    assert Receipt.objects.count() == 2


def test_a_repeated_request_of_a_lasting_link_acts_once_and_a_new_page_again(client, lasting_purpose, customer, contact):
    link = services.issue(lasting_purpose.name, customer, contact)
    key = re.search(r'name="request_key" value="([\w-]+)"', client.get(path(link)).content.decode()).group(1)
    assert [decide(client, link, request_key=key).status_code for _ in range(2)] == [302, 302]
    assert Receipt.objects.count() == 1
    decide(client, link, request_key=str(uuid.uuid4()))
    assert Receipt.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_acts_once(link, customer):
    seen = shown(Client(), link)
    results = at_once(*[lambda: decide(Client(), link, shown=seen).status_code] * 2)
    assert sorted(results) == [302, 410]
    assert Receipt.objects.count() == 1
    customer.refresh_from_db()
    assert customer.code == "jianglan-x"
