"""Management reviews: chaired by top management, compiled and frozen, judged, signed, and never closed with anything missing."""

from datetime import date, timedelta

import pgtrigger
import pytest
from django.db import DatabaseError, transaction

from audits import inputs, minutes, review_framework, services
from audits.models import ManagementReview, Minutes, ReviewAction, ReviewInput, ReviewVerdict
from itsm.core.errors import NotAllowed, Refused
from itsm.documents import paper
from itsm.notices.models import Notice
from itsm.people.models import Appointment, Role
from tests import cast
from tests.audits.conftest import DAY, NOW, TODAY
from tests.audits.review import FIRST, LAST, action_of, answer_all, decision, fresh, plan, verdicts

pytestmark = pytest.mark.django_db


def test_the_framework_and_the_compilers_fit_together():
    wanted = review_framework.inputs()
    assert next(iter(wanted)) == "former-actions"
    assert {key for key, one in wanted.items() if one.asks != "words"} == set(inputs.COMPILERS)


def test_the_whole_way(review_at, company):
    review = review_at("closed")
    assert (review.status, review.held_on, review.holds) == ("closed", TODAY, True)
    assert [given["key"] for given in review.picture] == list(review_framework.inputs())
    assert review.signed["inputs_sha256"] == review.inputs_sha256
    action = action_of(review)
    assert (action.status, action.begun_at) == ("open", NOW)
    papers = Minutes.objects.filter(review=review)
    assert {one.language for one in papers} == {"zh-hans", "en"}
    for one in papers:
        assert one.file.path.read_bytes().startswith(b"%PDF")
        assert paper.sha256(one.file.path.read_bytes()) == one.sha256 == one.file.sha256
    told = set(Notice.objects.values_list("kind", "person__username"))
    assert {("audits.review_planned", "boss"), ("audits.review_held", "boss"), ("audits.review_action", "owner"),
            ("audits.review_signed", "manager")} <= told  # fmt: skip


@pytest.mark.parametrize("who", ["service_manager", "auditor", "owner"])
def test_only_top_management_chairs(company, who):
    with pytest.raises(Refused, match="not top management"):
        plan(company, NOW, chair=company[who])


