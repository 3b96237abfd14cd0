"""The approval policy and the risk questions: read by everybody, published by few, never two at once."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from changes import policy, services
from changes.forms import policy as policy_forms
from changes.models import PolicyVersion, Questionnaire
from itsm.core.errors import NotAllowed, Refused
from tests.changes import writings
from tests.changes.conftest import NOW

pytestmark = pytest.mark.django_db


def browser(rows, **more):
    """What a browser sends for these rows."""
    data = {"act": "publish", "onto": "1", "row-rows": len(rows), **more}
    for no, row in enumerate(policy_forms.rows_of(rows)):
        stages = row.pop("stages")
        data |= {f"row-{no}-{name}": value for name, value in row.items()} | {f"row-{no}-stage-rows": len(stages)}
        data |= {
            f"row-{no}-stage-{place}-{name}": value
            for place, stage in enumerate(stages)
            for name, value in stage.items()
            if name != "minutes"
        }
    return data


def quicker():
    return [*policy.SHIPPED[:-1], {**policy.SHIPPED[-1], "name": "Medium"}]


@pytest.fixture
def manager(client, service_manager):
    return writings.signed_in(client, service_manager)


def test_every_row_is_a_sentence_and_every_sort_a_cell(client, asker):
    page = writings.signed_in(client, asker).get(reverse("changes:policy")).content.decode()
    everybody = "IT service manager, Technical lead and customer representative of every customer concerned"
    assert f"Normal change, High risk: {everybody}, all of them, within 2 working days" in page
    assert "Database architecture" in page
    assert "Write the next version" not in page
    assert client.get(reverse("changes:policy_edit")).status_code == 403
    assert client.post(reverse("changes:policy_edit"), browser(quicker())).status_code == 403


def test_the_shipped_rows_go_through_the_editor_unchanged(manager):
    manager.get(reverse("changes:policy"))
    assert manager.post(reverse("changes:policy_edit"), browser(policy.SHIPPED)).status_code == 302
    assert PolicyVersion.objects.count() == 1


def test_a_version_is_published_and_the_former_stays(manager, service_manager):
    assert manager.post(reverse("changes:policy_edit"), browser(quicker(), note="Names")).status_code == 302
    newest = services.policy_in_force()
    assert (newest.no, newest.note, newest.published_by, newest.rows[-1]["name"]) == (2, "Names", service_manager, "Medium")
    former = manager.get(reverse("changes:policy_version", args=[1])).content.decode()
    assert "This is version 1; version 2 is in force." in former


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (policy.SHIPPED[1:], "Nobody would decide about this"),
        ([], "at least one row"),
        (
            [{**policy.SHIPPED[0], "stages": [{"rule": "quorum", "k": 6, "minutes": 60, "roles": ["tester"]}]}, *policy.SHIPPED[1:]],
            "from 1 to 1",
        ),
        (
            [{**policy.SHIPPED[0], "stages": [{"rule": "all", "k": None, "minutes": 60, "roles": []}]}, *policy.SHIPPED[1:]],
            "Say whose approval",
        ),
    ],
)
def test_what_is_no_policy_comes_back_with_a_sentence(manager, rows, said):
    answer = manager.post(reverse("changes:policy_edit"), browser(rows))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert services.policy_in_force().no == 1


def test_a_high_risk_without_the_customer_is_published_knowingly(manager):
    stage = {**policy.SHIPPED[1]["stages"][0], "roles": ["service_manager", "tech_lead"]}
    rows = [policy.SHIPPED[0], {**policy.SHIPPED[1], "stages": [stage]}, *policy.SHIPPED[2:]]
    answer = manager.post(reverse("changes:policy_edit"), browser(rows))
    assert answer.status_code == 422
    assert "the customer is not asked" in answer.content.decode()
    assert manager.post(reverse("changes:policy_edit"), browser(rows, confirmed="1")).status_code == 302


@pytest.mark.parametrize(
    "act",
    ["row-add", "row-up-1", "row-down-0", "row-remove-0", "stage-0-add", "stage-1-remove-0", "row-up-99", "stage-9-add", "stage--", "x"],
)
def test_rows_and_stages_move_and_nothing_is_published(manager, act):
    answer = manager.post(reverse("changes:policy_edit"), browser(policy.SHIPPED, act=act))
    assert answer.status_code == 200
    assert services.policy_in_force().no == 1


def test_who_publishes_onto_an_older_version_looks_first(manager, service_manager):
    services.publish_policy(by=service_manager, rows=quicker(), at=NOW)
    answer = manager.post(reverse("changes:policy_edit"), browser([{**policy.SHIPPED[0], "name": "x"}, *policy.SHIPPED[1:]]))
    assert answer.status_code == 422
    assert "another version meanwhile" in answer.content.decode()
    assert answer.context["onto"] == 2


def test_only_the_service_manager_or_top_management_publishes(asker, top_manager):
    with pytest.raises(NotAllowed):
        services.publish_policy(by=asker, rows=quicker(), at=NOW)
    assert services.publish_policy(by=top_manager, rows=quicker(), at=NOW).no == 2


def test_what_nobody_knows_is_no_policy(service_manager):
    with pytest.raises(Refused, match="does not exist"):
        services.publish_policy(by=service_manager, rows=[{**quicker()[1], "services": [999_999]}, *quicker()], at=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_is_told(service_manager, top_manager):
    services.policy_in_force()
    start, outcomes = threading.Barrier(2), []

    def publish(by, name):
        start.wait()
        try:
            outcomes.append(services.publish_policy(by=by, rows=[*policy.SHIPPED[:-1], {**policy.SHIPPED[-1], "name": name}], onto=1).no)
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=pair) for pair in ((service_manager, "a"), (top_manager, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 2 in outcomes
    assert set(outcomes) - {2} <= {"clash", "stale"}
    assert PolicyVersion.objects.count() == 2


def questions(**more):
    """What a browser sends for the shipped questions."""
    version, data = services.questions_in_force(), {"act": "publish", "onto": "1", "medium_from": "10", "high_from": "19", "note": ""}
    data |= {"question-rows": len(version.questions), "trigger-rows": len(version.triggers)}
    for no, question in enumerate(version.questions):
        data |= {f"question-{no}-{name}": question[name] for name in ("code", "text", "text_en", "weight")}
        data[f"question-{no}-option-rows"] = len(question["options"])
        for place, (points, text, text_en) in enumerate(question["options"]):
            data |= {f"question-{no}-option-{place}-{name}": v for name, v in (("points", points), ("text", text), ("text_en", text_en))}
    for no, trigger in enumerate(version.triggers):
        data |= {f"trigger-{no}-{name}": value for name, value in trigger.items()}
    return {**data, **more}


def test_questions_go_through_the_editor_and_get_a_version(manager):
    assert "Can it be taken back?" in manager.get(reverse("changes:questions")).content.decode()
    assert manager.get(reverse("changes:questions_edit")).status_code == 200
    assert manager.post(reverse("changes:questions_edit"), questions()).status_code == 302
    assert Questionnaire.objects.count() == 1
    new = {"text": "新问题", "text_en": "Something new?", "weight": "2", "option-rows": "2", "option-0-points": "0", "option-0-text": "否",
           "option-1-points": "3", "option-1-text": "是"}  # fmt: skip
    added = questions(**{"question-rows": "11", **{f"question-10-{name}": value for name, value in new.items()}})
    assert manager.post(reverse("changes:questions_edit"), added).status_code == 302
    assert services.questions_in_force().questions[-1]["code"] == "something-new"
    assert "version 2 is in force" in manager.get(reverse("changes:questions_version", args=[1])).content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"high_from": "99"}, "no answers come to more than 30"),
        ({"medium_from": "19"}, "high above medium"),
        ({"question-0-text": ""}, "look at the fields"),
        ({"question-0-option-0-points": "x"}, "look at the fields"),
        ({"question-rows": "0"}, "at least one question"),
        ({"trigger-rows": "1"}, "keep their triggers"),
    ],
)
def test_what_is_no_questionnaire_comes_back_with_a_sentence(manager, fields, said):
    answer = manager.post(reverse("changes:questions_edit"), questions(**fields))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Questionnaire.objects.count() == 1


@pytest.mark.parametrize(
    "act", ["question-add", "question-up-1", "option-0-add", "option-0-remove-3", "trigger-add", "trigger-remove-2", "option-99-add"]
)
def test_questions_and_answers_move_and_nothing_is_published(manager, act):
    assert manager.post(reverse("changes:questions_edit"), questions(act=act)).status_code == 200
    assert Questionnaire.objects.count() == 1


def test_who_may_not_publish_does_not_see_the_editor(client, asker):
    assert writings.signed_in(client, asker).get(reverse("changes:questions_edit")).status_code == 403
