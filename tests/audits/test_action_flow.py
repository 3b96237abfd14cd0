"""Whatever people do in whatever order: nothing is closed without an independent verdict on records from after the fix."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from audits import services
from audits.models import Climb, CorrectiveAction, DueMove, Finding, Verdict, VerificationSample
from audits.models.action import RUNNING
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.people.models import Role
from tests import cast
from tests.audits import finding as made
from tests.audits.conftest import NOW, _incident
from tests.deep import cases
from tests.threads import at_once

ROLES = {
    "auditor": [Role.INTERNAL_AUDITOR], "second_auditor": [Role.INTERNAL_AUDITOR], "auditee": [], "owner": [Role.ENGINEER], "fixer": [],
    "service_manager": [Role.SERVICE_MANAGER], "top_manager": [Role.TOP_MANAGEMENT],
}  # fmt: skip
people = st.sampled_from(list(ROLES))
days = st.integers(1, 60)


class Correction(RuleBasedStateMachine):
    """One finding, everybody around it, incidents that go on, and a clock that only goes on."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now, self.kept, self.dates, self.known = NOW, {}, {}, {}
        self.people = {name: cast.staff(name, *roles) for name, roles in ROLES.items()}
        self.team, self.customer = cast.team(), cast.customer()
        self.service = made.service(self.people["owner"], self.team)
        self.incidents(4)
        with clock.at(self.now):
            said = {**made.SAID, "auditee": self.people["auditee"], "owner": self.people["owner"]}
            self.finding = services.raise_finding(by=self.people["auditor"], at=self.now, **said)

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @property
    def action(self):
        return made.action_of(self.finding)

    def _try(self, act, *args, **details):
        """Do something as a page would: it works or is refused with a sentence, it never breaks."""
        with clock.at(self.now):
            try:
                return act(*args, at=self.now, **details)
            except Refused:
                return None

    def _is(self, *statuses):
        return self.action.status in statuses

    def _plan(self, owner):
        return made.plan(owner, self.now, after_days=5, after_records=6, needed_percent=80)

    @initialize(far=st.sampled_from(["opened", "proposed", "approved", "verifying", "verifying", "verifying"]))
    def come_so_far(self, far):
        if far == "opened":
            return
        self.get_as_far_as_a_plan()
        if far == "proposed":
            return
        self.everybody_approves()
        if far == "verifying":
            self.get_as_far_as_a_sample()

    @rule(count=st.integers(1, 12))
    def incidents(self, count):
        for no in range(count):
            _incident(self.customer, self.team, self.service, self.people["owner"], self.now, no)

    @rule(who=people, words=st.sampled_from(["Done.", " "]))
    def correct(self, who, words):
        self._try(services.correct, self.action, by=self.people[who], correction=words)

    @rule(who=people, cause=st.sampled_from([made.CAUSE, "Human error", made.SAID["gap"]]))
    def explain(self, who, cause):
        self._try(services.explain, self.action, by=self.people[who], method="free", cause=cause)

    @rule(who=people, owner=people)
    def propose(self, who, owner):
        self._try(services.look_around, self.action, by=self.people[who], extent="Nothing else.")
        self._try(services.propose, self.action, by=self.people[who], due_reason="Later.", **self._plan(self.people[owner]))

    @precondition(lambda self: self._is("opened", "corrected", "explained", "planning"))
    @rule()
    def get_as_far_as_a_plan(self):
        owner = self.action.owner
        self._try(services.correct, self.action, by=owner, correction="Done.")
        self._try(services.explain, self.action, by=owner, method="free", cause=made.CAUSE)
        self._try(services.look_around, self.action, by=owner, extent="Nothing else.")
        self._try(services.propose, self.action, by=owner, due_reason="Later.", **self._plan(owner))

    @precondition(lambda self: self._is("proposed"))
    @rule(who=people)
    def approve(self, who):
        self._try(services.approve, self.action, by=self.people[who])

    @precondition(lambda self: self._is("proposed"))
    @rule()
    def everybody_approves(self):
        for person in self.people.values():
            self._try(services.approve, self.action, by=person)

    @precondition(lambda self: self._is("proposed"))
    @rule(who=people)
    def send_back(self, who):
        self._try(services.send_back, self.action, by=self.people[who], reason="More.")

    @precondition(lambda self: self._is("approved"))
    @rule(implementer=people)
    def implement(self, implementer):
        owner = self.action.owner
        self._try(services.implement, self.action, by=owner, implementation="Done.", implementer=self.people[implementer])

    @precondition(lambda self: self._is("approved", "implemented"))
    @rule()
    def get_as_far_as_a_sample(self):
        owner, fixer = self.action.owner, self.people["fixer"]
        self._try(services.implement, self.action, by=owner, implementation="Done.", implementer=fixer)
        self.time_passes(1)
        self.incidents(8)
        self.time_passes(6)
        for who in ("auditor", "second_auditor"):
            self._try(services.draw_sample, self.action, by=self.people[who])

    @rule(who=people)
    def draw(self, who):
        self._try(services.draw_sample, self.action, by=self.people[who])

    @precondition(lambda self: self._is("verifying"))
    @rule(who=people, failing=st.sampled_from([0, 0, 1, 5]))
    def judge(self, who, failing):
        self._try(services.judge, self.action, by=self.people[who], results=made.results(self.action, failing), words="Seen.")

    @rule(who=people, later=days, reason=st.sampled_from(["Holidays.", " "]))
    def move_the_date(self, who, later, reason):
        becomes = (self.now + timedelta(days=later)).date()
        self._try(services.move_due, self.action, by=self.people[who], becomes=becomes, reason=reason)

    @rule(who=people, owner=people)
    def hand_over(self, who, owner):
        self._try(services.hand_over, self.action, by=self.people[who], owner=self.people[owner], reason="Ill.")

    @rule(who=people, grade=st.sampled_from(["major", "minor", "observation"]))
    def regrade(self, who, grade):
        self._try(services.regrade, self.finding, by=self.people[who], grade=grade, reason="Seen anew.")

    @rule(who=people, act=st.sampled_from([services.settle, services.withdraw, services.keep_grade, services.answer]))
    def say_something(self, who, act):
        self._try(act, self.finding, by=self.people[who], reason="Because.")

    @rule(later=st.integers(1, 20))
    def time_passes(self, later):
        self.now += timedelta(days=later)
        with clock.at(self.now):
            services.sweep_overdue(self.now)
            assert services.sweep_overdue(self.now) == 0

    @invariant()
    def nothing_is_closed_without_an_independent_verdict_on_records_from_after_the_fix(self):
        finding = made.fresh(self.finding)
        ended = CorrectiveAction.objects.filter(finding=finding, status="effective")
        if finding.status == "closed" and not finding.outcome:
            assert ended.get() == self.action
        for action in ended:
            sample = VerificationSample.objects.get(action=action)
            verdict = Verdict.objects.get(sample=sample)
            assert verdict.is_effective
            assert verdict.by_id not in (action.owner_id, action.implementer_id, action.recorded_by_id)
            assert sample.since >= action.implemented_at
            assert all(record["picture"]["contacted_at"] > action.implemented_at.isoformat()[:19] for record in sample.records)
            assert sample.holds

    @invariant()
    def the_history_of_dates_is_whole(self):
        for action in CorrectiveAction.objects.filter(finding=self.finding):
            now = {"answer": action.answer_by, "action": action.due_on, "verdict": action.verify_by}
            for which, first in self.dates.setdefault(action.pk, {}).items():
                moves = DueMove.objects.filter(action=action, which=which).order_by("no")
                at = first
                for move in moves:
                    assert (move.was, bool(move.reason.strip())) == (at, True)
                    at = move.becomes
                assert at == now[which]
            self.dates[action.pk] |= {which: date for which, date in now.items() if date and which not in self.dates[action.pk]}

    @invariant()
    def what_was_kept_stays(self):
        now = {(model, row["id"]): row for model in (DueMove, Climb, Verdict, VerificationSample) for row in model.objects.values()}
        assert all(now.get(key) == row for key, row in self.kept.items())
        self.kept = now

    @invariant()
    def at_most_one_action_runs_and_none_after_the_end(self):
        running = CorrectiveAction.objects.filter(finding=self.finding, status__in=RUNNING).count()
        assert running <= 1
        assert not (running and made.fresh(self.finding).is_over)

    @invariant()
    def the_statement_stays(self):
        said = Finding.objects.values("requirement", "evidence", "gap", "clause", "auditee_id").get(pk=self.finding.pk)
        assert self.known.setdefault("said", said) == said


