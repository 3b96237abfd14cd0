"""Who will have to decide and why, in words, before anything is submitted."""

import pytest
from django.utils import translation

from changes import explaining, services
from changes.models import Kind
from itsm.people.models import Absence, Appointment
from tests import cast
from tests.changes import writings
from tests.changes.conftest import NOW

pytestmark = pytest.mark.django_db
QUERIES = 8


def explained(change):
    change.refresh_from_db()
    return explaining.explain(explaining.draft_of(change), NOW)


def people(stage):
    return [[decider.person.name for decider in seat.deciders] for seat in stage.seats]


def test_an_assessed_draft_has_one_way(assessed):
    found = explained(assessed("high"))
    (way,) = found.ways
    (stage,) = way.stages
    assert way.why == ["“High risk: service manager, technical lead and customer together” (Normal change, High risk)"]
    assert stage.rule == "IT service manager, Technical lead and Customer representative of 江岚银行, all of them"
    assert stage.time == "2 working days"
    assert people(stage) == [["沈若宁"], ["韩越"], ["郑岚"]]
    assert stage.due_at > NOW
    assert found.missing == []


def test_what_was_announced_is_what_is_asked(assessed, asker):
    change = assessed("high")
    (way,) = explained(change).ways
    services.submit(change, by=asker, at=NOW)
    stage = change.rounds.get().stages.get()
    assert stage.deadline_at == way.stages[0].due_at
    assert stage.seats.count() == len(way.stages[0].seats)


def test_without_a_risk_every_risk_is_told(draft):
    found = explained(draft())
    assert [way.risk for way in found.ways] == ["Low risk", "Medium risk", "High risk"]
    assert "Answer the risk questions first." in found.missing


def test_nobody_appointed_falls_to_top_management_and_says_so(assessed, ops_lead):
    change = assessed("low")
    Appointment.objects.filter(person=ops_lead).update(withdrawn_at=NOW)
    (seat,) = explained(change).ways[0].stages[0].seats
    assert seat.trouble == "Nobody is appointed as Operations lead: top management decides."
    assert [decider.person.name for decider in seat.deciders] == ["顾铭"]


def test_nobody_decides_about_their_own_work_and_the_explanation_knows(assessed, ops_lead):
    (seat,) = explained(assessed("low", by=ops_lead)).ways[0].stages[0].seats
    assert "top management decides" in seat.trouble


def test_an_absent_holder_is_replaced_by_the_deputy(assessed, ops_lead):
    deputy = cast.staff("deputy", name="代理人甲")
    Appointment.objects.filter(person=ops_lead).update(deputy=deputy)
    Absence.objects.create(person=ops_lead, first_on=NOW.date(), last_on=NOW.date())
    (seat,) = explained(assessed("low")).ways[0].stages[0].seats
    assert [(d.person.name, d.on_behalf_of.name) for d in seat.deciders] == [("代理人甲", "周明远")]


def test_a_customer_without_a_representative_is_named(assessed, other_customer):
    stage = explained(assessed("high", customers=[other_customer])).ways[0].stages[0]
    assert "拾光商城 has no representative." in stage.seats[-1].trouble


def test_high_risk_without_a_customer_cannot_be_submitted_and_says_it_before(assessed):
    found = explained(assessed("high", customers=[]))
    assert "Name the customers concerned: their representatives have to approve this." in found.missing


def test_an_emergency_tells_of_the_panel_and_of_everybody_afterwards(assessed):
    before, after = explained(assessed("high", kind=Kind.EMERGENCY)).ways
    assert "any one of them" in before.stages[0].rule
    assert (before.after, after.after) == (False, True)
    assert after.stages[0].time == "1 working day"


def test_a_row_for_one_service_says_which_service_made_it_so(assessed, service_manager, team):
    service = writings.service(team, service_manager)
    rows = [
        {"name": "支付", "name_en": "Payments", "kinds": ["normal"], "categories": [], "risks": [], "criticalities": [],
         "services": [service.pk], "customers": [],
         "stages": [{"rule": "all", "k": None, "minutes": 60, "roles": ["tech_lead", "customer_representative"]}]},
        *services.policy_in_force().rows,
    ]  # fmt: skip
    services.publish_policy(by=service_manager, rows=rows, at=NOW)
    (why,) = explained(assessed("low", services=[service])).ways[0].why
    assert f"because of {service.label()}" in why


def test_a_plan_longer_than_its_window_is_told(assessed):
    found = explained(assessed("low", plan=[{"words": "Everything", "minutes": 121}]))
    assert any("longer than the window" in sentence for sentence in found.missing)


def test_it_speaks_the_readers_language(assessed):
    with translation.override("zh-hans"):
        assert "高风险：IT 服务经理、技术主管、客户代表共同审批" in explained(assessed("high")).ways[0].why[0]


def test_the_number_of_queries_does_not_grow(assessed, customer, other_customer, django_assert_num_queries):
    few, many = assessed("low"), assessed("high", customers=[customer, other_customer])
    services.policy_in_force()
    with django_assert_num_queries(QUERIES):
        explaining.explain(explaining.draft_of(few), NOW)
    with django_assert_num_queries(QUERIES):
        explaining.explain(explaining.draft_of(many), NOW)


def test_risks_that_ask_the_same_people_are_told_together(draft):
    found = explained(draft(category="core_function"))
    assert [way.risk for way in found.ways] == ["Low risk or Medium risk", "High risk"]


def test_whoever_holds_two_seats_of_a_stage_speaks_once(assessed, service_manager, tech_lead):
    Appointment.objects.filter(person=tech_lead).update(withdrawn_at=NOW)
    cast.appointed(service_manager, "tech_lead")
    seats = explained(assessed("high")).ways[0].stages[0].seats
    assert [seat.trouble for seat in seats] == ["", "沈若宁 speaks once in a stage: top management decides here.", ""]
