"""What people read about reviews: every notice worded in both languages, in the bell and in the mail."""

import pytest
from django.utils import translation

from audits import services
from itsm.core import clock
from itsm.notices import wording
from itsm.notices.models import Notice
from tests.audits.conftest import DAY, NOW
from tests.audits.review import action_of, plan

pytestmark = pytest.mark.django_db
KINDS = {
    "planned", "held", "signed", "reminder", "action", "done", "accepted", "returned", "moved", "dropped", "overdue",
}  # fmt: skip


@pytest.fixture
def told(review_at, company):
    """One notice at least of every kind."""
    action, other = (action_of(review_at("closed")) for _no in range(2))
    owner, chair = company["owner"], company["top_manager"]
    services.report_decision(action, by=owner, shown="Done.", at=NOW)
    services.return_decision(action, by=chair, reason="Not yet.", at=NOW)
    services.report_decision(action, by=owner, shown="Done now.", at=NOW)
    services.accept_decision(action, by=chair, at=NOW)
    services.move_decision(other, by=chair, becomes=(NOW + 20 * DAY).date(), reason="Sooner.", at=NOW)
    services.sweep_decisions(NOW + 60 * DAY)
    services.remind(NOW + 320 * DAY)
    plan(company, NOW + 360 * DAY)
    services.remind(NOW + 366 * DAY)
    services.drop_decision(other, by=chair, reason="No.", at=NOW)
    return Notice.objects.filter(kind__startswith="audits.review_")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_notice_has_its_words(told, language):
    assert {notice.kind.removeprefix("audits.review_") for notice in told} == KINDS
    for notice in told:
        notice.person.language = language
        with clock.at(NOW), translation.override(language):
            line, mail = wording.subject(notice), wording.mail(notice)
        for text in (line, mail.subject, mail.body, mail.alternatives[0][0]):
            assert text.strip()
            assert "%(" not in text
        assert wording.page(notice).startswith(("/reviews/", "/actions/MRA-"))


def test_a_reminder_says_how_long_ago_and_whether_one_is_planned(told):
    ten, year = told.filter(kind="audits.review_reminder").order_by("told_at")
    with translation.override("en"):
        assert "10 months ago" in wording.subject(ten)
        assert "No review is planned" in wording.mail(ten).body
        assert "A year has passed" in wording.subject(year)
        assert "is planned for" in wording.mail(year).body
