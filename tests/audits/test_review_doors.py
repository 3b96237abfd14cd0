"""The pages of management reviews and of the list of all actions: what they show, to whom, and in how many queries."""

import csv
import hashlib
import io
import json

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token

from audits import due_first, minutes, services
from audits.models import CorrectiveAction, ManagementReview, Minutes, ReviewAction
from itsm.core import clock, lately
from tests.audits.conftest import DAY, NOW, TODAY
from tests.audits.review import action_of, answer_all, decision, fresh, plan, verdicts

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
STATES = ("planned", "prepared", "held", "closed")


@pytest.fixture
def page(client):
    """`page(person, address)`: what they read there."""

    def read(person, address, **headers):
        client.force_login(person, backend=BACKEND)
        with clock.at(NOW):
            answer = client.get(address, **headers)
        assert answer.status_code == 200, address
        return answer.content.decode() if not answer.streaming else b"".join(answer.streaming_content).decode()

    return read


@pytest.fixture
def act(client):
    """`act(person, address, **fields)`: fill a form in; the status of the answer."""

    def done(who, address, **fields):
        client.force_login(who, backend=BACKEND)
        with clock.at(NOW):
            return client.post(address, fields).status_code

    return done


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("status", STATES)
def test_every_page_in_every_state_for_everybody(page, review_at, company, status, language):
    review = review_at(status)
    addresses = ["/reviews/", review.get_absolute_url(), "/actions/?view=all"]
    addresses += [action.get_absolute_url() for action in review.actions.all()]
    for person in company.values():
        type(person).objects.filter(pk=person.pk).update(language=language)
        for address in addresses:
            said = page(person, address)
            assert "REV-" in said or address == "/actions/?view=all"


@pytest.mark.parametrize("status", STATES)
def test_every_form_opens_for_who_may(client, review_at, company, status):
    review = review_at(status)
    for name in ("compile", "invite", "hold", "judge", "decide", "nothing", "attendance", "sign", "replan", "cancel", "inputs/risks"):
        client.force_login(company["service_manager"], backend=BACKEND)
        for headers in ({}, {"HTTP_HX_REQUEST": "true"}):
            assert client.get(f"{review.get_absolute_url()}{name}/", **headers).status_code == 200, name
    for action in review.actions.all():
        for name in ("redraft", "strike", "report", "accept", "send-back", "move", "hand-over", "drop"):
            assert client.get(f"{action.get_absolute_url()}{name}/").status_code == 200, name


def test_strangers_find_nothing(client, review_at, contact, stranger):
    review = review_at("closed")
    action, paper = action_of(review), Minutes.objects.first()
    for who in (contact, stranger):
        client.force_login(who, backend=BACKEND)
        for address in ("/reviews/", "/reviews/new/", review.get_absolute_url(), f"{review.get_absolute_url()}minutes/en.pdf",
                        f"{review.get_absolute_url()}inputs/risks/", action.get_absolute_url(), f"{action.get_absolute_url()}report/",
                        paper.file.get_absolute_url(), "/api/v1/reviews/", "/api/v1/review-actions/"):  # fmt: skip
            assert client.get(address).status_code in (302, 403, 404), address
            assert client.post(address).status_code in (302, 403, 404, 405), address
        assert client.get(review.get_absolute_url()).status_code in (302, 404)


