"""Rules of our own: put together from the vocabulary, tried, kept, run, changed in versions, retired."""

import pytest
from django.db import transaction
from django.db.utils import InternalError

from audits import known, services, vocabulary
from audits.models import Failure, RuleVersion, Run, WrittenRule
from audits.services import writing
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from tests.audits.records import AT, HOUR, MINUTE, World

pytestmark = pytest.mark.django_db
SAID = {
    "question": "每个一级事件都有配置项吗？", "question_en": "Does every P1 name its item?", "clause": "8.6.1", "process": "incident",
    "record": "incident", "days": 90,
    "conditions": [
        {"part": "only", "field": "priority", "operator": "one_of", "value": "1"},
        {"part": "must", "field": "configuration_item", "operator": "filled", "value": ""},
    ],
}  # fmt: skip


@pytest.fixture
def world(own_company):
    with clock.at(AT):
        yield World()


@pytest.fixture
def kept(world, service_manager):
    """`kept(**other words)`: a rule that was tried and kept."""

    def keep(rule=None, **said):
        said = {**SAID, **said}
        _rule, _tried, token = writing.try_rule(by=service_manager, at=AT, **said)
        return services.keep_rule(by=service_manager, token=token, rule=rule, at=AT, **said)

    return keep


def test_a_try_shows_what_it_would_find_and_keeps_nothing(world, service_manager):
    world.incident(priority=1, configuration_item=world.an_item())
    bad = world.incident(priority=1)
    world.incident(priority=2)
    rule, tried, _token = writing.try_rule(by=service_manager, at=AT, **SAID)
    assert (tried.population, tried.passed, tried.failed) == (2, 1, 1)
    assert [key for key, _reasons, _details in tried.shown] == [bad.pk]
    assert str(rule.said(tried.shown[0][1], {})[0][0]) == "It does not hold that “Configuration item” is filled in."
    assert Run.objects.count() == RuleVersion.objects.count() == 0


def test_what_is_kept_runs_with_the_others(world, kept, service_manager):
    bad = world.incident(priority=1)
    rule = kept()
    services.run_all(by=service_manager, at=AT)
    run = Run.objects.of(rule.shown_id).get()
    assert (run.version, run.population, run.failed) == (1, 1, 1)
    assert Failure.objects.get(run=run).object_id == bad.pk


def test_only_what_was_tried_is_kept(world, kept, service_manager):
    _rule, _tried, token = writing.try_rule(by=service_manager, at=AT, **SAID)
    for said, given in ((SAID, ""), (SAID, "nonsense"), ({**SAID, "days": 30}, token)):
        with pytest.raises(Refused, match="Try the rule first"):
            services.keep_rule(by=service_manager, token=given, at=AT, **said)
    assert services.keep_rule(by=service_manager, token=token, at=AT, **SAID)


def test_another_version_leaves_the_first_as_it_was(kept):
    rule = kept()
    kept(rule=rule, days=30)
    assert list(rule.versions.values_list("no", "days")) == [(2, 30), (1, 90)]
    assert known.rule(rule.shown_id).days == 30
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        RuleVersion.objects.update(days=1)


def test_a_retired_rule_runs_no_more_and_its_runs_stay(world, kept, service_manager):
    rule = kept()
    services.run(known.rule(rule.shown_id), by=None, at=AT)
    with pytest.raises(Refused):
        services.retire_rule(rule, by=service_manager, reason=" ", at=AT)
    services.retire_rule(rule, by=service_manager, reason="T-8.6.1a is enough.", at=AT)
    assert known.rule(rule.shown_id) is None
    assert Run.objects.of(rule.shown_id).count() == 1
    with pytest.raises(Refused):
        services.retire_rule(rule, by=service_manager, reason="again", at=AT)
    with pytest.raises(Refused):
        kept(rule=rule)
    with pytest.raises(InternalError, match="is retired"), transaction.atomic():
        WrittenRule.objects.filter(pk=rule.pk).update(retired_at=None, retired_why="")


def test_one_that_the_vocabulary_no_longer_knows_stops_no_other(kept, monkeypatch, service_manager):
    rule = kept()
    monkeypatch.delitem(vocabulary.SORTS["incident"].fields, "configuration_item")
    assert rule.shown_id not in known.rules()
    assert services.run_all(by=service_manager, at=AT)


