"""Samples of audits and their working papers: reproducible, independent, confirmed or overridden by a human with a reason."""

import pgtrigger
import pytest
from django.db import DatabaseError, transaction

from audits import freezing, populations, sampling, services
from audits.models import Evidence, Finding, Judgement, Sample, SampleItem
from incidents.models import Incident
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.demo import papers
from itsm.people.models import Role
from tests import cast
from tests.audits.finding import fresh
from tests.audits.papering import incidents, running
from tests.audits.records import AT, DAY, HOUR, World
from tests.threads import at_once

pytestmark = pytest.mark.django_db
RULE = "T-8.6.1a"


@pytest.fixture
def world(own_company):
    with clock.at(AT):
        yield World()


@pytest.fixture
def audit(world, auditor):
    return running(world, auditor)


@pytest.fixture
def colleague(own_company, world, audit):
    """A second auditor of the team."""
    who = cast.staff("colleague", Role.INTERNAL_AUDITOR, name="白露")
    world.kept(audit.members.model, audit=audit, person=who, role="auditor")
    return who


def draw(audit, by, kind="incidents"):
    return services.draw_paper(audit, by=by, kind=kind, area=audit.areas.get(), at=AT)


def item_of(sample, record):
    return SampleItem.objects.get(sample=sample, object_id=record.pk)


def refused(error=Refused, code=None):
    return pytest.raises(error, check=lambda found: code is None or found.code == code)


def test_the_database_hashes_rows_as_anybody_can(world):
    incidents(world, 3)
    world.incident(
        assignee=None,
        status="new",
        contacted_at=AT - 9 * DAY,
        priority_reason='"银行" \\ \n\x01 é',
        resolved_at=AT.replace(microsecond=120000),
    )
    rows = populations.population("incidents", AT - 100 * DAY, AT)
    for row, values in zip(rows, Incident.objects.order_by("id").values_list(*populations.INCIDENT_FACTS), strict=True):
        assert row.digest == sampling.fact_hash(values)


def test_a_population_is_read_in_two_queries(world, django_assert_num_queries):
    incidents(world, 5)
    with django_assert_num_queries(2):
        populations.population("incidents", AT - 100 * DAY, AT)


def test_a_sample_is_frozen_and_drawn_again_it_is_the_same(world, audit, auditor):
    made = incidents(world, 30)
    sample = draw(audit, auditor)
    again, besides = sample.drawn_again
    assert (sample.population, again.digest, besides) == (30, sample.digest, {})
    assert sorted(again.keys) == [item.object_id for item in sample.items.all()]
    assert len(again.keys) == 8
    item = sample.items.first()
    assert item.sha256 == freezing.digest(Incident.objects.get(pk=item.object_id))
    world.kept(type(made[0])._meta.model, **{**_fields(made[0]), "title": "new"})
    assert Sample.objects.get().drawn_again == (again, besides)


def _fields(incident):
    names = (
        "customer",
        "contact",
        "service",
        "team",
        "assignee",
        "description",
        "impact",
        "urgency",
        "priority",
        "contacted_at",
        "logged_at",
    )
    return {name: getattr(incident, name) for name in names}


def test_records_outside_of_the_period_stay_outside(world, audit, auditor):
    incidents(world, 2)
    world.incident(contacted_at=AT.replace(month=6, day=30, hour=15, minute=59))
    inside = world.incident(contacted_at=AT.replace(month=6, day=30, hour=16))
    sample = draw(audit, auditor)
    assert sample.population == 3
    assert sample.items.filter(object_id=inside.pk).exists()


def test_no_records_are_nothing_to_test(world, audit, auditor):
    sample = draw(audit, auditor)
    assert (sample.population, sample.items.count()) == (0, 0)
    assert sample.drawn_again[0].is_empty


def test_every_p1_is_read_besides_the_drawn_ones(world, audit, auditor):
    incidents(world, 60)
    grave = incidents(world, 20, priority=1)
    items = draw(audit, auditor).items.all()
    assert {record.pk for record in grave} <= {item.object_id for item in items}
    assert {(item.sort, item.why) for item in items if item.sort} == {("p1", "mandatory")}
    assert len([item for item in items if not item.sort]) <= sampling.size(80)


