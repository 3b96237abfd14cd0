"""Audits from the plan to the closed follow-up, and who may audit what (clause 9.2, requirements 79 to 97)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.db.utils import InternalError
from django.utils import translation

from audits import services
from audits.models import Audit, AuditArea, Finding, IndependenceOverride, ProcessOwner
from itsm.core.errors import NotAllowed, Refused
from itsm.core.models import StepTaken
from itsm.notices.models import Notice
from itsm.people import services as people
from itsm.people.models import Role
from tests import cast
from tests.audits.audit import come_to, fresh, planned, processes
from tests.audits.conftest import DAY, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit(auditor, office, now):
    return planned(auditor, at=NOW)


@pytest.fixture
def second(own_company):
    """A second internal auditor."""
    return cast.staff("second", Role.INTERNAL_AUDITOR, name="钟原")


@pytest.fixture
def tech_lead(own_company):
    """Who answers for change management: the one of requirement 83."""
    lead = cast.staff("techlead", Role.TECH_LEAD, Role.INTERNAL_AUDITOR, name="沈越")
    services.name_owner(processes("change")[0], by=None, owner=lead, first_on=date(2025, 1, 1), at=NOW)
    return lead


def area_of(audit):
    return audit.areas.standing().select_related("process").get()


def refused(call, code=None, error=Refused):
    with pytest.raises(error) as found:
        call()
    assert code is None or found.value.code == code
    return str(found.value.sentence)


def test_the_whole_way_of_an_audit_without_findings(audit, auditor, service_manager, top_manager):
    closed = come_to(audit, "closed", at=NOW)
    assert closed.status == "closed"
    assert list(StepTaken.objects.about(closed).values_list("step", flat=True)) == [
        "assign", "prepare", "start", "report", "follow_up", "close"
    ]  # fmt: skip
    told = set(Notice.objects.filter(kind="audits.reported").values_list("person__username", flat=True))
    assert told == {"manager", "boss"}


@pytest.mark.parametrize("missing", ["areas", "auditor", "agenda", "checklist"])
def test_nothing_is_ready_before_everything_is(auditor, office, now, missing):
    audit = planned(auditor, at=NOW)
    if missing == "areas":
        services.cover(audit, by=auditor, processes=[], at=NOW)
    elif missing != "auditor":
        services.assign(area_of(audit), by=auditor, auditor=auditor, at=NOW)
    if missing in ("auditor", "checklist"):
        services.draft_agenda(audit, by=auditor, at=NOW)
    if missing in ("auditor", "agenda"):
        services.draft_checklist(audit, by=auditor, at=NOW)
    codes = {"areas": "has_areas", "auditor": "has_auditors", "agenda": "has_agenda", "checklist": "has_checklist"}
    refused(lambda: services.prepare(audit, by=auditor, at=NOW), codes[missing])


def test_opening_and_closing_meeting_are_obligatory(audit, auditor):
    audit = come_to(audit, "prepared", at=NOW)
    opening = audit.agenda.standing().get(sort="opening")
    services.take_off_agenda(opening, by=auditor, at=NOW)
    assert "opening" in refused(lambda: services.start(audit, by=auditor, at=NOW), "has_meetings")
    with pytest.raises(InternalError, match="no opening and closing meeting"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(status="in_progress")


def test_only_the_lead_opens_and_reports_it(audit, second, service_manager):
    audit = come_to(audit, "prepared", at=NOW)
    for person in (second, service_manager):
        refused(lambda person=person: services.start(audit, by=person, at=NOW), error=NotAllowed)


def test_who_owns_the_process_is_refused_with_what_ties_them(audit, auditor, tech_lead):
    area = area_of(audit)
    sentence = refused(lambda: services.assign(area, by=auditor, auditor=tech_lead, at=NOW), "not_independent")
    assert "沈越" in sentence
    assert "owned Change management" in sentence
    with translation.override("zh-hans"):
        assert "变更管理" in refused(lambda: services.assign(area, by=auditor, auditor=tech_lead, at=NOW))
    with pytest.raises(InternalError, match="nobody audits a process that was theirs"), transaction.atomic():
        AuditArea.objects.filter(pk=area.pk).update(auditor=tech_lead)


def test_top_management_alone_allows_it_with_a_reviewer_and_the_report_says_so(audit, auditor, second, tech_lead, top_manager):
    area = area_of(audit)

    def allow(by=top_manager, person=tech_lead, reviewer=second, reason="Nobody else knows it."):
        return services.override(area, by=by, person=person, reviewer=reviewer, reason=reason, at=NOW)

    refused(lambda: allow(by=auditor), error=NotAllowed)
    refused(lambda: allow(reason=" "), "no_reason")
    refused(lambda: allow(reviewer=tech_lead), "same_person")
    refused(lambda: allow(person=auditor), "independent")
    allow()
    refused(allow, "allowed")
    assert area_of(audit).auditor == tech_lead
    with pytest.raises(InternalError), transaction.atomic():
        IndependenceOverride.objects.update(reason="Other")
    reported = come_to(audit, "reported", at=NOW)
    (said,) = reported.issued.facts["overrides"]
    assert (said["person"], said["reviewer"], said["reason"], said["ties"][0][0]) == ("沈越", "钟原", "Nobody else knows it.", "owner")


def test_a_reviewer_has_to_be_independent_too(audit, tech_lead, top_manager, second):
    services.name_owner(processes("change")[0], by=None, owner=tech_lead, deputy=second, first_on=date(2026, 1, 1), at=NOW)
    refused(lambda: services.override(area_of(audit), by=top_manager, person=tech_lead, reviewer=second, reason="x", at=NOW), "reviewer")


def test_who_comes_to_own_the_process_later_can_not_open_the_audit_and_is_flagged(audit, auditor, service_manager):
    audit = come_to(audit, "prepared", at=NOW)
    services.name_owner(processes("change")[0], by=None, owner=auditor, first_on=date(2026, 2, 1), at=NOW)
    assert area_of(audit).flagged_at == NOW
    assert set(Notice.objects.filter(kind="audits.doubted").values_list("person__username", flat=True)) == {"auditor", "manager"}
    refused(lambda: services.start(audit, by=auditor, at=NOW), "not_independent")
    services.recheck_all(NOW + DAY)
    assert Notice.objects.filter(kind="audits.doubted").count() == 2
    assert StepTaken.objects.about(audit).filter(step="doubt").count() == 1


def test_an_appointment_looks_again(audit, auditor, service_manager):
    audit = come_to(audit, "prepared", at=NOW)
    ProcessOwner.objects.create(process=processes("change")[0], owner=auditor, valid=(date(2026, 1, 1), None))
    assert area_of(audit).flagged_at is None
    people.appoint(auditor, Role.CHANGE_MANAGER, by=None, at=NOW)
    assert area_of(audit).flagged_at == NOW


def test_a_line_subordinate_may_audit_and_the_report_warns(audit, auditor, tech_lead):
    auditor.manager = tech_lead
    auditor.save()
    reported = come_to(audit, "reported", at=NOW)
    assert [warning["tie"]["en"] for warning in reported.issued.facts["warnings"]] == ["reports to its owner"]


def test_a_report_needs_every_answer_and_a_conclusion(audit, auditor):
    audit = come_to(audit, "in_progress", at=NOW)
    refused(lambda: services.issue_report(audit, by=auditor, conclusion="Fine.", at=NOW), "is_answered")
    item = audit.checklist.first()
    refused(lambda: services.answer_question(item, by=auditor, result="not_conforming", at=NOW), "no_words")
    for item in audit.checklist.all():
        services.answer_question(item, by=auditor, result="not_conforming", note="No risk form.", at=NOW)
    refused(lambda: services.issue_report(audit, by=auditor, conclusion="", at=NOW), "conclusion")


def test_the_report_is_frozen_printed_in_both_languages_and_checks_itself(audit, auditor):
    report = come_to(audit, "reported", at=NOW).issued
    assert services.holds(report) == {"facts": True, "zh-hans": True, "en": True}
    assert all(bytes(paper.content).startswith(b"%PDF") for paper in report.papers.all())
    for change in ({"facts": {}}, {"sha256": "x"}):
        with pytest.raises(InternalError), transaction.atomic():
            type(report).objects.update(**change)
    refused(lambda: services.issue_report(audit, by=auditor, conclusion="Again.", at=NOW), "wrong_status")


def test_a_follow_up_ends_when_every_nonconformity_is_closed(audit, auditor, auditee, service_manager):
    audit = come_to(audit, "in_progress", at=NOW)
    said = {"requirement": "Each change has a risk assessment.", "evidence": "CHG-000001", "gap": "It had none.", "clause": "8.5.1"}
    finding = services.raise_finding(by=auditor, audit=audit, grade="major", grade_why="Systemic.", auditee=auditee, at=NOW, **said)
    assert (finding.source, finding.source_words, finding.audit) == ("audit", audit.shown_number, audit)
    for item in audit.checklist.all():
        services.answer_question(item, by=auditor, result="not_conforming", note=finding.shown_number, at=NOW)
    services.issue_report(audit, by=auditor, conclusion="One major nonconformity.", at=NOW)
    services.follow_up(audit, by=auditor, at=NOW)
    refused(lambda: services.close_audit(audit, by=auditor, at=NOW), "is_corrected")
    with pytest.raises(InternalError, match="not closed"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(status="closed")
    services.withdraw(finding, by=auditor, reason="Raised twice.", at=NOW)
    services.close_audit(audit, by=auditor, at=NOW)
    assert fresh(audit).status == "closed"


def test_findings_come_from_the_team_while_the_audit_runs(audit, auditor, second, auditee):
    details = {"grade": "minor", "grade_why": "One.", "auditee": auditee, "at": NOW, "clause": "8.5.1",
               "requirement": "x", "evidence": "y", "gap": "z"}  # fmt: skip
    refused(lambda: services.raise_finding(by=auditor, audit=audit, **details), "wrong_status")
    audit = come_to(audit, "in_progress", at=NOW)
    refused(lambda: services.raise_finding(by=second, audit=audit, **details), error=NotAllowed)
    finding = services.raise_finding(by=auditor, audit=audit, **details)
    with pytest.raises(InternalError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(audit=None)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"methods": []}, "methods"), ({"methods": ["by phone"]}, "methods"), ({"title": " "}, "title"), ({"scope": ""}, "scope"),
        ({"ends_on": date(2026, 1, 1)}, "days"), ({"period_from": date(2026, 4, 1)}, "period"),
        ({"period_until": date(2026, 4, 1)}, "period"),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_fit_is_refused(auditor, office, now, fields, code):
    refused(lambda: planned(auditor, at=NOW, **fields), code)


def test_others_plan_no_audit(auditor, engineer, office, now):
    refused(lambda: planned(auditor, by=engineer, at=NOW), error=NotAllowed)


def test_a_cancelled_audit_says_why(audit, auditor):
    refused(lambda: services.cancel_audit(audit, by=auditor, reason=" ", at=NOW), "no_reason")
    services.cancel_audit(audit, by=auditor, reason="The year is over.", at=NOW)
    assert fresh(audit).status == "cancelled"
    refused(lambda: come_to(audit, "prepared", at=NOW), "wrong_status")


def test_an_audit_that_has_begun_grows_but_does_not_shrink(audit, auditor):
    audit = come_to(audit, "in_progress", at=NOW)
    services.cover(audit, by=auditor, processes=processes("change", "release"), clauses=["9.1"], at=NOW)
    assert audit.areas.standing().count() == 3
    refused(lambda: services.cover(audit, by=auditor, processes=processes("release"), clauses=[], at=NOW), "begun")


def test_the_drafted_agenda_has_every_area_between_its_meetings(auditor, office, now):
    audit = planned(auditor, "change", "incident", "problem", "release", "service-level", at=NOW)
    services.draft_agenda(audit, by=auditor, at=NOW)
    services.draft_agenda(audit, by=auditor, at=NOW)
    items = list(audit.agenda.standing())
    assert [item.sort for item in items] == ["opening", *["area"] * 5, "closing"]
    assert all(before.ends_at <= after.starts_at for before, after in pairwise(items))
    assert items[-1].ends_at - items[0].starts_at > timedelta(days=1)


def test_the_drafted_checklist_asks_each_clause_once_with_the_rules_that_test_it(auditor, office, now):
    audit = planned(auditor, "change", "incident", at=NOW)
    for _again in range(2):
        services.draft_checklist(audit, by=auditor, at=NOW)
    items = {item.clause: item for item in audit.checklist.all()}
    assert audit.checklist.count() == len(items) == 2
    assert "T-8.6.1a" in items["8.6.1"].rule_ids
    with translation.override("en"):
        english = items["8.6.1"].asks
    with translation.override("zh-hans"):
        assert items["8.6.1"].asks != english


def test_what_joins_a_running_audit_is_audited_before_the_report(audit, auditor):
    audit = come_to(audit, "in_progress", at=NOW)
    services.cover(audit, by=auditor, processes=processes("change", "release"), at=NOW)
    for item in audit.checklist.all():
        services.answer_question(item, by=auditor, result="conforming", at=NOW)
    with pytest.raises(Refused, match="Every area needs an auditor"):
        services.issue_report(audit, by=auditor, conclusion="It works.", at=NOW)
    services.assign(audit.areas.standing().get(auditor=None), by=auditor, auditor=auditor, at=NOW)
    with pytest.raises(Refused, match="no question"):
        services.issue_report(audit, by=auditor, conclusion="It works.", at=NOW)
    services.draft_checklist(audit, by=auditor, at=NOW)
    for item in audit.checklist.filter(result="open"):
        services.answer_question(item, by=auditor, result="conforming", at=NOW)
    assert fresh(services.issue_report(audit, by=auditor, conclusion="It works.", at=NOW)).status == "reported"


def test_the_database_lets_no_area_be_reported_that_nobody_audited(audit, auditor):
    audit = come_to(audit, "in_progress", at=NOW)
    AuditArea.objects.create(audit=audit, clause="9.3")
    audit = fresh(audit)
    with pytest.raises(InternalError), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(status="reported", steps_taken=audit.steps_taken + 1)


def test_questions_of_an_area_are_answered_by_somebody_independent_of_it(audit, auditor, tech_lead, second):
    services.cover(audit, by=auditor, processes=processes("change", "release"), at=NOW)
    services.assign(audit.areas.standing().get(process__code="release"), by=auditor, auditor=tech_lead, at=NOW)
    audit = come_to(audit, "in_progress", at=NOW)
    own, other = (audit.checklist.filter(area__process__code=code).first() for code in ("change", "release"))
    with pytest.raises(Refused, match="Nobody audits their own work"):
        services.answer_question(own, by=tech_lead, result="conforming", at=NOW)
    assert services.answer_question(other, by=tech_lead, result="conforming", at=NOW).result == "conforming"
