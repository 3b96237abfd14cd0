from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from itsm.core import clock
from itsm.core.sweep import alone
from itsm.notices import deliveries, kinds, services, tasks
from itsm.notices.models import Delivery
from itsm.people import services as people
from tests.threads import at_once


class Refusing(EmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages):
        raise OSError("refused")


class Down(EmailBackend):
    """A mail server that does not answer; counts how often it was asked."""

    asked = 0

    def open(self):
        Down.asked += 1
        raise TimeoutError("no answer")


@pytest.fixture
def told(kind, agent, customer, mail_server):
    return services.tell(agent, kind, about=customer, key="1", word="hello")


def test_an_owed_mail_is_sent_once_however_often_the_sweep_runs(told, mailoutbox, agent):
    assert [tasks.deliver_notices() for _ in range(3)] == [1, 0, 0]
    (letter,) = mailoutbox
    assert letter.to == [agent.email]
    assert letter.subject == "江岚银行: hello"
    assert letter.alternatives[0].mimetype == "text/html"


def test_what_the_server_accepted_is_counted_by_kind_person_and_time(told, kind, agent, engineer, customer, mailoutbox):
    assert services.delivered_count(customer, kind, agent) == 0
    tasks.deliver_notices()
    assert services.delivered_count(customer, kind, agent) == 1
    assert services.delivered_count(customer, (kind, "other"), agent) == 1
    assert services.delivered_count(customer, kind, engineer) == 0
    assert services.delivered_count(customer, kind, agent, since=clock.now() + timedelta(hours=1)) == 0


def test_a_server_that_refuses_is_tried_again_later_and_less_and_less_often(told, settings, mailoutbox):
    settings.EMAIL_BACKEND = "tests.notices.test_deliver.Refusing"
    at, waits = clock.now(), []
    for _ in range(5):
        with clock.at(at):
            assert tasks.deliver_notices() == 0
        delivery = Delivery.objects.get()
        waits.append((delivery.next_try_at - at).total_seconds())
        at = delivery.next_try_at
    assert waits == [15, 30, 60, 120, 240]
    assert "refused" in delivery.last_error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.at(at):
        assert tasks.deliver_notices() == 1
    assert len(mailoutbox) == 1


def test_after_three_days_it_is_given_up_and_left_to_people(told, settings):
    settings.EMAIL_BACKEND = "tests.notices.test_deliver.Refusing"
    with clock.at(clock.now() + timedelta(days=3)):
        tasks.deliver_notices()
    assert Delivery.objects.get().given_up_at
    assert not services.owed().exists()


def test_a_mail_that_cannot_be_worded_does_not_stop_the_others(told, agent, engineer, customer, mailoutbox):
    poison = kinds.register(kinds.Kind("test.poison", subject="%(nothing)s", template="emails/none"))
    services.tell(engineer, poison.name, about=customer)
    services.tell(engineer, told.kind, about=customer, word="after")
    assert tasks.deliver_notices() == 2
    kinds.forget(poison.name)
    assert sorted(letter.to[0] for letter in mailoutbox) == [agent.email, engineer.email]
    assert services.owed().get().last_error


def test_a_worker_that_dies_gives_its_mails_back_after_the_lease(told, mailoutbox):
    at = clock.now()
    assert len(deliveries._claim(at, 10)) == 1
    with clock.at(at + timedelta(minutes=4)):
        assert tasks.deliver_notices() == 0
    with clock.at(at + timedelta(minutes=5)):
        assert tasks.deliver_notices() == 1


def test_without_a_mail_server_mail_waits_and_the_product_says_so(kind, agent, customer, client, mailoutbox, settings):
    settings.MAIL_CONFIGURED = settings.DEMO = settings.DEBUG = False
    services.tell(agent, kind, about=customer, word="a")
    assert tasks.deliver_notices() == 0
    assert not mailoutbox
    client.force_login(agent)
    assert "1 mail waits" in client.get("/notices/").content.decode()
    settings.MAIL_CONFIGURED = True
    assert tasks.deliver_notices() == 1
    assert "mail waits" not in client.get("/notices/").content.decode()


def test_in_the_demo_mail_lands_on_the_outbox_page(kind, agent, customer, mailoutbox, settings):
    settings.MAIL_CONFIGURED, settings.DEMO = False, True
    services.tell(agent, kind, about=customer, word="a")
    assert tasks.deliver_notices() == 1
    assert not mailoutbox
    assert services.delivered_count(customer, kind, agent) == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_side_by_side_send_each_mail_once(kind, agent, customer, mail_server):
    for n in range(30):
        services.tell(agent, kind, about=customer, key=str(n), word=str(n))
    mail.outbox = []
    assert sum(at_once(deliveries.deliver_due, deliveries.deliver_due)) == 30
    assert len({letter.subject for letter in mail.outbox}) == len(mail.outbox) == 30


def test_a_mail_that_was_given_up_is_shown_to_keepers_and_tried_again(told, settings, client, service_manager, engineer, mailoutbox):
    settings.EMAIL_BACKEND = "tests.notices.test_deliver.Refusing"
    with clock.at(clock.now() + timedelta(days=3)):
        tasks.deliver_notices()
    client.force_login(engineer)
    assert client.get("/settings/mail/").status_code == 403
    client.force_login(service_manager)
    page = client.get("/settings/mail/").content.decode()
    assert "江岚银行: hello" in page
    assert "refused" in page
    assert "1 mail was not accepted" in page
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.post(f"/settings/mail/{Delivery.objects.get().pk}/again/")
    assert tasks.deliver_notices() == 1
    assert len(mailoutbox) == 1


def test_a_mail_to_somebody_who_left_is_given_up_at_once_and_bothers_nobody(told, agent, service_manager, mailoutbox):
    people.leave(agent, by=service_manager)
    assert tasks.deliver_notices() == 0
    assert not mailoutbox
    assert not services.owed().exists()
    assert not services.given_up().exists()


def test_a_server_that_does_not_answer_is_asked_once_for_a_whole_batch(told, kind, agent, customer, settings, mailoutbox):
    for number in range(5):
        services.tell(agent, kind, about=customer, word=str(number))
    settings.EMAIL_BACKEND = "tests.notices.test_deliver.Down"
    Down.asked = 0
    assert tasks.deliver_notices() == 0
    assert Down.asked == 1
    assert services.owed().filter(last_error__contains="no answer").count() == 6
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.at(clock.now() + timedelta(seconds=16)):
        assert tasks.deliver_notices() == 6
    assert len(mailoutbox) == 6


def test_a_server_that_does_not_answer_is_not_asked_for_every_batch(told, kind, agent, customer, settings):
    for number in range(5):
        services.tell(agent, kind, about=customer, word=str(number))
    settings.EMAIL_BACKEND = "tests.notices.test_deliver.Down"
    Down.asked = 0
    assert deliveries.deliver_due(batch=2) == 0
    assert Down.asked == 1


def test_what_there_is_no_time_for_is_not_claimed(told):
    began = clock.now()
    with clock.at(began + deliveries.LEASE):
        assert deliveries.deliver_due(at=began) == 0
    assert Delivery.objects.get().tries == 0
    assert deliveries.deliver_due() == 1


@pytest.mark.django_db(transaction=True)
def test_one_sweep_at_a_time_so_that_a_slow_server_keeps_one_worker_only(told):
    def during_another():
        with alone(deliveries.POSTMAN):
            return at_once(deliveries.deliver_due)

    assert during_another() == [0]
    assert deliveries.deliver_due() == 1
