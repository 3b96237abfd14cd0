"""Whatever people do in whatever order: nothing passes the gate unearned, nobody decides own work, what was said stays."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from changes import policy, services
from changes.models import Category, Change, Decision, Outcome, Seat
from changes.models.change import PAST_THE_GATE
from itsm.calendars import services as calendars
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.people.models import Appointment, Person, Role
from itsm.people.services import duty
from tests import cast
from tests.changes import plans
from tests.changes.conftest import NOW
from tests.deep import cases

ROLES = [Role.OPS_LEAD, Role.TECH_LEAD, Role.TESTER, Role.PRODUCT_MANAGER, Role.SERVICE_MANAGER, Role.TOP_MANAGEMENT]
NAMES = ["asker", "doer", "deputy", "second", *[str(role) for role in ROLES], "representative"]
people, roles = st.sampled_from(NAMES), st.sampled_from([str(role) for role in ROLES])


class Approval(RuleBasedStateMachine):
    """One change, everybody around it, and a clock that only goes on."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        calendars.ensure_defaults(at=NOW - timedelta(days=400))
        self.now, self.said, self.ended = NOW, {}, {}
        self.people = _cast()
        with clock.at(self.now):
            self.change = self._raised()
            self.delegate("ops_lead", "second", "ops_lead")
            self.name_a_deputy("tech_lead", "deputy")

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def _raised(self):
        window = {"starts_at": NOW + timedelta(days=60), "ends_at": NOW + timedelta(days=60, hours=2)}
        made = services.raise_change(
            by=self.people["asker"], at=NOW, implementer=self.people["doer"], customers=[self.people["representative"].organisation],
            **plans.CONTENT, **window,
        )  # fmt: skip
        return services.assess(made, by=self.people["asker"], at=NOW, answers=plans.answers("low"))

    def _try(self, act, **details):
        """Do something as a page would: it works or is refused with a sentence, it never breaks."""
        with clock.at(self.now):
            try:
                return act(at=self.now, **details)
            except Refused:
                return None

    def _is(self, *statuses):
        return Change.objects.get(pk=self.change.pk).status in statuses

    @rule()
    def submit(self):
        self._try(lambda **d: services.submit(self.change, by=self.people["asker"], **d))

    @precondition(lambda self: self._is("assessed"))
    @rule(risk=st.sampled_from(["low", "medium", "high"]))
    def assess_and_submit(self, risk):
        self._try(lambda **d: services.assess(self.change, by=self.people["asker"], answers=plans.answers(risk), **d))
        self.submit()

    @precondition(lambda self: self._is("awaiting", "approved", "rejected"))
    @rule(who=people, fields=st.one_of(
        st.fixed_dictionaries({"back_out_plan": st.sampled_from(["one", "two", "three"])}),
        st.fixed_dictionaries({"category": st.sampled_from(Category.values)}),
        st.fixed_dictionaries({"title": st.sampled_from(["A", "B"])}),
    ))  # fmt: skip
    def edit(self, who, fields):
        self._try(lambda **d: services.edit(self.change, by=self.people[who], **fields, **d))

    @precondition(lambda self: self._is("awaiting", "approved"))
    @rule(who=people)
    def swap_the_implementer(self, who):
        self._try(lambda **d: services.edit(self.change, by=self.people["asker"], implementer=self.people[who], **d))

    @precondition(lambda self: self._is("awaiting"))
    @rule(who=people)
    def withdraw(self, who):
        self._try(lambda **d: services.withdraw(self.change, by=self.people[who], **d))

    @rule(who=people, choice=st.sampled_from(["approve", "approve", "approve", "reject", "ask", "abstain"]), data=st.data())
    def decide(self, who, choice, data):
        seats = list(Seat.objects.filter(stage__round__change=self.change).order_by("-id")[:6])
        if seats:
            asked = data.draw(st.sampled_from(seats))
            self._try(lambda **d: services.decide(asked, by=self.people[who], choice=choice, words="Words", **d))

    def _able(self):
        with clock.at(self.now):
            return [(w.seat, p, w.decider) for p in self.people.values() for w in services.waiting_on(self.change, p, self.now)]

    @precondition(lambda self: self._is("awaiting"))
    @rule(choice=st.sampled_from(["approve", "approve", "approve", "ask", "abstain"]), data=st.data())
    def somebody_able_speaks(self, choice, data):
        if able := self._able():
            asked, person, _decider = data.draw(st.sampled_from(able))
            self._try(lambda **d: services.decide(asked, by=person, choice=choice, words="Words", **d))

    @precondition(lambda self: self._is("awaiting"))
    @rule()
    def everybody_able_approves(self):
        for asked, person, decider in sorted(self._able(), key=lambda able: able[2].on_behalf_of is None):
            self._try(lambda asked=asked, person=person, **d: services.decide(asked, by=person, choice="approve", **d))
            assert decider.person == person

    @rule(giver=people, receiver=people, role=roles)
    def delegate(self, giver, receiver, role):
        days = {"first_on": self.now.date(), "last_on": self.now.date() + timedelta(days=2), "reason": "Away"}
        self._try(lambda **d: services.delegate(by=self.people[giver], receiver=self.people[receiver], role=role, **days, **d))

    @rule(role=roles, deputy=people)
    def name_a_deputy(self, role, deputy):
        Appointment.objects.filter(role=role).exclude(person=self.people[deputy]).update(deputy=self.people[deputy])

    @rule(who=people)
    def be_absent(self, who):
        day = self.now.date()
        self._try(lambda **d: duty.take_leave(self.people[who], by=self.people[who], first_on=day, last_on=day, **d))

    @rule(who=people, how=st.sampled_from(["available", "away"]))
    def come_and_go(self, who, how):
        self._try(lambda **d: duty.set_availability(self.people[who], how, by=self.people[who], **d))

    @rule(hours=st.sampled_from([1, 5, 24]))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)
        with clock.at(self.now):
            services.sweep_stages(self.now)

    @invariant()
    def nothing_passed_the_gate_unearned(self):
        change = Change.objects.get(pk=self.change.pk)
        if change.status not in PAST_THE_GATE:
            return
        last = change.rounds.order_by("-no").first()
        assert (last.outcome, last.fingerprint) == (Outcome.APPROVED, change.fingerprint())
        for stage in last.stages.all():
            choices = [[d.choice for d in seat.decisions.all() if d.fingerprint == last.fingerprint] for seat in stage.seats.all()]
            verdicts = [True if "approve" in said else False if "reject" in said else None for said in choices]
            assert policy.tally(stage.rule, stage.k, verdicts) == "approved"

    @invariant()
    def nobody_decided_about_own_work(self):
        change = Change.objects.get(pk=self.change.pk)
        counting = Decision.objects.filter(stage__round__change=change, stage__round__outcome__in=["pending", "approved"], choice="approve")
        for decision in counting:
            involved = {decision.person_id, decision.on_behalf_of_id} - {None}
            assert involved.isdisjoint({change.requester_id, change.implementer_id, change.edited_by_id})

    @invariant()
    def what_was_said_stays(self):
        now = {row["id"]: row for row in Decision.objects.values()}
        assert all(now.get(pk) == row for pk, row in self.said.items())
        self.said = now

    @invariant()
    def what_ended_stays(self):
        for pk, outcome in self.change.rounds.values_list("pk", "outcome"):
            before = self.ended.get(pk, "pending")
            assert before in ("pending", outcome) or (before, outcome) == ("approved", "voided")
            self.ended[pk] = outcome

    @invariant()
    def one_round_is_open_while_it_waits(self):
        waits = Change.objects.get(pk=self.change.pk).status == "awaiting"
        assert self.change.rounds.filter(outcome="pending").count() == int(waits)


def _cast():
    found = {str(role): cast.staff(str(role), role) for role in ROLES}
    found |= {name: cast.staff(name) for name in ("asker", "doer", "deputy", "second")}
    customer = cast.customer()
    representative = cast.person("representative", organisation=customer)
    valid = DateRange(None, None)
    Appointment.objects.create(person=representative, role=Role.CUSTOMER_REPRESENTATIVE, organisation=customer, valid=valid)
    found["representative"] = Person.objects.select_related("organisation").get(pk=representative.pk)
    return found


@pytest.mark.django_db
def test_whatever_they_do():
    run_state_machine_as_test(
        Approval,
        settings=settings(
            max_examples=cases(12, 200), stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip
