"""Whatever people do in whatever order: nothing begins without the decisions it needs, and nothing is closed half done."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changes import services
from changes.models import Change, Decision, ModelStatus, Seat, StandardModel, Status, StepRun
from changes.services import doing
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.models import StepTaken
from itsm.people.models import Availability, Person
from tests import cast
from tests.changes import plans
from tests.changes.carrying import approved_model
from tests.changes.conftest import NOW
from tests.deep import cases

pytestmark = pytest.mark.django_db
VERBS = [
    "submit", "decide", "decide", "reject", "edit", "edit_back", "start", "start", "start_unapproved", "begin", "end", "begin", "end",
    "fail", "skip", "note", "implement", "back_out", "confirm", "review", "settle", "close", "close", "everybody_leaves",
    "everybody_returns", "another_implementer", "suspend",
]  # fmt: skip
RESULTS = ["successful", "with_issues", "backed_out", "failed"]
GONE = (Status.IMPLEMENTING, Status.IMPLEMENTED, Status.BACKED_OUT, Status.REVIEW, Status.CLOSED)
lives = st.lists(st.tuples(st.sampled_from(VERBS), st.timedeltas(timedelta(0), timedelta(minutes=40)), st.integers(0, 10**6)), max_size=18)


class Life:
    """A change and everybody who may act on it; a verb that is refused changes nothing."""

    def __init__(self, kind, people, customer, model, risk):
        self.people, self.at = people, NOW
        self.crew = [people[name] for name in ("asker", "doer", "manager", "engineer")]
        window = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=6)}
        said = {**plans.CONTENT, **window, "kind": kind, "implementer": people["doer"], "customers": [customer]}
        if kind == "standard":
            said["model"] = model
        self.change = services.raise_change(by=people["asker"], at=NOW, **said)
        if kind != "standard":
            self.change = services.assess(self.change, by=people["asker"], at=NOW, answers=plans.answers(risk))

    def live(self, verb, gap, pick):
        self.at += gap
        try:
            with transaction.atomic(), clock.at(self.at):
                getattr(self, verb)(pick)
        except Refused:
            pass
        self.change = Change.objects.get(pk=self.change.pk)

    def who(self, pick):
        return self.crew[pick % len(self.crew)]

    def submit(self, pick):
        verb = services.take_up if self.change.kind == "standard" else services.submit
        verb(self.change, by=self.people["asker"])

    def _say(self, pick, choice):
        seats = list(Seat.objects.filter(stage__round__change=self.change, stage__round__outcome="pending").order_by("id"))
        if seats:
            seat = seats[pick % len(seats)]
            person = self.people.get(seat.role, self.people["manager"])
            services.decide(seat, by=person, choice=choice, words="x")

    def decide(self, pick):
        self._say(pick, "approve")

    def reject(self, pick):
        self._say(pick, "reject")

    def edit(self, _pick):
        services.edit(self.change, by=self.people["asker"], back_out_plan="Another one.")

    def edit_back(self, _pick):
        services.edit(self.change, by=self.people["asker"], back_out_plan=plans.CONTENT["back_out_plan"])

    def another_implementer(self, pick):
        services.edit(self.change, by=self.people["asker"], implementer=[self.people["engineer"], self.people["ops_lead"]][pick % 2])

    def start(self, pick):
        services.start(self.change, by=self.who(pick))

    def start_unapproved(self, pick):
        services.start_unapproved(self.change, by=self.who(pick), reason="It burns.")

    def _no(self, pick):
        left = doing.unended(self.change)
        return left[0] if left and pick % 5 else 1 + pick % 3

    def begin(self, pick):
        services.begin_step(self.change, by=self.who(pick), no=self._no(pick))

    def end(self, pick):
        services.end_step(self.change, by=self.who(pick), no=self._no(pick), result="done")

    def fail(self, pick):
        services.end_step(self.change, by=self.who(pick), no=self._no(pick), result="failed", remark="x")

    def skip(self, pick):
        services.end_step(self.change, by=self.who(pick), no=self._no(pick), result="skipped", remark="x")

    def note(self, pick):
        times = {"started_at": self.at - timedelta(minutes=pick % 90), "finished_at": self.at}
        services.note_step(self.change, by=self.who(pick), no=self._no(pick), result="done", **times)

    def implement(self, pick):
        services.implement(self.change, by=self.who(pick))

    def back_out(self, pick):
        services.back_out(self.change, by=self.who(pick), reason="x")

    def confirm(self, pick):
        services.confirm_items(self.change, by=self.who(pick))

    def review(self, pick):
        services.look_back(self.change, by=self.who(pick), words="x", result=RESULTS[pick % 4])

    def settle(self, pick):
        services.settle(self.change, by=self.who(pick), verdict=["keep", "roll_back"][pick % 2], reason="x")

    def close(self, pick):
        services.close(self.change, by=self.who(pick), result=RESULTS[pick % 4])

    def everybody_leaves(self, _pick):
        Person.objects.exclude(pk__in=[person.pk for person in self.crew]).update(availability=Availability.AWAY)

    def everybody_returns(self, _pick):
        Person.objects.update(availability=Availability.AVAILABLE)

    def suspend(self, _pick):
        model = StandardModel.objects.get()
        if model.status == ModelStatus.APPROVED:
            model.suspend(by=None, at=self.at, reason="x")
            model.save()

    def check(self):
        change, taken = self.change, list(StepTaken.objects.about(self.change).values_list("step", flat=True))
        if change.status in GONE:
            self._check_begun(change, taken)
        if change.status == Status.CLOSED:
            self._check_closed(change, taken)
        runs = list(StepRun.objects.filter(change=change).order_by("no"))
        assert sum(1 for run in runs if run.finished_at is None) <= 1
        assert all(run.remark for run in runs if run.result in ("failed", "skipped"))

    def _check_begun(self, change, taken):
        assert sum(taken.count(step) for step in ("start", "start_unapproved")) == 1
        approvers = Decision.objects.filter(stage__round__change=change, stage__round__kind="before", choice="approve")
        if change.kind == "normal":
            assert change.is_approved()
            assert change.implementer_id not in approvers.filter(stage__round__outcome="approved").values_list("person", flat=True)
        elif change.kind == "emergency":
            assert change.retrospect
            assert change.rounds.filter(kind="after").exists()
            assert change.unreachable_reason or approvers.exists()
        else:
            assert change.plan == StandardModel.objects.get().plan

    def _check_closed(self, change, taken):
        assert change.items_confirmed_at
        assert change.finished_at
        assert change.result
        assert (not change.review_due and change.kind != "emergency") or (change.review and change.reviewed_by_id != change.implementer_id)
        backed_out = "back_out" in taken
        assert backed_out == (change.result in ("backed_out", "failed")) or change.result == "failed"
        assert backed_out or doing.unended(change) == []
        if change.kind == "emergency":
            assert change.retrospect == "approved" or (change.retrospect == "rejected" and change.verdict)
            assert change.rounds.filter(kind="after", fingerprint=change.fingerprint(), outcome__in=["approved", "rejected"]).exists()


@pytest.mark.parametrize("kind", ["normal", "emergency", "standard"])
@settings(max_examples=cases(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=lives, risk=st.sampled_from(["low", "high"]), is_hurried=st.booleans())
def test_any_life_of_a_change(kind, life, risk, is_hurried, company, asker, doer, engineer, customer, request):
    with transaction.atomic():
        manager = cast.staff("changes", "change_manager")
        model = approved_model(engineer, company["service_manager"])
        people = {**company, "asker": asker, "doer": doer, "engineer": engineer, "manager": manager}
        lived = Life(kind, people, customer, model, risk)
        if is_hurried:  # most random lives never get under way
            for verb in ("submit", "decide", "decide", "decide", "decide", "start"):
                lived.live(verb, timedelta(0), 1)
        for verb, gap, pick in life:
            lived.live(verb, gap, pick)
            lived.check()
        transaction.set_rollback(True)