def test_who_writes_rules(world, agent, auditor, top_manager, administrator, kept):
    rule = kept()
    for person in (agent, auditor, top_manager):
        with pytest.raises(NotAllowed):
            writing.try_rule(by=person, at=AT, **SAID)
        with pytest.raises(NotAllowed):
            services.retire_rule(rule, by=person, reason="r", at=AT)
    assert writing.try_rule(by=administrator, at=AT, **SAID)


UNFIT = [
    {"question": " "}, {"clause": "8.99"}, {"process": "coffee"}, {"record": "person"}, {"days": 0}, {"days": 4000}, {"conditions": []},
    {"conditions": [SAID["conditions"][1]] * 6}, {"conditions": [SAID["conditions"][0]]},
    *(
        {"conditions": [{"part": "must", **condition}]}
        for condition in (
            {"field": "customer__name", "operator": "filled", "value": ""}, {"field": "priority", "operator": "within", "value": ""},
            {"field": "priority", "operator": "one_of", "value": "7"}, {"field": "priority", "operator": "one_of", "value": ""},
            {"field": "reopen_count", "operator": "at_most", "value": "-1"},
            {"field": "reopen_count", "operator": "at_most", "value": "many"},
            {"field": "resolved_at", "operator": "within", "value": {"n": "5", "unit": "years", "of": "contacted_at"}},
            {"field": "resolved_at", "operator": "within", "value": {"n": "5", "unit": "hours", "of": "resolved_at"}},
            {"field": "resolved_at", "operator": "within", "value": {"n": "5", "unit": "hours", "of": "title"}},
            {"field": "resolved_at", "operator": "within", "value": "5"}, {"field": "", "operator": "filled", "value": ""},
            {"field": "resolution", "operator": "", "value": ""}, {"field": "service__code", "operator": "one_of", "value": "\0"},
        )
    ),
    {"conditions": [{"part": "may", "field": "resolution", "operator": "filled", "value": ""}]},
]  # fmt: skip


@pytest.mark.parametrize("other", UNFIT)
def test_what_the_vocabulary_does_not_know_is_refused_in_a_sentence(world, service_manager, other):
    with pytest.raises(Refused) as refused:
        writing.try_rule(by=service_manager, at=AT, **{**SAID, **other})
    assert str(refused.value.sentence).endswith((".", "。"))