@pytest.mark.django_db
def test_whatever_they_do():
    run_state_machine_as_test(
        Correction,
        settings=settings(
            max_examples=cases(100, 400), stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_judge_at_once_and_one_of_them_counts(action_at, handled, company):
    action = action_at("implemented")
    handled(12, NOW + timedelta(days=1))
    later = NOW + timedelta(days=31)
    services.draw_sample(action, by=company["auditor"], at=later)
    second = cast.staff("second", Role.INTERNAL_AUDITOR)
    verdicts = made.results(action), made.results(action, failing=8)
    acts = [
        lambda by=by, found=found: services.judge(action, by=by, results=found, words="Seen.", at=later)
        for by, found in zip((company["auditor"], second), verdicts, strict=True)
    ]
    answers = at_once(*acts)
    assert sorted(type(answer).__name__ for answer in answers) == ["CorrectiveAction", "Refused"]
    assert Verdict.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sweeps_side_by_side_tell_everybody_once(action_at, company):
    action_at("approved")
    late = NOW + timedelta(days=40)
    at_once(*[lambda: services.sweep_overdue(late)] * 3)
    assert Climb.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_move_a_date_at_once_and_both_moves_are_kept(action_at, company):
    action = action_at("approved")
    acts = [
        lambda by=by, on=on: services.move_due(action, by=by, becomes=(NOW + timedelta(days=on)).date(), reason="Later.", at=NOW)
        for by, on in ((company["owner"], 40), (company["auditee"], 50))
    ]
    at_once(*acts)
    moves = list(DueMove.objects.order_by("no"))
    assert [move.no for move in moves] == [1, 2]
    assert moves[0].becomes == moves[1].was
    assert made.fresh(action).due_on == moves[1].becomes
