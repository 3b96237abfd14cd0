"""What the demo's people write reads naturally, in the customer's language, and never twice in a row."""

import re
from datetime import datetime

import pytest

from itsm.demo import wording
from itsm.demo.cast import CLIENTS, TIER_OF
from itsm.demo.real import real_histories, shift

SEEN = datetime(2026, 11, 23, 9, 40)  # noqa: DTZ001 (the customer's local time)
EVERYBODY_SAYS = (
    "ask",
    "note",
    "accepted",
    "progress",
    "answer",
    "not_solved",
    "thanks",
    "handover",
    "phone_note",
    "lapsed_note",
    "rerated",
)


def writer(ref, client, service):
    return wording.Writer(ref, customer=client.key, service=service, seen_at=SEEN)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.key)
@pytest.mark.parametrize("service", TIER_OF)
def test_every_situation_fills_its_slots_in_the_customers_language(client, service):
    for grave in (True, False):
        for no in range(40):
            case = writer(str(no), client, service).case(grave)
            told = " ".join((case.title, case.description, case.resolution))
            assert "{" not in told
            assert len(case.title) <= 200
            assert bool(re.search(r"[\u4e00-\u9fff]", told)) == (client.language == "zh-hans"), told


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.key)
def test_everything_people_say_fills_its_slots(client):
    for no in range(30):
        someone = writer(str(no), client, "trade")
        assert "{" not in "".join(someone.says(what) for what in EVERYBODY_SAYS)


def test_there_are_at_least_120_situations():
    told = [situation for service in TIER_OF for situation in wording.texts(service)["situation"]]
    assert len(told) >= 120


def test_the_same_reference_gives_the_same_words():
    first, second = (writer("0000045", CLIENTS[0], "network").case(False) for _ in range(2))
    assert first == second


def test_titles_hardly_repeat():
    titles = [writer(str(no), CLIENTS[0], "desktop").case(False).title for no in range(300)]
    assert len(set(titles)) > 60


def test_the_log_moves_by_whole_weeks_and_ends_today_or_later():
    newest = max(history.contacted_at for history in real_histories())
    for hour in range(0, 400, 7):
        now = newest.replace(year=2027) + (SEEN - SEEN.replace(hour=0)) * hour
        moved = shift(newest, now)
        assert moved.days % 7 == 0
        assert moved.seconds == 0
        assert 0 <= (newest + moved - now).days < 7