ASKED = [
    ("resolution", "filled", "", {"resolution": "x"}, {"resolution": " "}),
    ("resolution", "empty", "", {"resolution": ""}, {"resolution": "x"}),
    ("priority", "one_of", "1, P2", {"priority": 2}, {"priority": 3}),
    ("channel", "none_of", "Mail，chat", {"channel": "phone"}, {"channel": "mail"}),
    ("customer__code", "one_of", "jianglan", {}, None),
    ("reopen_count", "at_most", "2", {"reopen_count": 2}, {"reopen_count": 3}),
    ("rating", "at_least", "3", {"rating": 3}, {"rating": 2}),
    ("entitled", "yes", "", {"entitled": True}, {"entitled": False}),
    ("entitled", "no", "", {"entitled": False}, {"entitled": True}),
    ("assignee", "filled", "", {}, {"assignee": None, "status": "new"}),
    ("resolved_at", "empty", "", {}, {"resolved_at": AT}),
    ("closing_kind", "filled", "", None, {}),
    (
        "responded_at", "within", {"n": "10", "unit": "minutes", "of": "contacted_at"},
        {"contacted_at": AT - HOUR, "responded_at": AT - HOUR + 10 * MINUTE},
        {"contacted_at": AT - HOUR, "responded_at": AT - HOUR + 11 * MINUTE},
    ),
    (
        "responded_at", "within", {"n": "2", "unit": "hours", "of": "contacted_at"},
        {"contacted_at": AT - HOUR, "responded_at": None}, {"contacted_at": AT - 3 * HOUR, "responded_at": None},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("field", "operator", "value", "good", "bad"), ASKED)
def test_everything_that_may_be_asked(world, service_manager, field, operator, value, good, bad):
    made = {sort: world.incident(**fields).pk for sort, fields in (("good", good), ("bad", bad)) if fields is not None}
    conditions = [{"part": "must", "field": field, "operator": operator, "value": value}]
    _rule, tried, _token = writing.try_rule(by=service_manager, at=AT, **{**SAID, "conditions": conditions})
    assert tried.population == len(made)
    assert [key for key, _reasons, _details in tried.shown] == [made[sort] for sort in made if sort == "bad"]


@pytest.mark.parametrize("sort", vocabulary.SORTS.values(), ids=lambda sort: sort.key)
def test_every_field_of_every_sort_can_be_asked(world, service_manager, sort):
    values = {"one_of": "1", "none_of": "1", "at_most": "1", "at_least": "1"}
    for field in sort.fields.values():
        for operator in vocabulary.FITTING[field.sort]:
            value = str(field.choices[0][0]) if field.choices else values.get(operator, "")
            others = [other.name for other in sort.fields.values() if other.sort == "instant" and other.name != field.name]
            if operator == "within" and not others:
                continue
            value = {"n": "1", "unit": "days", "of": others[0]} if operator == "within" else value
            conditions = [{"part": "must", "field": field.name, "operator": operator, "value": value}]
            said = {**SAID, "record": sort.key, "conditions": conditions}
            assert writing.try_rule(by=service_manager, at=AT, **said)[1].population == 0


@pytest.fixture
def page(client, service_manager):
    client.force_login(service_manager, backend="itsm.people.backends.SignInBackend")
    return client


FORM = {
    "record": "incident", "question": SAID["question"], "clause": "8.6.1", "process": "incident", "days": "90",
    "c0-part": "only", "c0-field": "priority", "c0-operator": "one_of", "c0-value": "P1",
    "c1-part": "must", "c1-field": "configuration_item", "c1-operator": "filled",
    "c2-part": "must", "c2-field": "responded_at", "c2-operator": "within", "c2-n": "5", "c2-unit": "minutes", "c2-of": "contacted_at",
}  # fmt: skip


def test_on_the_page_it_is_tried_then_kept_then_changed_then_retired(world, page):
    world.incident(priority=1)
    assert page.get("/rules/new/").status_code == 200
    assert page.get("/rules/new/?record=incident").status_code == 200
    tried = page.post("/rules/new/", {**FORM, "act": "try"})
    assert tried.status_code == 200
    assert tried.context["tried"].failed == 1
    assert page.post("/rules/new/", {**FORM, "act": "keep"}).status_code == 422
    kept = page.post("/rules/new/", {**FORM, "act": "keep", "token": tried.context["token"]})
    rule = WrittenRule.objects.get()
    assert kept.url == f"/rules/{rule.shown_id}/"
    assert page.get(kept.url).status_code == 200
    edited = page.get(f"{kept.url}edit/").content.decode()
    assert 'value="minutes" selected' in edited
    other = {**FORM, "days": "30"}
    token = page.post(f"{kept.url}edit/", {**other, "act": "try"}).context["token"]
    assert page.post(f"{kept.url}edit/", {**other, "act": "keep", "token": token}).status_code == 302
    assert page.post(f"{kept.url}run/").status_code == 302
    assert page.get("/rules/").status_code == 200
    assert page.post(f"{kept.url}retire/", {"reason": ""}).status_code == 422
    assert page.post(f"{kept.url}retire/", {"reason": "No longer."}).status_code == 302
    assert "No longer." in page.get(kept.url).content.decode()
    assert "No longer." in page.get("/rules/retired/").content.decode()
    assert page.get(f"{kept.url}edit/").status_code == page.post(f"{kept.url}run/").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"question": ""}, {"c1-operator": ""}, {"c0-value": "P9"}, {"c2-unit": ""}, {"days": "0"}, {"c1-field": "x"}, {"clause": "9"}]
)
def test_on_the_page_what_is_wrong_is_said_and_nothing_lost(world, page, wrong):
    answer = page.post("/rules/new/", {**FORM, **wrong, "act": "try"})
    assert answer.status_code == 422
    assert 'value="P1"' in answer.content.decode() or "P9" in answer.content.decode()
    assert not WrittenRule.objects.exists()


def test_on_the_page_nobody_else_writes(world, client, agent):
    client.force_login(agent, backend="itsm.people.backends.SignInBackend")
    assert client.get("/rules/new/").status_code == 403
