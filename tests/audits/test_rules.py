"""Every rule lets a good record pass, finds every sort of bad one, and names it with the reason."""

import pytest

from audits import judging, known, records, services
from audits.framework import clauses, processes
from audits.models import Failure, Run
from audits.rules import shipped
from sla.models import Clock
from tests.audits.cases import BAD, GOOD
from tests.audits.records import AT, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(own_company):
    return World()


def found(rule_id, record):
    """`(run, reasons of the record or None, failure or None)` of a rule that runs now."""
    run = services.run(known.rule(rule_id), by=None, at=AT)
    failure = Failure.objects.filter(run=run, object_id=record.pk).first()
    return run, failure


@pytest.mark.parametrize("rule_id", GOOD)
def test_a_rule_lets_a_good_record_pass(world, rule_id):
    record = GOOD[rule_id](world)
    run, failure = found(rule_id, record)
    assert run.population >= 1
    assert failure is None
    assert run.passed + run.failed == run.population


@pytest.mark.parametrize(("rule_id", "reasons"), BAD)
def test_a_rule_names_a_bad_record_with_its_reason(world, rule_id, reasons):
    record = BAD[rule_id, reasons](world)
    run, failure = found(rule_id, record)
    assert failure is not None
    assert failure.reasons == list(reasons)
    [(_failure, place)] = records.placed([failure])
    assert place.url
    assert place.number or place.title
    rule = known.rule(rule_id)
    assert all(str(words) for words, _measured in rule.said(failure.reasons, failure.details))
    assert run.failed == run.failures.count()


@pytest.mark.parametrize(("rule_id", "reasons"), BAD)
def test_a_record_is_judged_on_its_own_page_by_the_same_rule(world, rule_id, reasons):
    rule, record = known.rule(rule_id), BAD[rule_id, reasons](world)
    if not rule.live:
        assert judging.of_record([rule], record, AT) == []
        services.run(rule, by=None, at=AT)
    said = judging.of_record([rule], record, AT)
    assert [(found.id, codes, ran_at) for found, codes, _details, ran_at in said] == [(rule_id, list(reasons), None if rule.live else AT)]


def test_what_a_run_said_before_is_forgotten_once_a_newer_one_finds_nothing(world):
    rule, record = known.rule("T-8.6.1d"), BAD["T-8.6.1d", ("unseen",)](world)
    services.run(rule, by=None, at=AT)
    world.line(record_clock(record), "acknowledge", at=AT)
    services.run(rule, by=None, at=AT)
    assert judging.of_record([rule], record, AT) == []


def record_clock(record):
    return Clock.objects.about(record).get()


def test_every_rule_and_every_reason_has_its_case():
    every = {(rule.id, check.code) for rule in shipped().values() for check in rule.checks}
    assert {(rule_id, code) for rule_id, codes in BAD for code in codes} == every
    assert set(GOOD) == set(shipped())


def test_every_rule_belongs_to_a_clause_and_a_process_that_lives_there():
    assert len(shipped()) >= 25
    for rule in shipped().values():
        assert rule.clause in clauses(), rule.id
        assert rule.clause in processes()[rule.process].clauses, rule.id
        assert rule.id.startswith(f"T-{rule.clause}"), rule.id
        assert str(rule.question).endswith("?"), rule.id
        assert all((rule.looked_at, rule.evidence, *(check.words for check in rule.checks))), rule.id
        assert len({check.code for check in rule.checks}) == len(rule.checks), rule.id


def test_nothing_to_test_is_no_hundred_percent(world):
    run = services.run(known.rule("T-8.6.1a"), by=None, at=AT)
    assert (run.population, run.passed, run.failed, run.share, run.is_empty) == (0, 0, 0, None, True)


def test_what_lies_outside_of_the_window_is_not_looked_at(world):
    GOOD["T-8.6.1a"](world)
    rule = known.rule("T-8.6.1a")
    late = services.run(rule, by=None, at=AT.replace(year=AT.year + 1))
    assert late.population == 0
    assert services.run(rule, by=None, at=AT).population == 1


def test_the_hash_names_the_question_whenever_it_is_asked():
    hashes = [{name: judging.query_hash(rule, rule.window(at)) for name, rule in shipped().items()} for at in (AT, AT.replace(month=6))]
    assert hashes[0] == hashes[1]
    assert len(set(hashes[0].values())) == len(shipped())


def test_the_instants_of_a_run_are_kept(world, auditor):
    run = services.run(known.rule("T-8.6.1a"), by=auditor, at=AT)
    assert (run.until, run.started_at, run.by) == (AT, AT, auditor)
    assert (AT - run.since).days == 90
    assert Run.objects.get(pk=run.pk).query_hash
