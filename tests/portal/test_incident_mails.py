"""Mails about incidents: their words, their links, and who never sees those links."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core import mail
from rest_framework.authtoken.models import Token

from incidents import services
from itsm.core.models import StepTaken
from itsm.links import services as links
from itsm.links.models import Receipt, SignedLink
from itsm.notices.models import Delivery, Notice
from tests.portal.mailed import LINK, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_earnest")]


@pytest.mark.parametrize(("language", "html", "word"), [("zh-hans", 'lang="zh-Hans"', "已解决"), ("en", 'lang="en"', "Solved")])
def test_mail_and_page_speak_the_contacts_language(client, now, accepted, requester, ready, mails, at, language, html, word, do):
    requester.language = language
    requester.save()
    do(20, services.resolve, accepted, by=ready, resolution="x", resolution_code="fixed")
    message = mails(at + timedelta(minutes=20))[-1]
    with now(minutes=30):
        text = page(client.get(LINK.search(message.body)[1]))
    assert html in text
    assert word in text
    assert message.extra_headers["Content-Language"] == language


def test_every_mail_to_the_customer_carries_their_links_in_both_parts(log, ready, agent, mails, at, do):
    def minutes(count):
        return at + timedelta(minutes=count)

    seen = {}

    def noted(kind, instant):
        message = mails(instant)[-1]
        html = message.alternatives[0].content
        assert LINK.findall(message.body) == LINK.findall(html), kind
        seen[kind] = [links.find(path.split("/")[2]).purpose for path in LINK.findall(message.body)]

    incident = log()
    noted("logged", minutes(0))
    do(1, services.accept, incident, by=ready)
    noted("accepted", minutes(1))
    do(2, services.reply, incident, by=ready, body="We look.")
    noted("reply", minutes(2))
    do(3, services.wait, incident, by=ready, reason="waiting_customer_info", body="?")
    noted("question", minutes(3))
    do(4, services.resume, incident, by=agent)
    do(5, services.resolve, incident, by=ready, resolution="x", resolution_code="fixed")
    noted("confirm", minutes(5))
    do(26 * 60, services.sweep_confirmations, at + timedelta(days=1, hours=2))
    noted("reminder", at + timedelta(days=1, hours=2))
    usual, asking = ("logged", "accepted", "reply", "question"), ("confirm", "reminder")
    assert seen == {**{kind: ["answer"] for kind in usual}, **{kind: ["confirm", "answer"] for kind in asking}}


def test_the_raw_token_is_seen_by_nobody_of_ours(client, now, resolved, agent, confirm_path, service_manager, settings):
    tokens = [link.token for link in SignedLink.objects.all()]
    assert confirm_path.split("/")[2] in tokens
    detail = resolved.get_absolute_url()
    pages = [
        detail,
        "/notices/",
        "/",
        "/incidents/",
        f"/search/?q={resolved.shown_number}",
        f"/api/v1{detail}",
        f"/api/v1{detail}timeline/",
        "/outbox/",
    ]
    with now(minutes=30):
        for person in (agent, service_manager):
            client.force_login(person, backend="itsm.people.backends.SignInBackend")
            for path in pages:
                text = client.get(path).content.decode()
                assert [token for token in tokens if token in text] == [], path
        assert client.get("/outbox/").status_code == 404
        settings.MAIL_CONFIGURED, settings.DEMO = False, True
        assert client.get("/outbox/").status_code == 200
    stored = str([list(model.objects.values()) for model in (SignedLink, Notice, Delivery, Receipt, StepTaken, Token)])
    assert [token for token in tokens if token in stored] == []


def test_addresses_of_mails_are_full(confirm_path):
    assert mail.outbox[-1].body.count(django_settings.SITE_URL) >= 1