def test_the_whole_way_through_the_pages(act, page, client, company, settings, tmp_path):
    settings.STATE_DIR = tmp_path
    manager, chair = company["service_manager"], company["top_manager"]
    said = {"planned_on": TODAY.isoformat(), "chair": chair.pk, "first": "2025-03", "last": "2026-02"}
    assert act(company["owner"], "/reviews/new/", **said) == 403
    assert act(manager, "/reviews/new/", **{**said, "first": "nonsense"}) == 422
    assert act(manager, "/reviews/new/", **{**said, "chair": company["owner"].pk}) == 409
    for _twice in range(2):
        assert act(manager, "/reviews/new/", **said, request_key="once") == 302
    review = ManagementReview.objects.get()
    address = review.get_absolute_url()
    assert act(company["auditor"], f"{address}compile/") == 403
    assert act(manager, f"{address}compile/") == 302
    assert "missing" in page(manager, address)
    for given in review.inputs.filter(asks__in=["words", "both"]):
        assert act(manager, f"{address}inputs/{given.key}/", words="没有变化。") == 302
    assert act(manager, f"{address}inputs/nonsense/", words="x") == 404
    assert act(manager, f"{address}invite/", person=company["auditor"].pk, capacity="Internal auditor") == 302
    assert act(manager, f"{address}hold/", held_on=TODAY.isoformat(), present=[company["auditor"].pk]) == 409
    assert act(manager, f"{address}hold/", held_on=TODAY.isoformat(), present=[chair.pk, manager.pk]) == 302
    with clock.at(NOW):
        draft = client.get(f"{address}minutes/zh-hans.pdf")
    assert draft.content.startswith(b"%PDF")
    judged = {f"{q}_{part}": word for q in ("suitable", "adequate", "effective") for part, word in (("answer", "yes"), ("reasons", "Yes."))}
    assert act(manager, f"{address}judge/", **judged) == 403
    assert act(chair, f"{address}judge/", **{**judged, "suitable_reasons": ""}) == 422
    assert act(chair, f"{address}judge/", **judged) == 302
    what = {**decision(company, NOW), "owner": company["owner"].pk}
    assert act(manager, f"{address}decide/", **{**what, "due_on": "2020-01-01"}) == 409
    assert act(manager, f"{address}decide/", **what) == 302
    assert act(chair, f"{address}sign/", sha256="0" * 64) == 409
    assert act(chair, f"{address}sign/", sha256=minutes.digest(fresh(review))) == 302
    assert fresh(review).status == "closed"
    assert "Verified" in page(company["auditor"], address)
    assert client.get(f"{address}minutes/en.pdf").status_code == 302
    action = ReviewAction.objects.get().get_absolute_url()
    assert act(company["owner"], f"{action}report/", shown="Done.") == 302
    assert act(company["owner"], f"{action}accept/") == 403
    assert act(chair, f"{action}accept/", words="Good.") == 302
    assert "Accepted" in page(company["owner"], action)


def test_a_hash_that_holds_no_more_is_said(page, review_at, company):
    review = review_at("closed")
    with pgtrigger.ignore("audits.ManagementReview:held_stays"):
        ManagementReview.objects.filter(pk=review.pk).update(signed_sha256="0" * 64)
    assert "does not have these hashes" in page(company["auditor"], review.get_absolute_url())


def test_the_list_of_actions_has_those_of_findings_and_of_reviews_due_first(page, review_at, action_at, company):
    late = action_at("approved")
    action = action_of(review_at("closed"))
    said = page(company["owner"], "/actions/?view=own")
    assert said.index(late.shown_number) < said.index(action.shown_number)
    assert action.shown_number in page(company["owner"], "/actions/")
    assert "Nothing waits for you" in page(company["fixer"], "/actions/")
    lately.forget()
    assert action.title in page(company["owner"], "/")
    only = page(company["owner"], "/actions/?view=running&source=review")
    assert action.shown_number in only
    assert late.shown_number not in only
    assert late.shown_number not in page(company["owner"], f"/actions/?q={action.shown_number}")
    for key in ("grade=minor", "source=finding", "state=approved", "due_until=2026-03-05", "q=nonsense"):
        assert action.shown_number not in page(company["owner"], f"/actions/?view=running&{key}"), key
    for key in ("state=open", f"owner={company['owner'].pk}", "due_until=2026-04-30", "q=night", f"q={action.review.shown_number}"):
        assert action.shown_number in page(company["owner"], f"/actions/?view=running&{key}"), key


def test_a_draft_is_in_no_list(page, review_at, company):
    review = review_at("held")
    draft = services.decide(review, by=company["top_manager"], at=NOW, **decision(company, NOW))
    assert draft.shown_number not in page(company["owner"], "/actions/?view=all")


def test_the_download_has_the_same_rows_in_the_same_order(page, review_at, action_at, company):
    action_at("approved")
    review_at("closed")
    action_at("opened", clause="8.5.1")
    rows = list(csv.reader(io.StringIO(page(company["owner"], "/actions/download/?view=running").lstrip("\ufeff"))))
    assert [row[0][:3] for row in rows[1:]] == ["ACT", "ACT", "MRA"]
    assert [row[12] for row in rows[1:]] == sorted(row[12] for row in rows[1:])
    assert {len(row) for row in rows} == {len(rows[0])}


