"""The page of the promise check: what it shows, what it refuses, and what it costs."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from rest_framework.test import APIClient

from itsm.core import clock as time
from sla import services as sla
from tests.sla.conftest import MONDAY
from tests.sla.test_checking import NOW, answered, draft, held

pytestmark = pytest.mark.django_db
__all__ = ["answered", "draft"]
HTMX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def now():
    with time.at(NOW):
        yield


@pytest.fixture
def page(client, draft, service_manager):
    """`page(name="…", **asked)`: the answer of a page of the draft's check, read by the service manager."""
    client.force_login(service_manager)

    def read(name="version_check", headers=None, **asked):
        return client.get(address(draft, name), asked, headers=headers)

    return read


def address(version, name="version_check"):
    return reverse(f"sla:{name}", args=[version.agreement_id, version.no])


def test_without_tickets_the_check_says_that_it_has_nothing_to_test(page):
    shown = page()
    assert shown.status_code == 200
    assert b"nothing to test" in shown.content
    assert b"100" not in page(name="version_check_summary").content


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_target_that_history_failed_is_red_with_its_ways_out_and_its_tickets(client, page, answered, language):
    client.cookies["django_language"] = language
    incidents = [answered(minutes, MONDAY + timedelta(minutes=place)) for place, minutes in enumerate([12] * 9 + [3])]
    shown = page(core_3_response="5 min")
    line = next(line for _tier, lines in shown.context["tiers"] for line in lines if line["name"] == "core_3_response")
    assert (line["row"].grade, line["row"].judged.share, line["better"], line["gap"]) == ("red", 10.0, "12 min", 85.0)
    assert b"x-share is-red" in shown.content
    assert len(shown.context["advice"]) == 1
    assert shown.context["page"].paginator.count == 9
    assert incidents[0].get_absolute_url().encode() in shown.content
    assert incidents[9].get_absolute_url().encode() not in shown.content
    assert page(core_3_response="12 min").context["advice"] == []


def test_the_failed_of_one_target_are_shown_alone_and_in_pages_of_fifty(page, answered):
    for minute in range(52):
        answered(12, MONDAY + timedelta(minutes=minute))
    every = page(core_3_response="5 min", core_3_resolution="1 h")
    assert every.context["page"].paginator.count == 104
    one = page(core_3_response="5 min", core_3_resolution="1 h", only="core_3_response", page="2")
    assert [failure.row.metric for failure, _subject in one.context["failed"]] == ["response"] * 2
    assert page(only="nonsense", page="nonsense").status_code == 200


@pytest.mark.parametrize("nonsense", ["0 min", "soon", "0", "-5 min", "9" * 15 + " h", "5", "", "3 days", "\0", "2001 h"])
def test_a_target_that_is_none_is_answered_with_a_sentence_and_saves_nothing(client, page, draft, answered, nonsense):
    answered(12)
    shown = page(core_3_response=nonsense, headers=HTMX)
    assert shown.status_code == 422
    assert shown.context["form"].errors["core_3_response"]
    assert b"c-err" in shown.content
    before = held(draft)
    assert client.post(address(draft, "version_check_take"), {"core_3_response": nonsense}).status_code == 422
    assert held(draft) == before


@pytest.mark.parametrize(
    "asked", [{"wished": "49"}, {"wished": "101"}, {"wished": "much"}, {"wished": "NaN"}, {"population": "all"}, {"population": "service"}]
)
def test_another_wrong_question_gets_a_sentence(page, asked):
    assert page(**asked).status_code == 422


def test_htmx_gets_the_answer_and_a_reader_the_page(page, answered):
    answered(12)
    part, whole = page(headers=HTMX), page()
    assert b"<html" not in part.content
    assert b"<html" in whole.content
    assert "HX-Request" in whole.headers["Vary"]
    assert part.content.count(b"data-follows") == 1 + 5 * 22
    assert part.content.count(b'id="answer"') == 1