def test_of_a_large_class_those_that_fail_and_a_spread_of_the_others(world, audit, auditor):
    incidents(world, sampling.READ_WHOLE + 10, priority=1, impact=1, urgency=1)
    wrong = incidents(world, 3, priority=1, impact=3, urgency=3)
    sample = draw(audit, auditor)
    chosen = {item.object_id for item in sample.items.all()}
    assert {record.pk for record in wrong} <= chosen
    assert len(chosen) < 40
    assert {row.key for row in sample.rows if row.fails} == {record.pk for record in wrong}


def test_a_sample_nobody_could_read_is_refused(world, audit, auditor, monkeypatch):
    monkeypatch.setattr("audits.papers.MOST", 5)
    incidents(world, 30)
    with refused(code="too_many"):
        draw(audit, auditor)
    assert not Sample.objects.exists()


def test_only_the_team_draws_and_not_after_the_report(world, audit, auditor, service_manager):
    incidents(world, 3)
    with refused(NotAllowed):
        draw(audit, service_manager)
    done = running(world, auditor, status="reported")
    with refused(code="issued"):
        draw(done, auditor)
    with refused(code="kind"):
        draw(audit, auditor, kind="lunches")
    assert draw(audit, auditor).no == 1


def test_what_the_rules_say_is_filled_in(world, audit, auditor):
    good, bad = world.incident(contacted_at=AT - 8 * DAY), world.incident(contacted_at=AT - 8 * DAY, priority=1)
    sample = draw(audit, auditor)
    said = {item.object_id: {test["rule"]: test for test in item.machine} for item in sample.items.all()}
    assert (said[good.pk][RULE]["result"], said[bad.pk][RULE]["result"]) == ("pass", "fail")
    assert said[bad.pk][RULE]["reasons"] == ["off_matrix"]
    assert said[good.pk]["T-8.6.1e"]["result"] == "na"


def test_confirming_the_passes_reads_a_record_that_has_no_failing_test(world, audit, auditor):
    record = world.incident(contacted_at=AT - 8 * DAY)
    item = services.confirm_passes(item_of(draw(audit, auditor), record), by=auditor, at=AT)
    assert (item.result, item.read_by, item.read_at) == ("pass", auditor, AT)
    assert {j.result for j in item.judgements.all()} == {"pass"}
    with refused(code="nothing"):
        services.confirm_passes(item, by=auditor, at=AT)


def test_a_failing_test_is_confirmed_or_overridden_with_a_reason(world, audit, auditor):
    record = world.incident(contacted_at=AT - 8 * DAY, priority=1)
    item = item_of(draw(audit, auditor), record)
    assert services.confirm_passes(item, by=auditor, at=AT).result == "open"
    with refused(code="no_reason"):
        services.judge_test(item, by=auditor, rule=RULE, result="pass", reason=" ", at=AT)
    assert services.judge_test(item, by=auditor, rule=RULE, result="pass", reason="Agreed with the bank.", at=AT).result == "pass"
    assert services.judge_test(item, by=auditor, rule=RULE, result="fail", at=AT).result == "fail"
    assert [j.is_override for j in Judgement.objects.filter(rule=RULE)] == [True, False]
    with refused(code="rule"):
        services.judge_test(item, by=auditor, rule="T-0", result="pass", at=AT)


def test_what_no_rule_sees_makes_a_record_fail(world, audit, auditor):
    record = world.incident(contacted_at=AT - 8 * DAY)
    item = item_of(draw(audit, auditor), record)
    services.confirm_passes(item, by=auditor, at=AT)
    assert services.note_fault(item, by=auditor, reason="The solution solves another problem.", at=AT).result == "fail"


def test_nobody_judges_a_record_that_they_had_to_do_with(world, audit, auditor, colleague):
    record = world.incident(contacted_at=AT - 8 * DAY, logged_by=auditor)
    item = item_of(draw(audit, auditor), record)
    with refused(NotAllowed, "tied"):
        services.confirm_passes(item, by=auditor, at=AT)
    with refused(code="tied"):
        services.assign_item(item, by=auditor, auditor=auditor, at=AT)
    assert services.assign_item(item, by=auditor, auditor=colleague, at=AT).assigned == colleague
    assert services.confirm_passes(item, by=colleague, at=AT).result == "pass"


