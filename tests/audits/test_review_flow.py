"""Whatever people do in whatever order: no review is closed with an input, a verdict, its chair or its decisions missing."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from audits import minutes, review_framework, services
from audits.models import ManagementReview, Question, ReviewAction, ReviewDueMove
from audits.services import concluding, reviewing
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.people.models import Role
from tests import cast
from tests.audits import review as made
from tests.audits.conftest import NOW
from tests.deep import cases
from tests.threads import at_once

ROLES = {"service_manager": [Role.SERVICE_MANAGER], "top_manager": [Role.TOP_MANAGEMENT], "second": [Role.TOP_MANAGEMENT], "owner": []}
people = st.sampled_from(list(ROLES))
days = st.integers(0, 40)
words = st.sampled_from(["", " ", "It is so."])
KEYS = ("risks", "issues", "feedback", "measurements")


class Reviewing(RuleBasedStateMachine):
    """One review that lacks little, everybody around it, and a clock that only goes on."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now, self.frozen, self.dates = NOW, {}, {}
        self.people = {name: cast.staff(name, *roles) for name, roles in ROLES.items()}
        with clock.at(self.now):
            self.review = made.plan(self.people, self.now)
            made.answer_all(self.review, self.people, self.now)

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def _try(self, act, *args, **details):
        """Do something as a page would: it works or is refused with a sentence, it never breaks."""
        with clock.at(self.now):
            try:
                return act(*args, at=self.now, **details)
            except Refused:
                return None

    def _action(self):
        return ReviewAction.objects.order_by("-id").first()

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    @rule(who=people)
    def compile(self, who):
        self._try(services.compile_inputs, self.review, by=self.people[who])

    @rule(who=people, key=st.sampled_from(KEYS), said=words)
    def answer(self, who, key, said):
        self._try(services.answer_input, self.review, by=self.people[who], key=key, words=said)

    @rule(who=people, chair=people, ahead=days, said=words)
    def replan(self, who, chair, ahead, said):
        day = (self.now + timedelta(days=ahead)).date()
        self._try(services.replan_review, self.review, by=self.people[who], chair=self.people[chair], planned_on=day, reason=said)

    @rule(who=people, there=st.sets(people), ago=st.integers(-1, 2))
    def hold(self, who, there, ago):
        present, day = [self.people[name] for name in there], (self.now - timedelta(days=ago)).date()
        self._try(services.hold_review, self.review, by=self.people[who], held_on=day, present=present)

    @rule()
    def hold_as_one_should(self):
        self._try(services.compile_inputs, self.review, by=self.people["service_manager"])
        with clock.at(self.now):
            review = made.fresh(self.review)
        self._try(services.hold_review, review, by=self.people["service_manager"], held_on=self.now.date(), present=[review.chair])

    @rule(who=people, there=st.sets(people))
    def attend(self, who, there):
        self._try(services.note_attendance, self.review, by=self.people[who], present=[self.people[name] for name in there])

    @rule(who=people, asked=st.sets(st.sampled_from(list(Question))), answer=st.sampled_from(["yes", "no", "perhaps"]), said=words)
    def judge(self, who, asked, answer, said):
        self._try(services.judge_review, self.review, by=self.people[who], verdicts=dict.fromkeys(asked, (answer, said)))

    @rule()
    def judge_as_one_should(self):
        self._try(services.judge_review, self.review, by=made.fresh(self.review).chair, verdicts=made.verdicts())

    @rule(who=people, owner=people)
    def decide(self, who, owner):
        said = made.decision(self.people, self.now, owner=self.people[owner])
        self._try(services.decide, self.review, by=self.people[who], **said)

    @rule(who=people, said=words)
    def decide_nothing(self, who, said):
        self._try(services.decide_nothing, self.review, by=self.people[who], reason=said)

    @rule(who=people, said=words)
    def strike(self, who, said):
        if action := self._action():
            self._try(services.strike, action, by=self.people[who], reason=said)

    @rule(who=people, is_right=st.booleans())
    def sign(self, who, is_right):
        with clock.at(self.now):
            shown = minutes.digest(made.fresh(self.review)) if is_right else "0" * 64
        self._try(services.sign_review, self.review, by=self.people[who], sha256=shown)

    @rule(who=people, said=words)
    def cancel(self, who, said):
        if self.now > NOW + timedelta(days=6):
            self._try(services.cancel_review, self.review, by=self.people[who], reason=said)

    @rule(who=people, ahead=days, said=words)
    def go_on_with_an_action(self, who, ahead, said):
        by, action = self.people[who], self._action()
        if action is None:
            return
        self._try(services.move_decision, action, by=by, becomes=(self.now + timedelta(days=ahead)).date(), reason=said)
        self._try(services.report_decision, action, by=by, shown=said)
        self._try(services.accept_decision, action, by=self.people["top_manager"])

    @invariant()
    def nothing_is_closed_that_is_not_whole(self):
        review = ManagementReview.objects.get(pk=self.review.pk)
        assert reviewing.is_top(review.chair, review.held_on or review.planned_on)
        if review.status != "closed":
            assert not review.actions.exclude(status__in=["draft", "dropped"]).exists()
            return
        assert not review.missing_inputs()
        assert review.inputs.count() == len(review_framework.inputs())
        assert {v.question for v in review.verdicts.filter(by=review.chair)} == set(Question.values)
        assert review.attendees.filter(person=review.chair, is_present=True).exists()
        assert review.signed["decisions"] or review.signed["nothing_decided"].strip()
        assert review.holds

    @invariant()
    def what_is_frozen_stays(self):
        review = ManagementReview.objects.get(pk=self.review.pk)
        if review.picture is not None:
            kept = (review.picture, review.held_on, review.chair_id)
            assert self.frozen.setdefault("held", kept) == kept
        if review.signed is not None:
            assert self.frozen.setdefault("signed", review.signed) == review.signed

    @invariant()
    def no_owner_accepts_and_every_date_has_its_history(self):
        for action in ReviewAction.objects.all():
            assert action.accepted_by_id is None or action.accepted_by_id not in (action.owner_id, action.done_by_id)
            if action.begun_at is None:
                continue
            first = self.dates.setdefault(action.pk, action.due_on)
            moves = list(ReviewDueMove.objects.filter(action=action).order_by("no"))
            assert [move.was for move in moves] + [action.due_on] == [first] + [move.becomes for move in moves]


