"""The programme of a year: what it covers, what is missing, and audits drafted for that (clause 9.2, requirement 79)."""

from datetime import date, timedelta

import pytest

from audits import coverage, framework, services, weighing
from audits.models import Programme
from itsm.core.errors import NotAllowed, Refused
from itsm.people.models import Role
from tests import cast
from tests.audits.audit import SAID, come_to, planned, processes
from tests.audits.conftest import DAY, NOW

pytestmark = pytest.mark.django_db
CRITICAL = {"incident", "change", "problem", "service-level"}


@pytest.fixture
def programme(auditor, office, now):
    return services.write_programme(by=auditor, year=2026, objectives="See that it works.", at=NOW)


def lines(programme, at=NOW):
    found = coverage.covered(programme, at)
    return {line.code: line for line in (*found.processes, *found.clauses)}


def test_a_new_programme_lacks_everything_and_critical_processes_twice(programme):
    found = coverage.covered(programme, NOW)
    assert found.is_first_year
    assert {line.code: line.missing for line in found.processes} == {
        code: 2 if code in CRITICAL else 1 for code in framework.processes()
    }  # fmt: skip
    assert {line.code for line in found.clauses if line.is_gap} == set(framework.clauses())
    assert found.percent == 0


def test_one_click_covers_the_whole_year_with_two_audits(programme, auditor):
    services.draft_audits(programme, by=auditor, at=NOW)
    found = coverage.covered(programme, NOW)
    assert found.gaps == []
    audits = list(programme.audits.order_by("starts_on"))
    assert len(audits) == 2
    for audit in audits:
        assert {area.process.code for area in audit.areas.standing() if area.process_id} >= CRITICAL
        assert NOW.date() < audit.starts_on <= audit.ends_on <= programme.ends_on
        assert (audit.starts_on.weekday() < 5, audit.ends_on.weekday() < 5) == (True, True)
        assert not audit.areas.standing().filter(auditor=None).exists()
    with pytest.raises(Refused, match="nothing to plan"):
        services.draft_audits(programme, by=auditor, at=NOW)


def test_an_auditor_who_is_not_independent_gets_another_area(programme, auditor):
    second = cast.staff("second", Role.INTERNAL_AUDITOR)
    services.name_owner(processes("change")[0], by=None, owner=auditor, first_on=date(2025, 1, 1), at=NOW)
    services.draft_audits(programme, by=auditor, at=NOW)
    for audit in programme.audits.all():
        assert audit.areas.standing().get(process__code="change").auditor == second


def test_where_nobody_is_independent_the_area_stays_open(programme, auditor):
    services.name_owner(processes("change")[0], by=None, owner=auditor, first_on=date(2025, 1, 1), at=NOW)
    services.draft_audits(programme, by=auditor, at=NOW)
    assert {audit.areas.standing().get(process__code="change").auditor for audit in programme.audits.all()} == {None}


def test_planned_is_not_audited_and_mock_audits_and_cancelled_ones_count_for_nothing(programme, auditor):
    planned(auditor, "release", at=NOW, programme=programme, sort="mock")
    services.cancel_audit(planned(auditor, "release", at=NOW, programme=programme), by=auditor, reason="No.", at=NOW)
    assert lines(programme)["release"].is_gap
    audit = planned(auditor, "release", at=NOW, programme=programme)
    line = lines(programme)["release"]
    assert (line.planned, line.done, line.is_gap) == (1, 0, False)
    assert not lines(programme)[framework.processes()["release"].clauses[0]].is_gap
    come_to(audit, "reported", at=NOW)
    assert lines(programme)["release"].done == 1


def test_what_went_wrong_before_weighs_and_says_why(programme, auditor, auditee):
    before = weighing.weights(NOW)["release"]
    said = {"requirement": "x", "evidence": "y", "gap": "z", "clause": "8.5.3", "process": "release", "source": "audit"}
    for grade in ("major", "major"):
        services.raise_finding(by=auditor, grade=grade, grade_why="x", auditee=auditee, at=NOW - DAY, **said)
    after = weighing.weights(NOW)["release"]
    assert (after.points - before.points, after.is_heavy) == (6, True)
    assert "2 major nonconformities" in after.reasons
    assert lines(programme)["release"].needed == 2
    assert coverage.covered(programme, NOW).processes[0].code == "release"


def test_in_later_years_critical_processes_are_audited_once_unless_they_weigh(programme, auditor):
    following = services.write_programme(by=auditor, year=2027, objectives="Go on.", at=NOW)
    assert lines(following)["incident"].needed == 1


def test_top_management_approves_and_a_revision_is_approved_anew(programme, auditor, top_manager, service_manager):
    for person in (auditor, service_manager):
        with pytest.raises(NotAllowed):
            services.approve_programme(programme, by=person, at=NOW)
    approved = services.approve_programme(programme, by=top_manager, at=NOW)
    assert (approved.status, approved.approved_by) == ("approved", top_manager)
    with pytest.raises(Refused):
        services.edit_programme(programme, by=auditor, objectives="Other.", at=NOW)
    with pytest.raises(Refused, match="Revise it first"):
        services.draft_audits(programme, by=auditor, at=NOW)
    services.revise_programme(programme, by=auditor, reason="A new customer.", at=NOW)
    assert Programme.objects.get().approved_by is None


@pytest.mark.parametrize("fields", [{"year": 1999}, {"year": 2026}, {"objectives": " "}])
def test_a_programme_that_does_not_fit_is_refused(programme, auditor, fields):
    with pytest.raises(Refused):
        services.write_programme(by=auditor, at=NOW, **{"year": 2030, "objectives": "x", **fields})


def test_an_audit_lies_in_the_year_of_its_programme(programme, auditor):
    with pytest.raises(Refused, match="outside the year"):
        planned(auditor, at=NOW, programme=programme, starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 5))


def test_the_first_audit_belongs_three_to_six_months_after_records_begin(programme, auditor, handled):
    assert coverage.first_audit(NOW) is None
    handled(1, NOW - timedelta(days=31))
    hint = coverage.first_audit(NOW)
    assert (hint.began_on, hint.earliest, hint.latest, hint.planned, hint.is_late) == (
        date(2026, 2, 1), date(2026, 5, 1), date(2026, 8, 1), None, False,
    )  # fmt: skip
    audit = planned(auditor, at=NOW)
    assert coverage.first_audit(NOW).planned == audit
    assert coverage.first_audit(NOW + timedelta(days=200)).is_late
    come_to(audit, "reported", at=NOW)
    assert coverage.first_audit(NOW) is None


def test_coverage_costs_as_many_queries_whatever_is_planned(programme, auditor, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        coverage.covered(programme, NOW)
    for no in range(4):
        planned(auditor, "release", "problem", at=NOW, programme=programme, title=f"{SAID['title']} {no}")
    with django_assert_max_num_queries(8):
        coverage.covered(programme, NOW)