def test_a_swap_takes_the_next_of_the_stratum_once_and_with_a_reason(world, audit, auditor):
    incidents(world, 30)
    sample = draw(audit, auditor)
    item = sample.items.first()
    with refused(code="no_reason"):
        services.swap_item(item, by=auditor, reason=" ", at=AT)
    new = services.swap_item(item, by=auditor, reason="I worked on it.", at=AT)
    taken = {other.object_id for other in sample.items.all()} - {new.object_id}
    assert new.object_id == sampling.next_in_stratum(sample.rows, item.object_id, taken)
    assert (new.replaces, new.why, new.place, new.post) == (item, "swapped_in", 9, item.post)
    assert sample.items.standing().count() == 8
    with refused(code="swapped"):
        services.swap_item(item, by=auditor, reason="again", at=AT)
    with refused(code="swapped"):
        services.confirm_passes(item, by=auditor, at=AT)


def test_a_record_that_is_always_read_or_judged_is_not_swapped(world, audit, auditor):
    incidents(world, 30)
    (grave,) = incidents(world, 1, priority=1)
    sample = draw(audit, auditor)
    with refused(code="always"):
        services.swap_item(item_of(sample, grave), by=auditor, reason="x", at=AT)
    item = sample.items.filter(sort="").first()
    services.confirm_passes(item, by=auditor, at=AT)
    with refused(code="judged"):
        services.swap_item(item, by=auditor, reason="x", at=AT)
    few = running(world, auditor, title="few", period_from=AT.date(), period_until=AT.date())
    world.incident(contacted_at=AT - HOUR)
    with refused(code="none_left"):
        services.swap_item(draw(few, auditor).items.get(), by=auditor, reason="x", at=AT)


def test_evidence_has_a_hash_and_says_something(world, audit, auditor, agent):
    record = world.incident(contacted_at=AT - 8 * DAY)
    item = item_of(draw(audit, auditor), record)
    for fields, code in (
        ({"kind": "rumour"}, "kind"), ({"kind": "interview", "person": agent}, "no_words"),
        ({"kind": "interview", "words": "x"}, "no_person"),
        ({"kind": "file"}, "no_file"),
    ):  # fmt: skip
        with refused(code=code):
            services.keep_evidence(item, by=auditor, at=AT, **fields)
    kept = services.keep_evidence(item, by=auditor, kind="interview", words="Nobody asks.", person=agent, at=AT)
    state = services.keep_evidence(item, by=auditor, kind="record", at=AT)
    assert len(kept.sha256) == len(state.sha256) == 64
    assert state.facts == freezing.picture(record)


SAID = {"requirement": "Graded.", "evidence": "It is not.", "gap": "Nobody grades.", "clause": "8.6.1", "process": "incident",
        "grade": "minor", "grade_why": "Single."}  # fmt: skip


def test_a_finding_belongs_to_the_audit_and_the_record_fails_with_it(world, audit, auditor):
    record = world.incident(contacted_at=AT - 8 * DAY, priority=1)
    item = item_of(draw(audit, auditor), record)
    finding = services.raise_from_paper(item, by=auditor, rule=RULE, auditee=world.engineer, at=AT, **SAID)
    assert (finding.audit, finding.source, finding.seen.get().record) == (audit, "audit", record)
    assert RULE in finding.source_words
    services.confirm_passes(item, by=auditor, at=AT)
    assert item_of(item.sample, record).result == "fail"
    with refused(code="no_reason"):
        services.raise_from_paper(item, by=auditor, auditee=world.engineer, at=AT, **{**SAID, "grade_why": ""})
    assert Finding.objects.count() == 1


def test_the_team_alone_judges_and_only_while_the_audit_runs(world, audit, auditor, service_manager):
    record = world.incident(contacted_at=AT - 8 * DAY)
    item = item_of(draw(audit, auditor), record)
    with refused(NotAllowed):
        services.confirm_passes(item, by=service_manager, at=AT)
    planned = running(world, auditor, status="planned")
    with refused(code="not_running"):
        services.confirm_passes(item_of(draw(planned, auditor), record), by=auditor, at=AT)