@pytest.mark.django_db
def test_whatever_they_do(monkeypatch):
    monkeypatch.setattr(concluding, "_print", lambda review, *, by, at: None)
    run_state_machine_as_test(
        Reviewing,
        settings=settings(
            max_examples=cases(40, 400), stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_sign_at_once_and_it_is_signed_once(review_at, company):
    review = review_at("held")
    chair = company["top_manager"]
    services.judge_review(review, by=chair, verdicts=made.verdicts(), at=NOW)
    services.decide(review, by=chair, at=NOW, **made.decision(company, NOW))
    shown = minutes.digest(made.fresh(review))
    found = at_once(*[lambda: services.sign_review(review, by=chair, sha256=shown, at=NOW)] * 2)
    assert sorted(isinstance(one, Refused) for one in found) == [False, True]
    assert made.fresh(review).minutes.count() == 2


@pytest.mark.django_db(transaction=True)
def test_who_decides_while_the_chair_signs_changes_nothing_that_was_signed(review_at, company):
    review = review_at("held")
    chair = company["top_manager"]
    services.judge_review(review, by=chair, verdicts=made.verdicts(), at=NOW)
    services.decide_nothing(review, by=chair, reason="All is well.", at=NOW)
    shown = minutes.digest(made.fresh(review))
    signed, decided = at_once(
        lambda: services.sign_review(review, by=chair, sha256=shown, at=NOW),
        lambda: services.decide(review, by=company["service_manager"], at=NOW, **made.decision(company, NOW)),
    )
    assert isinstance(signed, Refused) != isinstance(decided, Refused)
    assert made.fresh(review).status == ("held" if isinstance(signed, Refused) else "closed")


@pytest.mark.django_db(transaction=True)
def test_who_answers_while_it_is_held_is_in_the_picture_or_refused(review_at, company):
    review = review_at("prepared")
    made.answer_all(review, company, NOW)
    by, chair = company["service_manager"], company["top_manager"]
    held, answered = at_once(
        lambda: services.hold_review(review, by=by, held_on=NOW.date(), present=[chair], at=NOW),
        lambda: services.answer_input(review, by=by, key="risks", words="At the last moment.", at=NOW),
    )
    assert not isinstance(held, Exception)
    kept = {given["key"]: given["words"] for given in made.fresh(review).picture}["risks"]
    assert kept == ("Nothing has changed." if isinstance(answered, Refused) else "At the last moment.")
    assert made.fresh(review).inputs.get(key="risks").words == kept
