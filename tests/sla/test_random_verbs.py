"""K11 in the database: after any life of verbs every clock is the fold of its log, and the incident repeats the right due time."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents import services
from incidents.models import Incident
from itsm.core import clock as time
from itsm.core.errors import Refused
from itsm.people.models import Organisation
from sla import services as sla
from sla.models import Agreement, AgreementKind, Clock, Correction, Metric
from tests import cast
from tests.sla.conftest import MONDAY, published

pytestmark = pytest.mark.django_db
bounded = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
VERBS = [
    "accept", "reply", "reply", "wait", "answer", "resolve", "reopen", "worse", "better", "wrong", "transfer", "ask", "answered",
    "excuse", "moved", "later", "waited", "voided", "decide", "sweep",
]  # fmt: skip
lives = st.lists(st.tuples(st.sampled_from(VERBS), st.timedeltas(timedelta(0), timedelta(hours=7)), st.integers(0, 10**6)), max_size=9)


class Life:
    """An incident and everybody who may act on it; a verb that is refused changes nothing."""

    def __init__(self, incident, people):
        self.incident, self.people, self.at = incident, people, MONDAY

    def live(self, verb, gap, pick):
        self.at += gap
        try:
            with transaction.atomic(), time.at(self.at):
                getattr(self, verb)(pick)
        except Refused:
            pass

    def clock(self, pick):
        clocks = list(Clock.objects.about(self.incident).order_by("id"))
        return clocks[pick % len(clocks)]

    def line_time(self, pick):
        return MONDAY + (self.at - MONDAY) * (pick % 11) / 11

    def accept(self, _pick):
        services.accept(self.incident, by=self.people["engineer"])

    def reply(self, _pick):
        services.reply(self.incident, by=self.people["agent"], body="x")

    def wait(self, pick):
        reason = ["waiting_customer_info", "force_majeure"][pick % 2]
        services.wait(self.incident, by=self.people["lead"], reason=reason, body="?")

    def answer(self, _pick):
        services.answer(self.incident, by=self.people["contact"], body="!")

    def resolve(self, _pick):
        services.resolve(self.incident, by=self.people["lead"], resolution="x", resolution_code="fixed")

    def reopen(self, _pick):
        services.reopen(self.incident, by=self.people["agent"], reason="no")

    def _rate(self, pick, why):
        levels = {"impact": 1 + pick % 3, "urgency": 1 + pick // 3 % 3}
        who = self.people[["lead", "agent"][pick % 2]]
        services.reprioritise(self.incident, by=who, reason="x", why=why, breach_accepted=True, **levels)

    def worse(self, pick):
        self._rate(pick, "situation_worse")

    def better(self, pick):
        self._rate(pick, "situation_better")

    def wrong(self, pick):
        self._rate(pick, "misclassified")

    def transfer(self, pick):
        team = self.people[["team", "other_team"][pick % 2]]
        services.transfer(self.incident, by=self.people["agent"], team=team, reason="x")

    def ask(self, _pick):
        services.ask_supplier(self.incident, by=self.people["agent"], supplier=self.people["supplier"], words="?")

    def answered(self, _pick):
        services.supplier_answered(self.incident, by=self.people["agent"])

    def excuse(self, pick):
        sla.excuse(self.clock(pick), by=self.people["manager"], reason_code="force_majeure", words="x")

    def _propose(self, pick, kind, **details):
        sla.propose_correction(self.clock(pick), by=self.people["lead"], kind=kind, reason="x", **details)

    def moved(self, pick):
        self._propose(pick, "moved", line=1 + pick % 5, to=self.line_time(pick))

    def later(self, pick):
        self._propose(pick, "contact_later", to=self.line_time(pick))

    def waited(self, pick):
        since, until = sorted([self.line_time(pick), self.line_time(pick + 3)])
        self._propose(pick, "waited", since=since, until=until, waited_for="force_majeure")

    def voided(self, pick):
        self._propose(pick, "voided", line=1 + pick % 6)

    def decide(self, pick):
        for correction in Correction.objects.filter(state="pending"):
            sla.decide_correction(correction, by=self.people["manager"], accepted=bool(pick % 4))

    def sweep(self, _pick):
        sla.sweep(self.at)


@pytest.fixture
def people(agent, engineer, team_lead, contact, service_manager, team, other_team, updates_promised, calendars_of_the_house):
    """Everybody, and what the other team and a supplier promise."""
    always, _office = calendars_of_the_house
    supplier = cast.customer("通达网络", "tongda", kind=Organisation.Kind.SUPPLIER)
    for party in ({"kind": AgreementKind.INTERNAL, "team": other_team}, {"kind": AgreementKind.SUPPLIER, "supplier": supplier}):
        published(Agreement.objects.create(name="OLA", **party), {("core", p, Metric.SUPPORT): (3600 * p, always) for p in (1, 2, 3, 4)})
    return {
        "agent": agent, "engineer": engineer, "lead": team_lead, "contact": contact, "manager": service_manager, "team": team,
        "other_team": other_team, "supplier": supplier,
    }  # fmt: skip


@bounded
@given(acts=lives)
def test_after_any_life_projection_and_log_agree_and_the_incident_repeats_what_is_due(log, people, acts):
    with transaction.atomic():
        with time.at(MONDAY):
            life = Life(log(), people)
        for verb, gap, pick in acts:
            life.live(verb, gap, pick)
        assert sla.verify_clocks() == []
        ours = Clock.objects.ours().about(life.incident).filter(state="running", due_at__isnull=False)
        found = Incident.objects.get(pk=life.incident.pk)
        assert found.next_due_at == ours.order_by("due_at").values_list("due_at", flat=True).first()
        transaction.set_rollback(True)