def test_pages_of_the_list_leave_nobody_out_and_nobody_twice(review_at, found, company):
    review = review_at("held")
    for no in range(7):
        services.decide(review, by=company["top_manager"], at=NOW, **decision(company, NOW, due_on=TODAY + (no // 2) * DAY))
        found(clause="8.5.1" if no % 2 else "8.6.1", answer_by=TODAY + (no // 3) * DAY)
    services.judge_review(review, by=company["top_manager"], verdicts=verdicts(), at=NOW)
    services.sign_review(review, by=company["top_manager"], sha256=minutes.digest(fresh(review)), at=NOW)
    services.drop_decision(action_of(review), by=company["top_manager"], reason="No.", at=NOW)
    halves = [CorrectiveAction.objects.annotate(**due_first.OF_FINDINGS), ReviewAction.objects.annotate(**due_first.OF_REVIEWS)]
    whole = [str(row) for row in due_first.merged(halves)]
    assert len(whole) == 14
    for size in (1, 3, 5, 14):
        seen, cursor = [], ""
        while True:
            one = due_first.page(halves, cursor, size)
            seen += [str(row) for row in one.rows]
            cursor = one.next_cursor
            if not cursor:
                break
        assert seen == whole, size


def queries(page, person, address):
    page(person, address)
    with CaptureQueriesContext(connection) as asked:
        page(person, address)
    return len(asked)


def test_nothing_asks_more_for_more_rows(page, review_at, company, found):
    review = review_at("held")
    addresses = ["/reviews/", "/actions/?view=mine", "/actions/?view=running", review.get_absolute_url()]
    services.decide(review, by=company["top_manager"], at=NOW, **decision(company, NOW))
    review_at("closed")
    few = [queries(page, company["top_manager"], address) for address in addresses]
    for _no in range(3):
        review_at("closed")
        services.decide(review, by=company["top_manager"], at=NOW, **decision(company, NOW))
        services.invite_to_review(plan(company, NOW), by=company["service_manager"], person=company["owner"], capacity="x", at=NOW)
    assert [queries(page, company["top_manager"], address) for address in addresses] == few
    assert max(few) <= 36


def test_compiling_asks_the_same_number_of_queries_however_much_there_is(review_at, company, found, handled):
    review = review_at("closed")
    with CaptureQueriesContext(connection) as few:
        services.compiled(review, NOW)
    for clause in ("8.5.1", "8.6.3", "4.1", "8.7.1"):
        found(clause=clause)
    handled(12, NOW - DAY)
    review_at("closed")
    with CaptureQueriesContext(connection) as more:
        services.compiled(review, NOW)
    assert len(few) == len(more)


def test_the_api_shows_everything_to_compute_the_hashes_elsewhere(client, review_at, company, contact):
    review = review_at("closed")
    token = {"Authorization": f"Token {Token.objects.create(user=company['auditor']).key}"}
    (listed,) = client.get("/api/v1/reviews/", headers=token).json()["results"]
    assert (listed["number"], listed["status"], "picture" in listed) == (review.shown_number, "closed", False)
    whole = client.get(f"/api/v1/reviews/{review.shown_number}/", headers=token).json()
    assert whole["holds"] is True
    for kept, named in (("picture", "inputs_sha256"), ("signed", "signed_sha256")):
        text = json.dumps(whole[kept], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == whole[named]
    assert {paper["language"] for paper in whole["minutes"]} == {"zh-hans", "en"}
    (action,) = client.get("/api/v1/review-actions/?state=open", headers=token).json()["results"]
    assert (action["number"], action["owner"]) == (whole["actions"][0], "owner")
    assert client.get(f"/api/v1/review-actions/{action['number']}/", headers=token).json()["review"] == review.shown_number
    for body in ({"title": "x"}, {}):
        assert client.post(f"/api/v1/reviews/{review.shown_number}/", body, headers=token).status_code == 405
    stranger = {"Authorization": f"Token {Token.objects.create(user=contact).key}"}
    assert client.get(f"/api/v1/reviews/{review.shown_number}/", headers=stranger).status_code in (403, 404)


def test_home_shows_the_chair_what_is_to_be_judged_and_signed(page, review_at, company):
    review = review_at("held")
    lately.forget()
    assert "waits for my verdict" in page(company["top_manager"], "/")
    assert review.get_absolute_url() in page(company["top_manager"], "/")
    assert "waits for my verdict" not in page(company["service_manager"], "/")


def test_an_answer_waits_for_the_review(act, review_at, company):
    review = review_at("prepared")
    answer_all(review, company, NOW)
    assert act(company["service_manager"], f"{review.get_absolute_url()}inputs/measurements/", words="Better.") == 302
    assert review.inputs.get(key="measurements").words == "Better."
