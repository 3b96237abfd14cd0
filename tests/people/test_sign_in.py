import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from itsm.core import clock
from itsm.core.errors import Refused
from itsm.notices.models import Notice
from itsm.notices.tasks import deliver_notices
from itsm.people import services
from itsm.people.models import Person

PASSWORD = "correct-horse-battery-9"


@pytest.fixture
def signed(engineer):
    """An engineer who chose a password."""
    engineer.set_password(PASSWORD)
    engineer.save()
    return engineer


def sign_in(client, login, password=PASSWORD):
    return client.post("/accounts/login/", {"login": login, "password": password})


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["engineer", "engineer@example.com"])
def test_user_name_or_mail_and_the_password_open_the_door(client, signed, login):
    assert sign_in(client, login).status_code == 302
    assert is_in(client)


def test_a_wrong_password_does_not(client, signed):
    sign_in(client, "engineer", "wrong")
    assert not is_in(client)
    sign_in(client, "engineer")
    assert is_in(client)


def test_who_left_does_not_get_in(client, signed, service_manager):
    services.leave(signed, by=service_manager)
    sign_in(client, "engineer")
    assert not is_in(client)


def test_after_five_failures_the_name_is_locked_from_that_address_only(client, signed):
    for _ in range(6):
        response = sign_in(client, "engineer", "wrong")
    assert response.status_code == 429
    sign_in(client, "engineer")
    assert not is_in(client)
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    sign_in(elsewhere, "engineer")
    assert is_in(elsewhere)


def test_nobody_signs_up(client, db):
    response = client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert response.status_code in (200, 403, 404)
    assert not Person.objects.filter(username="x").exists()


def test_a_forgotten_password_is_reset_by_mail(client, signed, settings, mailoutbox):
    settings.MAIL_CONFIGURED = True
    client.post("/accounts/password/reset/", {"email": signed.email})
    deliver_notices()
    (letter,) = mailoutbox
    path = re.search(r"http://[^/]+(/accounts/password/reset/key/\S+)", letter.body).group(1)
    page = client.get(path, follow=True)
    new = "another-good-password-1"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    client.logout()
    sign_in(client, "engineer", new)
    assert is_in(client)


def test_a_customers_contact_without_a_password_gets_no_reset_mail(client, contact):
    client.post("/accounts/password/reset/", {"email": contact.email})
    assert not Notice.objects.exists()


def test_an_invitation_lets_somebody_choose_a_password_once(client, service_manager, engineer, settings, mailoutbox):
    settings.MAIL_CONFIGURED = True
    client.force_login(service_manager)
    assert client.post(f"/settings/people/{engineer.pk}/invite/").status_code == 302
    deliver_notices()
    path = re.search(r"http://[^/]+(/accounts/welcome/\S+)", mailoutbox[0].body).group(1)
    guest = Client()
    assert guest.get(path).status_code == 200
    chosen = {"username": "chenke", "name": "陈可", "password1": PASSWORD, "password2": PASSWORD}
    assert guest.post(path, {**chosen, "password2": "different"}).status_code == 422
    assert guest.post(path, chosen).status_code == 302
    assert is_in(guest)
    assert Client().get(path).status_code == 410
    assert client.post(f"/settings/people/{engineer.pk}/invite/").status_code == 409


@pytest.mark.parametrize("path", ["/accounts/welcome/MQ/nonsense/", "/accounts/welcome/!!/x/"])
def test_a_guessed_invitation_is_over(client, engineer, path):
    assert client.get(path).status_code == 410


def test_an_invitation_ends_after_three_days(client, engineer, monkeypatch):
    path = services.invitation_url(engineer)
    assert client.get(path).status_code == 200
    late = timezone.now() + timedelta(days=4)
    monkeypatch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda self: late.replace(tzinfo=None))
    assert client.get(path).status_code == 410


def test_the_first_administrator_is_invited_until_there_is_one(client, db):
    path = services.invite_first_administrator()
    chosen = {"username": "root", "name": "Root", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(path, chosen).status_code == 302
    person = Person.objects.get()
    assert person.is_superuser
    assert services.invite_first_administrator() is None
    with pytest.raises(Refused):
        services.welcome(person, by=person, username="again", name="x", password=PASSWORD)


def test_a_customers_account_sees_its_own_page_and_nothing_of_ours(client, contact):
    contact.set_password(PASSWORD)
    contact.save()
    assert sign_in(client, "qinxi").url == "/portal/"
    assert client.get("/portal/").status_code == 200
    for path in ("/", "/settings/", "/notices/", "/outbox/", "/api/v1/people/", "/api/v1/customers/"):
        assert client.get(path).status_code == 404, path
    assert client.get("/api/v1/people/me/").json()["username"] == "qinxi"


def test_two_factor_pages_are_reachable(client, signed):
    client.force_login(signed)
    assert client.get("/accounts/2fa/").status_code == 200


def test_times_are_shown_in_the_readers_zone(client, signed):
    signed.time_zone = "America/New_York"
    signed.save(update_fields=["time_zone"])
    services.set_availability(signed, "busy", by=signed, at=clock.now().replace(hour=12, minute=0))
    client.force_login(signed)
    assert (
        "07:00" in client.get(f"/settings/people/{signed.pk}/").content.decode()
        or "08:00" in client.get(f"/settings/people/{signed.pk}/").content.decode()
    )