def _breaks(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def test_the_database_refuses_what_must_never_happen(world, audit, auditor):
    incidents(world, 12)
    incidents(world, 1, priority=1)
    sample = draw(audit, auditor)
    item, swapped = sample.items.filter(sort="").first(), sample.items.filter(sort="").last()
    new = services.swap_item(swapped, by=auditor, reason="tied", at=AT)
    services.confirm_passes(item, by=auditor, at=AT)
    out = {"swapped_out_by": auditor, "swapped_out_at": AT, "swap_reason": "x"}
    items = SampleItem.objects
    for act in (
        lambda: Sample.objects.update(seed=1), lambda: Sample.objects.all().delete(), lambda: items.filter(pk=item.pk).update(picture={}),
        lambda: items.filter(pk=item.pk).update(machine=[]), lambda: items.filter(pk=swapped.pk).update(swap_reason="y"),
        lambda: items.filter(pk=item.pk).update(**out), lambda: items.filter(sort="p1").update(**out),
        lambda: items.filter(pk=new.pk).update(result="pass"), lambda: items.all().delete(), lambda: Judgement.objects.update(result="na"),
        lambda: Judgement.objects.create(item=new, rule=RULE, machine="fail", result="pass", by=auditor, at=AT),
        lambda: Judgement.objects.create(item=swapped, rule=RULE, machine="pass", result="pass", by=auditor, at=AT),
        lambda: Evidence.objects.create(item=new, kind="interview", sha256="x", by=auditor, at=AT),
    ):  # fmt: skip
        _breaks(act)


def test_the_demos_audit_is_half_read(world, audit, auditor):
    world.owned(world.process("incident"), world.engineer, world.other)
    for no in range(12):
        world.closed(contacted_at=AT - 8 * DAY, priority=1 if no < 3 else 3, logged_by=auditor if no == 1 else None)
    with pgtrigger.ignore():
        type(audit).objects.filter(pk=audit.pk).update(started_at=AT - DAY)
    papers.happen(fresh(audit), AT)
    sample = Sample.objects.get()
    assert (sample.kind, sample.holds) == ("closed_incidents", True)
    results = [item.result for item in sample.items.standing()]
    assert results.count("fail") == Finding.objects.count() == 1
    assert 2 <= results.count("open") < len(results)
    assert Evidence.objects.get().kind == "observation"


def test_who_owned_the_process_reads_none_of_its_records(world, audit, auditor, colleague):
    incidents(world, 12)
    item = draw(audit, auditor).items.first()
    process = audit.areas.get().process
    services.name_owner(process, by=None, owner=colleague, first_on=audit.period_from, at=AT)
    with refused(NotAllowed, "tied"):
        services.confirm_passes(item, by=colleague, at=AT)
    with refused(code="tied"):
        services.assign_item(item, by=auditor, auditor=colleague, at=AT)
    assert not Judgement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_swap_at_once_and_each_reads_another_record(world, audit, auditor):
    incidents(world, 14)
    first, second = draw(audit, auditor).items.all()[:2]
    acts = [lambda item=item: services.swap_item(item, by=auditor, reason="They are tied.", at=AT) for item in (first, second)]
    new = at_once(*acts)
    assert [type(one).__name__ for one in new] == ["SampleItem", "SampleItem"]
    assert len({one.object_id for one in new}) == len({one.place for one in new}) == 2


def test_the_report_says_how_each_sample_was_drawn_read_swapped_and_overridden(world, audit, auditor):
    wrong = world.incident(contacted_at=AT - 9 * DAY, impact=2, urgency=2, priority=1)
    incidents(world, 13)
    sample = draw(audit, auditor)
    out = sample.items.filter(why="drawn").first()
    new = services.swap_item(out, by=auditor, reason="The auditor handled it.", at=AT)
    services.judge_test(item_of(sample, wrong), by=auditor, rule=RULE, result="pass", reason="Agreed on the phone.", at=AT)
    services.draft_checklist(audit, by=auditor, at=AT)
    for question in audit.checklist.all():
        services.answer_question(question, by=auditor, result="conforming", at=AT)
    services.issue_report(audit, by=auditor, conclusion="It works.", at=AT)
    report = fresh(audit).issued
    (said,) = report.facts["samples"]
    assert (said["population"], said["seed"], said["sha256"], said["read"]) == (14, sample.seed, sample.digest, 0)
    assert said["swaps"] == [[out.label, new.label, auditor.display, "The auditor handled it."]]
    assert said["overrides"] == [[wrong.shown_number, RULE, "fail", "pass", auditor.display, "Agreed on the phone."]]
    assert all(bytes(paper.content).startswith(b"%PDF-") for paper in report.papers.all())
    assert all(services.holds(report).values())
