"""The customer reads the very ledger we read, folded away, in their language, without anybody's name."""

import re
from datetime import timedelta

import pytest

from incidents import services
from incidents.models import Incident
from sla.models import Clock, Metric
from tests.portal.mailed import page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_earnest")]


def ledgers(text):
    """The ledgers of a page as text, without markup."""
    return [
        re.sub(r"<[^>]+>|\s+", " ", part) for part in re.findall(r'<details class="c-sheet c-account">(.*?)</details>', text, re.DOTALL)
    ]


@pytest.mark.parametrize("purpose", ["confirm", "answer"])
@pytest.mark.parametrize(("language", "word"), [("en", "Contact "), ("zh-hans", "联系")])
def test_both_pages_show_every_promise_and_how_their_time_was_counted(client, request, now, purpose, language, word, ready, agent):
    path = request.getfixturevalue(f"{purpose}_path")
    beside = Clock.objects.filter(metric=Metric.RESOLUTION).first()
    beside.pk, beside.metric = None, Metric.SUPPORT
    beside.save()
    with now(minutes=30):
        found = ledgers(page(client.get(f"{path}?language={language}")))
    assert len(found) == 3
    assert all(word in text for text in found[:2])
    for text in found:
        assert ready.name not in text
        assert agent.name not in text
    assert Incident.objects.count() == 1


def test_a_broken_promise_says_why_and_names_nobody(client, now, incident, ready, do, mails, at, agent):
    do(300, services.accept, incident, by=ready)
    do(310, services.reply, incident, by=ready, body="Which browser?")
    message = mails(at + timedelta(minutes=310))[-1]
    path = re.search(r"https?://[^/\s]+(/l/[\w-]{43}/)", message.body)[1]
    with now(minutes=320):
        response, _resolution, _update = ledgers(page(client.get(f"{path}?language=en")))
    assert "Breached" in response
    assert "30 min passed before anybody accepted it" in response
    assert ready.name not in response
