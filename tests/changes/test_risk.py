"""From answers to a risk, and versions of the questions that never change."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes import question_checks, risk, services
from changes.models import Questionnaire
from itsm.core.errors import NotAllowed, Refused
from tests.changes import plans
from tests.changes.conftest import NOW

SHIPPED = {"questions": risk.SHIPPED_QUESTIONS, "triggers": risk.SHIPPED_TRIGGERS, **risk.SHIPPED_THRESHOLDS}
ANSWERS = st.fixed_dictionaries({q["code"]: st.integers(0, 3) for q in risk.SHIPPED_QUESTIONS})
LEVELS = ["low", "medium", "high"]


def level(total, triggers=()):
    return LEVELS.index(risk.level(total, triggers, **risk.SHIPPED_THRESHOLDS))


@pytest.mark.parametrize(("total", "wanted"), [(0, "low"), (9, "low"), (10, "medium"), (18, "medium"), (19, "high"), (30, "high")])
def test_the_thresholds_are_those_of_the_requirement(total, wanted):
    assert risk.level(total, (), **risk.SHIPPED_THRESHOLDS) == wanted
    assert risk.highest(risk.SHIPPED_QUESTIONS) == 30


@given(ANSWERS, st.sampled_from([q["code"] for q in risk.SHIPPED_QUESTIONS]))
def test_a_worse_answer_never_makes_a_lesser_risk(answers, code):
    worse = {**answers, code: min(3, answers[code] + 1)}
    before, after = (risk.score(risk.SHIPPED_QUESTIONS, given) for given in (answers, worse))
    assert 0 <= before <= after <= risk.highest(risk.SHIPPED_QUESTIONS)
    assert level(before) <= level(after)


@given(ANSWERS, st.sampled_from([t["code"] for t in risk.SHIPPED_TRIGGERS]))
def test_one_trigger_makes_it_high_whatever_is_answered(answers, code):
    assert level(risk.score(risk.SHIPPED_QUESTIONS, answers), [code]) == 2


@given(ANSWERS, st.sampled_from([q["code"] for q in risk.SHIPPED_QUESTIONS]), st.sampled_from([None, 4, -1, "1"]))
def test_an_answer_that_is_no_option_is_none(answers, code, nonsense):
    with pytest.raises(ValueError, match=code):
        risk.score(risk.SHIPPED_QUESTIONS, {**answers, code: nonsense})


def changed(act):
    content = copy.deepcopy(SHIPPED)
    act(content)
    return content


def set_question(name, value):
    return lambda content: content["questions"][0].update({name: value})


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda c: c.update(questions=[]), "at least one question"),
        (set_question("text", " "), "Question 1: write it down"),
        (set_question("weight", 0), "its weight is from 1"),
        (set_question("options", [[0, "a", ""]]), "two answers"),
        (set_question("options", [[0, "a", ""], [0, "b", ""]]), "different points"),
        (set_question("options", [[0, "a", ""], [1, "", ""]]), "has no words"),
        (set_question("code", "users"), "the same code"),
        (lambda c: c.update(triggers=[]), "keep their triggers"),
        (lambda c: c.update(medium_from=19), "high above medium"),
        (lambda c: c.update(high_from=31), "no answers come to more than 30 points"),
    ],
)
def test_what_is_no_questionnaire_is_refused_with_a_sentence(act, said):
    assert said in question_checks.refusals(**changed(act))[0]
    assert question_checks.refusals(**SHIPPED) == []


@pytest.mark.django_db
def test_a_new_version_leaves_the_answers_to_the_old_one(assessed, asker, service_manager):
    change = assessed("medium")
    doubled = changed(lambda c: [q.update(weight=2) for q in c["questions"]])
    version = services.publish_questions(by=service_manager, onto=1, note="Twice", at=NOW, **doubled)
    change.refresh_from_db()
    assert (version.no, change.assessment.questionnaire.no, change.assessment.score) == (2, 1, 10)
    change = services.assess(change, by=asker, at=NOW, answers=plans.answers("medium"))
    assert (change.assessment.questionnaire.no, change.assessment.score, change.risk) == (2, 20, "high")


@pytest.mark.django_db
def test_the_same_questions_are_no_new_version(service_manager):
    assert services.publish_questions(by=service_manager, at=NOW, **SHIPPED).no == 1


@pytest.mark.django_db
def test_who_publishes_onto_an_older_version_looks_first(service_manager):
    services.publish_questions(by=service_manager, onto=1, at=NOW, **changed(lambda c: c.update(medium_from=9)))
    with pytest.raises(Refused, match="another version meanwhile"):
        services.publish_questions(by=service_manager, onto=1, at=NOW, **changed(lambda c: c.update(medium_from=8)))
    assert Questionnaire.objects.count() == 2


@pytest.mark.django_db
def test_only_the_service_manager_or_top_management_publishes(asker, top_manager):
    other = changed(lambda c: c.update(medium_from=9))
    with pytest.raises(NotAllowed):
        services.publish_questions(by=asker, at=NOW, **other)
    assert services.publish_questions(by=top_manager, at=NOW, **other).no == 2


@pytest.mark.django_db
def test_a_missing_answer_is_named_in_the_readers_language(draft, asker):
    with pytest.raises(Refused, match="Which tier of service"):
        services.assess(draft(), by=asker, at=NOW, answers={})
