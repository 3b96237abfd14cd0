"""Findings: raised with three parts and a reason, answered, never edited, graded anew with a history."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from audits import freezing, services
from audits.grading import Counted
from audits.models import CorrectiveAction, Finding, SeenRecord
from itsm.core.errors import NotAllowed, Refused
from itsm.core.models import StepTaken
from itsm.notices.models import Notice
from tests.audits.conftest import DAY, NOW, TODAY
from tests.audits.finding import SAID, action_of, come_to, fresh

pytestmark = pytest.mark.django_db


def test_a_nonconformity_gets_a_number_an_owner_and_a_date_at_once(found, company):
    finding = found()
    assert finding.shown_number == f"FND-{finding.number:06d}"
    assert finding.status == "open"
    action = action_of(finding)
    assert (action.owner, action.cycle, action.answer_by) == (company["owner"], 1, TODAY + 14 * DAY)
    assert action_of(found(grade="major", clause="8.5.1")).answer_by == TODAY + 5 * DAY
    told = set(Notice.objects.values_list("kind", "person__username"))
    assert {("audits.raised", "auditee"), ("audits.owned", "owner"), ("audits.raised", "manager")} <= told


def test_an_observation_is_only_noted(found):
    assert action_of(found(grade="observation")) is None


@pytest.mark.parametrize("missing", ["requirement", "evidence", "gap", "grade_why"])
def test_nothing_is_raised_without_all_of_its_parts(found, missing):
    with pytest.raises(Refused):
        found(**{missing: "  "})
    assert not Finding.objects.exists()
    assert found().pk


def test_a_clause_that_does_not_exist_is_refused(found):
    with pytest.raises(Refused, match="clause"):
        found(clause="8.6.99")


@pytest.mark.parametrize("who", ["auditee", "owner", "top_manager"])
def test_only_auditors_and_the_service_manager_raise_findings(found, company, who):
    with pytest.raises(NotAllowed):
        found(by=company[who])
    assert found(by=company["service_manager"]).raised_by == company["service_manager"]


def test_nobody_raises_a_finding_that_they_answer_for(found, company):
    with pytest.raises(Refused, match="own work"):
        found(auditee=company["auditor"])


def test_the_grade_is_suggested_from_what_was_counted_and_from_what_was_found_before(found):
    suggest = services.suggestion
    assert (suggest(clause="8.6.1", process="incident", at=NOW).grade) == ""
    assert suggest(clause="8.6.1", counted=Counted(100, 20), at=NOW).grade == "minor"
    assert suggest(clause="8.6.1", counted=Counted(100, 21), at=NOW).because == "systemic"
    assert suggest(clause="8.6.1", counted=Counted(100, 2, whole_stratum=True), at=NOW).grade == "major"
    found()
    again = suggest(clause="8.6.1", process="incident", at=NOW + 364 * DAY)
    assert (again.grade, again.because) == ("major", "repeated")
    assert suggest(clause="8.6.1", process="incident", at=NOW + 366 * DAY).grade == ""
    assert suggest(clause="8.6.1", process="other", at=NOW + DAY).grade == ""


def test_an_observation_or_a_withdrawn_finding_makes_no_repeat(found, company):
    found(grade="observation")
    services.withdraw(found(clause="8.5.1"), by=company["auditor"], reason="Wrong record.", at=NOW)
    assert services.suggestion(clause="8.6.1", process="incident", at=NOW + DAY).grade == ""
    assert services.suggestion(clause="8.5.1", process="incident", at=NOW + DAY).grade == ""


def test_a_human_may_refuse_the_suggestion_and_their_reason_is_kept(found):
    found()
    again = found(grade="minor", grade_why="Another team, another form.", at=NOW + DAY)
    assert (again.suggested_grade, again.grade, again.grade_why) == ("major", "minor", "Another team, another form.")
    assert not again.suggestion_open


def test_the_auditee_answers_and_changes_nothing(found, company):
    finding = found()
    services.answer(finding, by=company["auditee"], reason="The form will change.", at=NOW)
    assert StepTaken.objects.about(finding).get(step="answer").reason == "The form will change."
    assert Notice.objects.filter(kind="audits.answered", person=company["auditor"]).count() == 1
    for act, details in (
        (services.regrade, {"grade": "observation"}), (services.withdraw, {}), (services.settle, {}),
    ):  # fmt: skip
        with pytest.raises(Refused):
            act(finding, by=company["auditee"], reason="It is nothing.", at=NOW, **details)
    assert (fresh(finding).grade, fresh(finding).status) == ("minor", "open")
    with pytest.raises(NotAllowed):
        services.answer(finding, by=company["owner"], reason="Me too.", at=NOW)


@pytest.mark.parametrize(
    "change", [{"gap": "Nothing."}, {"requirement": "-"}, {"clause": "4.1"}, {"grade": "observation"}, {"status": "closed"}]
)
def test_the_database_refuses_another_statement_grade_or_state(found, change):
    finding = found()
    with pytest.raises(DatabaseError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).delete()
    assert fresh(finding).gap == SAID["gap"]


def test_another_grade_needs_a_reason_and_leaves_a_history(found, company):
    finding = found()
    with pytest.raises(Refused):
        services.regrade(finding, by=company["auditor"], grade="major", reason=" ", at=NOW)
    services.regrade(finding, by=company["auditor"], grade="major", reason="29 more were found.", at=NOW)
    taken = StepTaken.objects.about(finding).get(step="regrade")
    assert (taken.details, taken.reason) == ({"from": "minor", "to": "major"}, "29 more were found.")
    assert (fresh(finding).grade, fresh(finding).grade_why) == ("major", "29 more were found.")


def test_a_plan_approved_for_a_minor_one_is_approved_anew_once_it_is_major(found, company):
    action = come_to(action_of(found()), "approved", company, at=NOW)
    services.regrade(action.finding, by=company["auditor"], grade="major", reason="29 more were found.", at=NOW)
    assert fresh(action).status == "proposed"
    services.approve(action, by=company["top_manager"], at=NOW)
    assert fresh(action).status == "proposed"
    services.approve(action, by=company["service_manager"], at=NOW)
    assert fresh(action).status == "approved"


def test_an_observation_graded_up_gets_its_round(found, company):
    finding = found(grade="observation")
    services.regrade(finding, by=company["service_manager"], grade="minor", reason="It happened again.", at=NOW)
    assert action_of(finding).owner == company["auditee"]


def test_an_observation_is_settled_with_words_and_a_nonconformity_never(found, company):
    seen = services.settle(found(grade="opportunity"), by=company["auditee"], reason="Planned for autumn.", at=NOW)
    assert (fresh(seen).status, fresh(seen).outcome) == ("closed", "Planned for autumn.")
    with pytest.raises(Refused, match="corrective action that worked"):
        services.settle(found(), by=company["auditee"], reason="No.", at=NOW)


def test_an_observation_may_get_an_action_all_the_same(found, company):
    finding = found(grade="observation")
    services.take_up(finding, by=company["auditee"], owner=company["fixer"], at=NOW)
    assert action_of(finding).owner == company["fixer"]
    with pytest.raises(Refused):
        services.take_up(finding, by=company["auditee"], owner=company["fixer"], at=NOW)


def test_a_finding_is_taken_back_only_by_who_raised_it_and_before_anything_is_corrected(found, company):
    finding = found()
    with pytest.raises(NotAllowed):
        services.withdraw(finding, by=company["service_manager"], reason="No.", at=NOW)
    come_to(action_of(finding), "corrected", company, at=NOW)
    with pytest.raises(Refused):
        services.withdraw(finding, by=company["auditor"], reason="No.", at=NOW)
    other = services.withdraw(found(clause="4.1"), by=company["auditor"], reason="The wrong record.", at=NOW)
    assert (fresh(other).status, action_of(other).status, action_of(other).next_due_on) == ("withdrawn", "dropped", None)


def test_what_was_seen_is_kept_as_it_was(found, handled, company):
    incident = handled(1, NOW - DAY)[0]
    finding = found(records=[incident, incident])
    kept = SeenRecord.objects.get(finding=finding)
    assert (kept.label, kept.picture["title"], kept.record) == (str(incident), "Incident 0", incident)
    assert kept.sha256 == freezing.digest(incident)
    type(incident).objects.filter(pk=incident.pk).update(title="Another title")
    incident.refresh_from_db()
    assert freezing.digest(incident) != kept.sha256
    reading = freezing.Reading(type(incident), [kept.picture])
    assert reading.differing(kept.picture, freezing.picture(incident)) == [("title", "Incident 0", "Another title")]
    assert {("owner", "周明远"), ("customer", "江岚银行"), ("state", "New")} <= set(reading.facts(kept.picture))
    with pytest.raises(DatabaseError), transaction.atomic():
        SeenRecord.objects.filter(pk=kept.pk).update(label="x")


def test_a_plan_is_not_due_in_the_past(found):
    with pytest.raises(Refused, match="past"):
        found(answer_by=TODAY - timedelta(days=1))
    assert not CorrectiveAction.objects.exists()


def test_a_customers_people_see_no_finding(found, contact, stranger, company):
    finding = found()
    for who in (contact, stranger):
        assert not Finding.objects.visible_to(who).exists()
        assert not CorrectiveAction.objects.visible_to(who).exists()
    assert list(Finding.objects.visible_to(company["fixer"])) == [finding]