def test_tried_targets_go_into_the_draft(client, page, draft):
    assert b"Take these targets" not in page().content
    assert b"Take these targets" in page(core_3_response="45 min").content
    before = held(draft)
    answer = client.post(address(draft, "version_check_take"), {"core_3_response": "45 min"})
    assert answer.url == f"{draft.agreement.get_absolute_url()}?version=2"
    assert held(draft) == before | {("core", 3, "response"): (45 * 60, before["core", 3, "response"][1])}


def test_seconds_that_the_text_can_not_show_survive(client, page, draft, service_manager):
    odd = {key: (90 if key == ("core", 1, "response") else told[0], told[1]) for key, told in held(draft).items()}
    sla.save_draft(draft, by=service_manager, targets=odd)
    client.post(address(draft, "version_check_take"), {"core_1_response": "1 min", "core_3_response": "45 min"})
    assert held(draft)["core", 1, "response"][0] == 90


def test_an_engineer_reads_and_takes_nothing_and_a_customer_sees_no_page(client, draft, engineer, contact, stranger):
    client.force_login(engineer)
    assert client.get(address(draft)).status_code == 200
    assert b"Take these targets" not in client.get(address(draft), {"core_3_response": "45 min"}).content
    assert client.post(address(draft, "version_check_take"), {"core_3_response": "45 min"}).status_code == 403
    for outsider in (contact, stranger):
        client.force_login(outsider)
        for name in ("version_check", "version_check_summary"):
            assert client.get(address(draft, name)).status_code == 404
        assert client.post(address(draft, "version_check_take")).status_code == 404


def test_a_published_version_is_checked_but_not_changed(client, agreement, service_manager):
    client.force_login(service_manager)
    assert client.get(address(agreement)).status_code == 200
    assert client.post(address(agreement, "version_check_take"), {"core_3_response": "45 min"}).status_code == 409
    assert client.get(reverse("sla:version_check", args=[agreement.agreement_id, 99])).status_code == 404


def test_the_summary_is_asked_for_by_the_drafts_page_alone(client, page, draft, answered):
    answered(12)
    here = draft.agreement.get_absolute_url()
    assert address(draft, "version_check_summary").encode() in client.get(here).content
    assert b"check-summary" not in client.get(here, {"version": 1}).content
    shown = page(name="version_check_summary")
    assert shown.context["check"].decided == 2
    assert b"hx-trigger" not in shown.content


def test_the_page_asks_the_same_questions_however_many_tickets(page, answered, django_assert_max_num_queries):
    page()
    counts = []
    for more in (1, 6):
        for minute in range(more):
            answered(12, MONDAY + timedelta(minutes=minute))
        cache.clear()
        with django_assert_max_num_queries(35) as asked:
            page(core_3_response="5 min")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    with django_assert_max_num_queries(20):
        page(core_3_response="6 min", headers=HTMX)


def test_the_api_gives_the_same_answer_and_refuses_the_same_nonsense(draft, answered, engineer, contact):
    for minutes in (3, 12):
        answered(minutes)
    api, there = APIClient(), f"/api/v1/agreements/{draft.agreement_id}/versions/2/check/"
    assert api.get(there).status_code == 401
    api.force_authenticate(contact)
    assert api.get(there).status_code == 404
    api.force_authenticate(engineer)
    found = api.get(there, {"core_3_response": "5 min", "wished": "90"}).json()
    line = next(line for line in found["targets"] if (line["tier"], line["priority"], line["metric"]) == ("core", 3, "response"))
    assert (found["tickets"], found["untested"], found["wished"]) == (2, 0, 90)
    assert (line["met"], line["failed"], line["share"], line["grade"], line["suggested_s"]) == (1, 1, 50.0, "red", 720)
    assert next(line for line in found["targets"] if line["priority"] == 1)["share"] is None
    assert list(api.get(there, {"core_3_response": "soon"}).json()) == ["core_3_response"]
    assert api.get(there.replace("/2/", "/99/")).status_code == 404
