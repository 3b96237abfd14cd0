"""What a decider reads is exactly what the fingerprint covers, in pages and receipts alike."""

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from changes import content, services
from tests.changes.conftest import NOW

pytestmark = pytest.mark.django_db


def test_everything_that_a_decision_is_bound_to_is_read(assessed):
    covered = {key for part in content.PARTS for key in part.covers}
    assert covered == set(assessed().document())


def test_the_text_of_a_receipt_says_all_of_it(assessed, customer):
    change = assessed("medium", impact="Slow for ten minutes", interrupts=True)
    with timezone.override("Asia/Shanghai"):
        said = content.text(change)
    for words in (
        change.shown_number, "Patch the web servers", "A hole was published.", "Slow for ten minutes", "1. Patch node 1 (20 min)",
        "Boot the former image.", "Patched in the test room", customer.name, "Medium risk: 10 of 30 points, risk questions version 1",
        "2026-03-11 10:00 – 12:00, Asia/Shanghai (UTC+8), 2 h", "Can it be taken back? By hand, and tried (1)",
    ):  # fmt: skip
        assert words in said
    assert "Nobody gets in." not in said  # the benefit binds nobody
    with translation.override("zh-hans"):
        assert "能否回退？ 手工回退且已验证 (1)" in content.text(change)


def test_what_is_missing_is_said_too(draft):
    said = content.text(draft(plan=[], test_evidence="", starts_at=None, ends_at=None))
    assert said.count("Nothing written down.") >= 3
    assert "Not chosen yet." in said
    assert "Not assessed yet." in said


def test_a_customer_does_not_learn_who_else_is_concerned(draft, customer, other_customer, representative):
    change = draft(customers=[customer, other_customer])
    theirs = content.text(change, reader=representative)
    assert customer.name in theirs
    assert "and 1 other customer" in theirs
    assert other_customer.name not in theirs
    assert other_customer.name in content.text(change)


def test_a_rounds_document_is_read_as_it_was(submitted, asker):
    change = submitted("low")
    kept = change.rounds.get().document
    services.edit(change, by=asker, at=NOW, back_out_plan="There is none.")
    change.refresh_from_db()
    assert "Boot the former image." in content.text(change, document=kept)
    assert "Boot the former image." not in content.text(change)


def test_the_partial_draws_the_same_lines(assessed):
    change = assessed("high")
    drawn = render_to_string("changes/_content.html", {"sections": content.sections(change)})
    assert "Patch node 2" in drawn
    assert "High risk: 20 of 30 points" in drawn
