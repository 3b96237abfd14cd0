import pytest

from itsm.links import services as links
from itsm.notices import kinds, services
from itsm.notices.models import Delivery
from tests.links.conftest import purpose

__all__ = ["purpose"]


@pytest.fixture
def asking(purpose):
    made = kinds.register(
        kinds.Kind("test.asks", subject="Is it right?", template="emails/accounts/password_reset", link_purpose=purpose.name)
    )
    made_with_answer = kinds.register(
        kinds.Kind("test.answers", subject="Answer", template="emails/accounts/password_reset", answer_purpose=purpose.name)
    )
    yield made
    kinds.forget(made.name)
    kinds.forget(made_with_answer.name)


@pytest.fixture
def demo(settings):
    settings.MAIL_CONFIGURED, settings.DEMO = False, True


def test_the_outbox_shows_mails_and_their_links_work(client, demo, asking, agent, contact, customer):
    link = links.issue(asking.link_purpose, customer, contact)
    services.tell(contact, asking.name, about=customer)
    client.force_login(agent)
    assert "Is it right?" in client.get("/outbox/").content.decode()
    delivery = Delivery.objects.get()
    page = client.get(f"/outbox/{delivery.pk}/").content.decode()
    assert f'href="{link.url()}"' in page


def test_the_html_part_is_a_sandboxed_answer_of_its_own(client, demo, asking, agent, contact, customer):
    services.tell(contact, asking.name, about=customer)
    client.force_login(agent)
    response = client.get(f"/outbox/{Delivery.objects.get().pk}/html/")
    assert "sandbox" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "/l/" in response.content.decode()


def test_the_raw_link_is_stored_nowhere(asking, contact, customer):
    notice = services.tell(contact, asking.name, about=customer)
    link = links.issue(asking.link_purpose, customer, contact)
    assert link.token not in str(notice.params) + notice.key


def test_a_mail_carries_the_answer_link(client, demo, asking, agent, contact, customer):
    link = links.issue(asking.link_purpose, customer, contact)
    services.tell(contact, "test.answers", about=customer)
    client.force_login(agent)
    page = client.get(f"/outbox/{Delivery.objects.get().pk}/").content.decode()
    assert link.url() in page


@pytest.mark.parametrize(("configured", "demo_on"), [(True, True), (False, False)])
def test_in_earnest_there_is_no_outbox_page(client, agent, settings, configured, demo_on):
    client.force_login(agent)
    settings.DEBUG = False
    settings.MAIL_CONFIGURED, settings.DEMO = False, True
    assert client.get("/outbox/").status_code == 200
    settings.MAIL_CONFIGURED, settings.DEMO = configured, demo_on
    assert client.get("/outbox/").status_code == 404


def test_nobody_signed_in_sees_the_outbox(client, demo, contact):
    assert client.get("/outbox/").status_code == 302
    client.force_login(contact)
    assert client.get("/outbox/").status_code == 404