def test_top_management_of_another_time_does_not_chair(company):
    former = cast.person("former_boss")
    Appointment.objects.create(person=former, role=Role.TOP_MANAGEMENT, valid=(date(2025, 1, 1), date(2026, 3, 5)))
    assert plan(company, NOW, chair=former).chair == former
    with pytest.raises(Refused, match="not top management"):
        plan(company, NOW, chair=former, planned_on=TODAY + 2 * DAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        ManagementReview.objects.update(planned_on=TODAY + 2 * DAY)


def test_only_the_service_manager_plans(company):
    with pytest.raises(NotAllowed):
        services.plan_review(by=company["auditor"], chair=company["top_manager"], planned_on=TODAY, first=FIRST, last=LAST, at=NOW)


@pytest.mark.parametrize(
    ("first", "last", "planned_on"),
    [(LAST, FIRST, TODAY), (date(2020, 1, 1), LAST, TODAY), (FIRST, LAST, TODAY - DAY)],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(company, first, last, planned_on):
    with pytest.raises(Refused):
        plan(company, NOW, first=first, last=last, planned_on=planned_on)
    assert not ManagementReview.objects.exists()


def test_it_is_not_held_with_an_input_missing(review_at, company):
    review = review_at("prepared")
    held = {"held_on": TODAY, "present": [company["top_manager"]], "at": NOW}
    with pytest.raises(Refused, match="Still missing"):
        services.hold_review(review, by=company["service_manager"], **held)
    answer_all(review, company, NOW)
    services.answer_input(review, by=company["service_manager"], key="risks", words="", at=NOW)
    with pytest.raises(Refused, match="Risks"):
        services.hold_review(review, by=company["service_manager"], **held)


def test_it_is_not_held_without_its_chair_or_in_the_future(review_at, company):
    review = review_at("prepared")
    answer_all(review, company, NOW)
    for wrong in ({"present": [company["service_manager"]]}, {"held_on": TODAY + DAY}, {"held_on": TODAY - DAY}):
        with pytest.raises(Refused):
            services.hold_review(review, by=company["service_manager"], at=NOW,
                                 **{"held_on": TODAY, "present": [company["top_manager"]], **wrong})  # fmt: skip
    present = [company["top_manager"], company["owner"]]
    with pytest.raises(Refused, match="Invite"):
        services.hold_review(review, by=company["service_manager"], held_on=TODAY, present=present, at=NOW)
    assert fresh(review).status == "prepared"


def test_what_it_was_held_on_is_frozen(review_at, company):
    review = review_at("held")
    with pytest.raises(Refused):
        services.compile_inputs(review, by=company["service_manager"], at=NOW + DAY)
    with pytest.raises(Refused):
        services.answer_input(review, by=company["service_manager"], key="risks", words="Others.", at=NOW)
    for change in ({"picture": []}, {"inputs_sha256": "x"}, {"held_on": TODAY - DAY}, {"chair": company["owner"]}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ManagementReview.objects.filter(pk=review.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewInput.objects.filter(review=review).update(words="Others.")


def test_compiling_anew_says_what_is_different(review_at, company, found):
    review = review_at("prepared")
    found()
    services.compile_inputs(review, by=company["service_manager"], at=NOW + timedelta(hours=1))
    given = review.inputs.get(key="audit-results")
    assert given.changes == []
    found(at=NOW - 30 * DAY, clause="8.5.1")
    services.compile_inputs(review, by=company["service_manager"], at=NOW + timedelta(hours=1))
    changed = {change["label"]["en"]: (change["was"], change["now"]) for change in review.inputs.get(key="nonconformities").changes}
    assert changed["Nonconformities raised in the period"] == (0, 1)


@pytest.mark.parametrize("who", ["service_manager", "auditor"])
def test_only_the_chair_judges_and_signs(review_at, company, who):
    review = review_at("held")
    with pytest.raises(NotAllowed):
        services.judge_review(review, by=company[who], verdicts=verdicts(), at=NOW)
    services.judge_review(review, by=company["top_manager"], verdicts=verdicts(), at=NOW)
    services.decide_nothing(review, by=company["top_manager"], reason="All is well.", at=NOW)
    with pytest.raises(NotAllowed):
        services.sign_review(review, by=company[who], sha256=minutes.digest(fresh(review)), at=NOW)
    assert fresh(review).status == "held"


def test_a_verdict_has_reasons(review_at, company):
    review = review_at("held")
    for wrong in (verdicts(reasons=" "), verdicts(answer="perhaps"), {}):
        with pytest.raises(Refused):
            services.judge_review(review, by=company["top_manager"], verdicts=wrong, at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewVerdict.objects.create(review=review, question="suitable", answer="yes", reasons="x", by=company["owner"], at=NOW)


def test_nothing_is_signed_with_a_verdict_or_the_decisions_missing(review_at, company):
    review, chair = review_at("held"), company["top_manager"]
    two = dict(list(verdicts().items())[:2])
    services.judge_review(review, by=chair, verdicts=two, at=NOW)
    services.decide_nothing(review, by=chair, reason="All is well.", at=NOW)
    with pytest.raises(Refused, match="verdict is missing"):
        services.sign_review(review, by=chair, sha256=minutes.digest(fresh(review)), at=NOW)
    services.judge_review(review, by=chair, verdicts=verdicts("no"), at=NOW)
    draft = services.decide(review, by=chair, at=NOW, **decision(company, NOW))
    services.strike(draft, by=chair, reason="Said twice.", at=NOW)
    with pytest.raises(Refused, match="nothing was"):
        services.sign_review(review, by=chair, sha256=minutes.digest(fresh(review)), at=NOW)
    services.note_attendance(review, by=company["service_manager"], present=[company["service_manager"]], at=NOW)
    services.decide(review, by=chair, at=NOW, **decision(company, NOW))
    with pytest.raises(Refused, match="present"):
        services.sign_review(review, by=chair, sha256=minutes.digest(fresh(review)), at=NOW)


def test_the_chair_signs_exactly_what_was_shown(review_at, company):
    review, chair = review_at("held"), company["top_manager"]
    services.judge_review(review, by=chair, verdicts=verdicts(), at=NOW)
    draft = services.decide(review, by=chair, at=NOW, **decision(company, NOW))
    shown = minutes.digest(fresh(review))
    services.redraft(draft, by=company["service_manager"], at=NOW, **decision(company, NOW, title="Train everybody"))
    with pytest.raises(Refused, match="something else by now"):
        services.sign_review(review, by=chair, sha256=shown, at=NOW)
    services.sign_review(review, by=chair, sha256=minutes.digest(fresh(review)), at=NOW)
    assert fresh(review).signed["decisions"][0]["title"] == "Train everybody"


def test_what_is_signed_stays(review_at, company):
    review = review_at("closed")
    for change in ({"nothing_decided": "x"}, {"signed_sha256": "x"}, {"signed": {}}, {"period_from": TODAY}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ManagementReview.objects.filter(pk=review.pk).update(**change)
    for rows in (review.verdicts, review.attendees, review.inputs, review.minutes):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**{{"verdicts": "reasons", "attendees": "capacity", "inputs": "words", "minutes": "sha256"}[_name(rows)]: "x"})
    with pytest.raises(Refused):
        services.cancel_review(review, by=company["service_manager"], reason="No.", at=NOW)


def _name(rows):
    return rows.field.remote_field.related_name


@pytest.mark.parametrize("lacking", ["input", "verdict", "chair", "decision", "signature"])
def test_the_database_closes_nothing_that_is_not_whole(review_at, company, lacking):
    review = review_at("held")
    if lacking != "verdict":
        services.judge_review(review, by=company["top_manager"], verdicts=verdicts(), at=NOW)
    if lacking != "decision":
        services.decide(review, by=company["top_manager"], at=NOW, **decision(company, NOW))
    if lacking == "chair":
        services.note_attendance(review, by=company["service_manager"], present=[], at=NOW)
    signed = {} if lacking == "signature" else {"signed": {"x": 1}, "signed_sha256": "x", "closed_at": NOW}
    if lacking == "input":
        with pgtrigger.ignore("audits.ReviewInput:inputs_stand_still"):
            ReviewInput.objects.filter(review=review, key="risks").update(words="")
    with pytest.raises(DatabaseError), transaction.atomic():
        ManagementReview.objects.filter(pk=review.pk).update(status="closed", **signed)


def test_nothing_decided_is_an_answer_with_a_reason(review_at, company):
    review = review_at("closed", nothing="Everything runs as it should.")
    assert review.signed["decisions"] == []
    assert not ReviewAction.objects.exists()
    held = review_at("held")
    with pytest.raises(Refused):
        services.decide_nothing(held, by=company["top_manager"], reason=" ", at=NOW)
    services.decide(held, by=company["top_manager"], at=NOW, **decision(company, NOW))
    with pytest.raises(Refused, match="written down"):
        services.decide_nothing(held, by=company["top_manager"], reason="Nothing.", at=NOW)


@pytest.mark.parametrize("status", ["planned", "prepared", "held"])
def test_it_is_cancelled_with_a_reason(review_at, company, status):
    review = review_at(status)
    with pytest.raises(Refused):
        services.cancel_review(review, by=company["service_manager"], reason=" ", at=NOW)
    services.cancel_review(review, by=company["service_manager"], reason="The chair is ill.", at=NOW)
    assert (fresh(review).status, fresh(review).outcome) == ("cancelled", "The chair is ill.")


def test_another_day_or_chair_with_a_reason(review_at, company):
    review, second = review_at("prepared"), cast.staff("second_boss", Role.TOP_MANAGEMENT)
    with pytest.raises(Refused, match="not top"):
        services.replan_review(review, by=company["service_manager"], planned_on=TODAY, chair=company["owner"], reason="x", at=NOW)
    services.replan_review(review, by=company["service_manager"], planned_on=TODAY + DAY, chair=second, reason="Travels.", at=NOW)
    assert (fresh(review).chair, fresh(review).planned_on) == (second, TODAY + DAY)
    assert second.pk in review.attendees.values_list("person", flat=True)


def test_an_invitation_is_for_our_own_people_and_once(review_at, company, contact):
    review = review_at("planned")
    services.invite_to_review(review, by=company["service_manager"], person=company["auditor"], capacity="internal auditor", at=NOW)
    for who, capacity in ((company["auditor"], "again"), (contact, "customer"), (company["owner"], " ")):
        with pytest.raises(Refused):
            services.invite_to_review(review, by=company["service_manager"], person=who, capacity=capacity, at=NOW)
