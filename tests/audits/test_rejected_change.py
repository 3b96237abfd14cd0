"""An emergency change that is rejected after the fact is a finding by itself, once."""

import pytest

from audits import services
from audits.models import CorrectiveAction, Finding
from changes import signals
from changes.models import Change
from itsm.core.models import StepTaken
from tests.audits.conftest import DAY
from tests.changes.carrying import MINUTE, decide_all, fresh
from tests.changes.conftest import NOW, asker, assessed, company, doer, draft, office, ops_lead, product_manager, tech_lead, tester
from tests.changes.test_emergency import back, carried_out, emergency, nobody_there, unapproved

__all__ = [
    "asker",
    "assessed",
    "company",
    "doer",
    "draft",
    "emergency",
    "nobody_there",
    "office",
    "ops_lead",
    "product_manager",
    "tech_lead",
    "tester",
    "unapproved",
]  # fmt: skip
pytestmark = pytest.mark.django_db


def rejected(unapproved, doer, company):
    change = carried_out(unapproved(), doer)
    back(company)
    return decide_all(change, company, "reject", words="It could have waited.", at=NOW + 30 * MINUTE)


def test_it_is_raised_with_the_change_as_it_was_and_the_words_of_who_rejected_it(unapproved, doer, company, auditor):
    change = rejected(unapproved, doer, company)
    finding = Finding.objects.get()
    assert (finding.clause, finding.grade, finding.source, finding.raised_by) == ("8.5.1", "minor", "rule", None)
    assert change.shown_number in finding.evidence
    assert "It could have waited." in finding.evidence
    assert finding.auditee == company["service_manager"]
    assert finding.seen.get().record == change
    assert CorrectiveAction.objects.get(finding=finding).owner == company["service_manager"]


def test_the_same_change_is_found_once(unapproved, doer, company):
    change = rejected(unapproved, doer, company)
    for _ in range(2):
        signals.rejected_in_retrospect.send(sender=Change, change=change, by=company["ops_lead"], at=NOW, words="Again.")
    assert Finding.objects.count() == 1
    assert fresh(change).retrospect == "rejected"


def test_the_second_one_within_a_year_asks_a_human_about_the_grade(unapproved, doer, company, auditor):
    change = rejected(unapproved, doer, company)
    first = Finding.objects.get()
    second = services.find_rejected(Change.objects.exclude(pk=change.pk).first() or _another(change), by=None, at=NOW + DAY, words="No.")
    assert (second.grade, second.suggested_grade, second.suggestion_open) == ("minor", "major", True)
    services.regrade(second, by=auditor, grade="major", reason=f"As in {first}.", at=NOW + DAY)
    assert not Finding.objects.get(pk=second.pk).suggestion_open
    assert StepTaken.objects.about(second).get(step="regrade").details == {"from": "minor", "to": "major"}


def _another(change):
    """A second change, as bare as a row can be."""
    made = Change.objects.create(
        kind="emergency", category="other", title="Another", reason="x", requester=change.requester, raised_at=NOW
    )  # fmt: skip
    return Change.objects.get(pk=made.pk)
