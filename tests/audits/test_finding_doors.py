"""The pages and the API of findings and actions: the same verbs, the same refusals, and nothing for strangers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token

from audits import services
from audits.models import CorrectiveAction, Finding
from itsm.core import clock, lately
from tests.audits.conftest import DAY, NOW
from tests.audits.finding import CAUSE, SAID, action_of, come_to, fresh, plan, results

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"
LATER = NOW + 31 * DAY


@pytest.fixture(params=["page", "api"])
def door(request, client):
    """`door(person, record, verb, **details)`: do a verb through one of the two doors; the status of the answer."""

    def through_the_page(person, record, verb, **details):
        client.force_login(person, backend=BACKEND)
        place = {"judge": "sample"}.get(verb, verb)
        return client.post(f"{_address(record)}{place}/", _as_form(verb, details)).status_code

    def through_the_api(person, record, verb, **details):
        sort = "findings" if isinstance(record, Finding) else "actions"
        token = Token.objects.get_or_create(user=person)[0]
        return client.post(
            f"/api/v1/{sort}/{record.shown_number}/{verb}/", _as_json(details), content_type="application/json",
            headers={"Authorization": f"Token {token.key}"},
        ).status_code  # fmt: skip

    return {"page": through_the_page, "api": through_the_api}[request.param]


def _address(record):
    return record.get_absolute_url() if isinstance(record, Finding) else f"/actions/{record.shown_number}/"


def _as_form(verb, details):
    if verb == "judge":
        found = {"words": details["words"]}
        for row in details["results"]:
            found[f"passed_{row['key']}"], found[f"words_{row['key']}"] = "yes" if row["passed"] else "no", row["words"]
        return found
    said = {name: getattr(value, "pk", value) for name, value in details.items() if value is not None and name != "whys"}
    return said | {f"why_{no}": why for no, why in enumerate(details.get("whys", []), start=1)}


def _as_json(details):
    return {name: getattr(value, "username", str(value) if hasattr(value, "isoformat") else value) for name, value in details.items()}


def went(status):
    """Whether a door did it: a page leads on, the API shows the record."""
    return status in (200, 302)


def test_the_whole_way_through_either_door(door, found, handled, company):
    finding = found(grade="major")
    action = action_of(finding)
    with clock.at(NOW):
        for verb, details in (
            ("correct", {"correction": "Both customers were asked."}),
            ("explain", {"method": "whys", "whys": ["It closed.", "Nothing stopped it.", CAUSE]}),
            ("extent", {"extent": "29 more in the quarter."}),
            ("propose", plan(company["owner"], NOW)),
        ):
            assert went(door(company["owner"], action, verb, **details)), verb
        assert went(door(company["auditee"], finding, "answer", reason="We change the form."))
        assert door(company["auditee"], action, "approve") == 403
        for who in ("top_manager", "service_manager"):
            assert went(door(company[who], action, "approve", words="Good."))
        done = {"implementation": "CHG-000012.", "implementer": company["fixer"]}
        assert went(door(company["owner"], action, "implement", **done))
    handled(12, NOW + DAY)
    with clock.at(LATER):
        assert door(company["fixer"], action, "draw") == 403
        assert went(door(company["auditor"], action, "draw"))
        rows = [{"key": key, "passed": passed, "words": words} for key, (passed, words) in results(action).items()]
        assert door(company["owner"], action, "judge", results=rows, words="Fine.") == 403
        assert went(door(company["auditor"], action, "judge", results=rows, words="Every one has a receipt."))
    assert (fresh(finding).status, fresh(action).status) == ("closed", "effective")


@pytest.mark.parametrize(
    ("status", "verb", "who", "details", "code"),
    [
        ("opened", "correct", "auditor", {"correction": "x"}, 403),
        ("opened", "extent", "owner", {"extent": "x"}, 409),
        ("corrected", "explain", "owner", {"method": "free", "cause": "Human error"}, 409),
        ("proposed", "send-back", "fixer", {"reason": "x"}, 403),
        ("approved", "move", "fixer", {"becomes": "2026-05-01", "reason": "x"}, 403),
        ("approved", "move", "owner", {"becomes": "2026-01-01", "reason": "x"}, 409),
        ("implemented", "draw", "auditor", {}, 409),
    ],
)
def test_refusals_are_the_same(door, action_at, company, status, verb, who, details, code):
    action = action_at(status)
    with clock.at(NOW):
        assert door(company[who], action, verb, **details) == code
    assert fresh(action).status == status


@pytest.mark.parametrize(
    ("verb", "who", "details", "code"),
    [
        ("answer", "auditor", {"reason": "x"}, 403), ("settle", "auditee", {"reason": "x"}, 409),
        ("withdraw", "auditee", {"reason": "x"}, 403),
        ("regrade", "auditee", {"reason": "x", "grade": "observation"}, 403), ("keep-grade", "auditor", {"reason": "x"}, 409),
    ],
)  # fmt: skip
def test_refusals_of_findings_are_the_same(door, found, company, verb, who, details, code):
    with clock.at(NOW):
        assert door(company[who], found(), verb, **details) == code


def test_malformed_input_is_a_form_again_or_a_400(door, action_at, company):
    action = action_at("planning")
    assert door(company["owner"], action, "propose", plan="x", owner=company["owner"], due_on="soon") in (422, 400)
    assert door(company["owner"], action, "move", becomes="0000-99-99", reason="x") in (422, 400)
    assert fresh(action).status == "planning"


def test_strangers_find_nothing(door, client, found, company, contact, stranger):
    finding = found()
    for who in (contact, stranger):
        assert door(who, finding, "answer", reason="x") == 404
        client.force_login(who, backend=BACKEND)
        for address in (
            "/findings/",
            "/actions/",
            finding.get_absolute_url(),
            "/api/v1/findings/",
            "/findings/new/",
            "/findings/download/",
        ):
            assert client.get(address).status_code == 404


@pytest.fixture
def page(client):
    """`page(person, address)`: what a page says."""

    def read(person, address, **headers):
        client.force_login(person, backend=BACKEND)
        answer = client.get(address, **headers)
        assert answer.status_code == 200, address
        return answer.content.decode() if not answer.streaming else b"".join(answer.streaming_content).decode()

    return read


def test_a_finding_is_raised_on_its_page_with_what_was_seen(client, company, handled):
    incident = handled(1, NOW)[0]
    client.force_login(company["auditor"], backend=BACKEND)
    said = {**SAID, "records": f"{incident}, inc-{incident.number}", "population": "20", "failed": "2", "auditee": company["auditee"].pk}
    answer = client.post("/findings/new/", {**said, "grade_why": ""})
    assert answer.status_code == 422
    assert SAID["gap"] in answer.content.decode()
    answer = client.post("/findings/new/", {**said, "records": "INC-999999"})
    assert "There is no record INC-999999" in answer.content.decode()
    for _ in range(2):
        answer = client.post("/findings/new/", {**said, "request_key": "once"})
        assert answer.status_code == 302
    finding = Finding.objects.get()
    assert (finding.suggested_grade, finding.failed, finding.seen.get().label) == ("minor", 2, str(incident))


def test_only_those_who_may_raise_find_the_form(client, company):
    client.force_login(company["owner"], backend=BACKEND)
    assert client.get("/findings/new/").status_code == 403
    assert client.post("/findings/new/", SAID).status_code == 403


def test_the_grade_is_suggested_while_one_types(page, found, company):
    earlier = found()
    with clock.at(NOW + DAY):
        said = page(company["auditor"], "/findings/suggestion/?clause=8.6.1&process=incident")
        assert "Suggested: Major" in said
        assert earlier.shown_number in said
        assert "More than 20 %" in page(company["auditor"], "/findings/suggestion/?clause=4.1&population=10&failed=3")
        assert "Nothing speaks" in page(company["auditor"], "/findings/suggestion/?clause=nonsense&population=x")


def test_the_form_is_filled_from_the_address(page, company):
    said = page(company["auditor"], "/findings/new/?clause=8.6.1&requirement=Close+with+a+receipt&population=412&failed=31")
    assert "Close with a receipt" in said
    assert 'value="412"' in said


def test_the_page_says_what_is_next_and_by_whom(page, action_at, company):
    action = action_at("proposed")
    with clock.at(NOW):
        said = page(company["owner"], action.finding.get_absolute_url())
        assert "Approve the plan, or send it back." in said
        assert company["auditee"].name in said
        assert "approve/" not in said
        assert "approve/" in page(company["auditee"], action.finding.get_absolute_url())
    for part in (SAID["requirement"], SAID["evidence"], SAID["gap"], CAUSE):
        assert part.split("'")[0] in said


def test_a_refused_step_says_why(page, action_at, company):
    action = action_at("implemented")
    said = page(company["fixer"], action.finding.get_absolute_url())
    assert "does not judge whether it works" in said


@pytest.mark.parametrize("status", ["opened", "planning", "approved", "implemented"])
@pytest.mark.parametrize(
    "name", ["correct", "explain", "extent", "propose", "approve", "send-back", "implement", "draw", "move", "hand-over"]
)
def test_every_form_opens(page, action_at, company, status, name):
    action = action_at(status)
    assert "request_key" in page(company["owner"], f"/actions/{action.shown_number}/{name}/")
    assert "<html" not in page(company["owner"], f"/actions/{action.shown_number}/{name}/", HTTP_HX_REQUEST="true")


@pytest.mark.parametrize("name", ["answer", "keep-grade", "regrade", "take-up", "settle", "withdraw"])
def test_every_form_of_a_finding_opens(page, found, company, name):
    assert "request_key" in page(company["auditor"], f"{found().get_absolute_url()}{name}/")


def test_the_sample_is_judged_on_its_page_and_can_be_read_after(page, client, action_at, handled, company):
    action = action_at("implemented")
    handled(12, NOW + DAY)
    assert client.get(f"/actions/{action.shown_number}/sample/").status_code in (302, 404)
    services.draw_sample(action, by=company["auditor"], at=LATER)
    said = page(company["auditor"], f"/actions/{action.shown_number}/sample/")
    assert "the same records" in said
    assert "Judge the effect" in said
    assert "does not judge" in page(company["owner"], f"/actions/{action.shown_number}/sample/")
    client.force_login(company["auditor"], backend=BACKEND)
    key = next(iter(results(action)))
    answer = client.post(f"/actions/{action.shown_number}/sample/", {f"passed_{key}": "no", "words": "x"})
    assert answer.status_code == 422
    assert "fails" in answer.content.decode()
    services.judge(action, by=company["auditor"], results=results(action, failing=2), words="Two without.", at=LATER)
    said = page(company["owner"], f"/actions/{action.shown_number}/sample/")
    assert "6 of 8 pass" in said
    assert "round 2" in page(company["owner"], action.finding.get_absolute_url())


def test_a_frozen_copy_shows_what_is_different_now(page, found, handled, company):
    incident = handled(1, NOW)[0]
    finding = found(records=[incident])
    seen = finding.seen.get()
    address = f"{finding.get_absolute_url()}seen/{seen.pk}/"
    assert "still says exactly this" in page(company["owner"], address)
    type(incident).objects.filter(pk=incident.pk).update(title="Another title")
    said = page(company["owner"], address)
    assert "Another title" in said
    assert "Incident 0" in said


def test_the_list_of_findings_is_filtered_and_downloaded(page, found, company):
    one, two = found(), found(clause="8.5.1", grade="major", gap="=No risk was assessed.")
    assert one.shown_number in page(company["owner"], "/findings/")
    said = page(company["owner"], "/findings/?view=all&grade=major&clause=8.5.1&q=risk")
    assert (two.shown_number in said, one.shown_number in said) == (True, False)
    assert one.shown_number in page(company["owner"], f"/findings/?q={one.shown_number}")
    sheet = page(company["owner"], "/findings/download/?view=all&grade=major")
    assert sheet.count("\r\n") == 2
    assert "'=No risk was assessed." in sheet
    assert page(company["auditor"], "/findings/?view=mine").count('class="c-row"') == 2
    assert "No findings here" in page(company["fixer"], "/findings/?view=mine")


def test_pages_of_findings_follow_one_another(page, found, company):
    for _ in range(53):
        found(grade="observation")
    first = page(company["owner"], "/findings/?view=all")
    assert first.count('class="c-row"') == 50
    cursor = first.split("after=")[1].split('"')[0]
    assert page(company["owner"], f"/findings/?view=all&after={cursor}").count('class="c-row"') == 3


def test_the_action_list_shows_what_waits_for_me_due_first_and_what_is_late(page, action_at, company):
    late, mine = action_at("approved"), action_at("opened", clause="8.5.1", answer_by=None)
    with clock.at(NOW + 25 * DAY):
        said = page(company["owner"], "/actions/")
        assert said.index(mine.shown_number) < said.index(late.shown_number)
        assert "5 days late" in said
        assert "Nothing waits for you" in page(company["fixer"], "/actions/")
        assert page(company["fixer"], "/actions/?view=running").count("<tr class=") == 2
        assert page(company["fixer"], "/actions/?view=overdue").count("is-overdue") == 2
        assert page(company["fixer"], "/actions/download/?view=running").count("\r\n") == 3


@pytest.mark.parametrize(
    ("status", "who", "grade"),
    [("opened", {"owner"}, "minor"), ("proposed", {"auditee"}, "minor"), ("proposed", {"service_manager", "top_manager"}, "major"),
     ("approved", {"owner"}, "minor"), ("implemented", {"auditor"}, "minor")],
)  # fmt: skip
def test_it_waits_for_exactly_those_who_can_go_on(page, action_at, company, status, who, grade):
    action = action_at(status, grade=grade)
    with clock.at(NOW):
        for name, person in company.items():
            assert (action.shown_number in page(person, "/actions/?view=mine")) == (name in who), name


def test_home_and_the_rail_show_what_waits_for_me(page, action_at, company):
    action_at("opened")
    lately.forget()
    said = page(company["owner"], "/")
    assert "Which actions wait for me?" in said
    assert "Which actions wait for me?" not in page(company["fixer"], "/")


def test_findings_are_found_by_search(page, found, company):
    finding = found()
    assert finding.get_absolute_url() in page(company["owner"], f"/search/?q={finding.shown_number}")
    assert finding.get_absolute_url() in page(company["owner"], "/search/?q=reminded")


def queries(page, person, address):
    page(person, address)
    with CaptureQueriesContext(connection) as asked:
        page(person, address)
    return len(asked)


def test_no_list_asks_more_for_more_rows(page, action_at, found, company):
    finding = action_at("approved").finding
    for grade in ("minor", "major"):
        come_to(action_of(found(clause="8.7.1", grade=grade)), "proposed", company, at=NOW)
    addresses = ["/findings/?view=all", "/actions/?view=running", "/actions/?view=mine"]
    few = [queries(page, company["owner"], address) for address in addresses]
    for clause in ("8.5.1", "8.6.3", "4.1"):
        come_to(action_of(found(clause=clause)), "proposed", company, at=NOW)
        come_to(action_of(found(clause=clause, grade="major")), "proposed", company, at=NOW)
    more = [queries(page, company["owner"], address) for address in addresses]
    assert few == more
    assert max(more) <= 30
    before = queries(page, company["owner"], finding.get_absolute_url())
    for no in range(12):
        services.move_due(action_of(finding), by=company["owner"], becomes=(NOW + (30 + no) * DAY).date(), reason="Later.", at=NOW)
    assert queries(page, company["owner"], finding.get_absolute_url()) <= before + 1


def test_the_api_lists_shows_and_raises(client, found, company, action_at, handled):
    action = action_at("approved")
    token = {"Authorization": f"Token {Token.objects.create(user=company['auditor']).key}"}
    rows = client.get("/api/v1/findings/?grade=minor", headers=token).json()["results"]
    assert [row["number"] for row in rows] == [action.finding.shown_number]
    shown = client.get(f"/api/v1/actions/{action.shown_number}/", headers=token).json()
    assert (shown["status"], shown["owner"], shown["approvals"][0]["by"]) == ("approved", "owner", "auditee")
    assert client.get(f"/api/v1/actions/{action.shown_number}/sample/", headers=token).status_code == 404
    incident = handled(1, NOW)[0]
    said = {**SAID, "auditee": "auditee", "records": [str(incident)], "population": 10, "failed": 3}
    for _ in range(2):
        answer = client.post("/api/v1/findings/", said, content_type="application/json", headers={**token, "Idempotency-Key": "k"})
        assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["suggested_grade"], made["seen"][0]["label"], len(made["actions"])) == ("major", str(incident), 1)
    assert Finding.objects.count() == CorrectiveAction.objects.count() == 2
    lines = client.get(f"/api/v1/findings/{action.finding.shown_number}/timeline/", headers=token).json()
    assert [line["kind"] for line in lines].count("approval") == 1


def test_the_page_of_a_record_shows_the_findings_about_it(page, found, handled, company):
    incident, other = handled(2, NOW)
    finding = found(records=[incident])
    assert finding.get_absolute_url() in page(company["owner"], incident.get_absolute_url())
    assert "Findings about it" not in page(company["owner"], other.get_absolute_url())
