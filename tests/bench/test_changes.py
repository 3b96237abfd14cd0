"""What script/bench changes loads, measures and says; and that its check of exactness can fail."""

import subprocess
import sys

import pytest
from django.db import connection

from bench import company, report
from bench.changes import company as deciders
from bench.changes import costs, deciding, figures, load, pages, subjects
from changes.models import ApprovalRound, Booking, Change, Kind, Status
from changes.models.change import PAST_THE_GATE
from itsm.environment import ROOT
from tests.embedded.running import environment

ITEMS, CHANGES = 400, 2_000
IDLE = {"median_ms": 19.0, "p90_ms": 40.0, "database_ms": 21.0, "database_p90_ms": 30.0, "statements": 7}


@pytest.fixture
def loaded(transactional_db):
    """A small base of items and changes; temporary tables and settings of the loader end with the test."""
    company.found()
    deciders.found(12)
    load.load(ITEMS, CHANGES, lambda sentence: None)
    yield
    connection.close()


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_what_is_loaded_is_what_the_product_would_have_written(loaded):
    assert Change.objects.count() == CHANGES
    assert {status for status in Status.values if not Change.objects.filter(status=status).exists()} <= {
        "review",
        "implementing",
        "backed_out",
    }
    passed = Change.objects.filter(status__in=PAST_THE_GATE, kind=Kind.NORMAL)
    assert all(change.is_approved() for change in passed[:200])
    assert all(opened.fingerprint == opened.change.fingerprint() for opened in ApprovalRound.objects.select_related("change")[:200])
    assert not Booking.objects.filter(active=True).exclude(change__status__in=["scheduled", "implementing"]).exists()
    assert _untrue("changes_round_has_come_to(id, change_id, fingerprint, outcome)", "changes_approvalround", "outcome <> 'pending'") == 0


def _untrue(condition, table, where):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where} AND NOT {condition}")
        return cursor.fetchone()[0]


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_many_decide_at_once_and_the_check_notices_what_went_wrong(loaded):
    found = deciding.race(4, 20, 5)
    assert (found["is_exact"], found["winners"], found["seats"], found["lost"], found["twice"]) == (True, 8, 8, 0, 0)
    changes = list(Change.objects.order_by("-pk").values_list("pk", flat=True)[:4])
    answers = ["decided"] * 8 + ["refused: decided"] * 12
    assert deciding.is_exact(deciding.judge(changes, answers))
    assert not deciding.is_exact(deciding.judge(changes, [*answers, "decided"]))
    assert not deciding.is_exact(deciding.judge(changes, [*answers, "error: it broke"]))
    for damage, name in DAMAGE:
        with connection.cursor() as cursor:
            cursor.execute(f"SET session_replication_role = replica; BEGIN; {damage}", {"change": changes[0]})
            assert deciding.judge(changes, answers)[name] == 1, name
            assert not deciding.is_exact(deciding.judge(changes, answers))
            cursor.execute("ROLLBACK; SET session_replication_role = DEFAULT")


SEAT = """(SELECT x.id FROM changes_seat x JOIN changes_stage s ON s.id = x.stage_id JOIN changes_approvalround r ON r.id = s.round_id
           WHERE r.change_id = %(change)s ORDER BY x.id LIMIT 1)"""
COLUMNS = "seat_id, stage_id, person_id, choice, words, fingerprint, at"
AGAIN = f"INSERT INTO changes_decision ({COLUMNS}) SELECT {COLUMNS} FROM changes_decision WHERE seat_id = {SEAT}"
NOTICE = f"SELECT 'decision-' || id FROM changes_decision WHERE seat_id = {SEAT}"
DAMAGE = (
    (f"DELETE FROM changes_decision WHERE seat_id = {SEAT}", "lost"),
    (f"DROP INDEX changes_seat_decided_once; DROP INDEX changes_person_decides_once; {AGAIN}", "twice"),
    ("UPDATE changes_change SET status = 'awaiting' WHERE id = %(change)s", "ended_wrong"),
    ("DELETE FROM core_steptaken WHERE object_id = %(change)s AND step = 'approve'", "not_approved_once"),
    ("DELETE FROM changes_booking WHERE change_id = %(change)s", "booked_wrong"),
    (f"DELETE FROM notices_notice WHERE kind = 'changes.decided' AND key = ({NOTICE})", "not_told_once"),
)


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_every_act_is_measured(loaded):
    drafts = costs.drafts(2)
    assert set(drafts) == {*costs.DRAFT, costs.BOTH}
    assert all(one["statements"] for one in costs.decisions(2)["acts"].values())
    assert [month["changes"] > 10 for month in subjects.pages()["months"]] == [True, True]


FACTS = {
    "items": 10,
    "changes": 20,
    "seats": 3,
    "load": 0.4,
    "months": [{"day": "2026-11-01", "changes": 2_000}, {"day": "2026-12-01", "changes": 1_999}],
}
RACE = {
    "changes": 100, "together": 25, "seconds": 2.0, "seats": 200, "lost": 0, "twice": 0, "ended_wrong": 0, "not_approved_once": 0,
    "booked_wrong": 0, "not_told_once": 0, "decisions": 500, "winners": 200, "errors": 0,
    "answers": {"decided": 200, "refused: decided": 250, "refused: not_open": 50},
}  # fmt: skip


def _text(seconds, race):
    taken = {page: [seconds] * 10 for page in pages.PAGES}
    found = figures.Figures(FACTS, taken, {costs.BOTH: IDLE}, {"acts": {"rejected": IDLE}}, race, deciding.is_exact(race))
    return figures.text(found, "18")


def test_the_figures_say_which_goals_are_met():
    text = _text(0.2, RACE)
    assert "| both together | 19.0 | 40.0 | 21.0 | 7 | ≤ 30 met |" in text
    assert "| rejected | 21.0 | 30.0 | 7 | 19.0 | < 20 **missed** |" in text
    assert "| calendar of this month: 2,000 changes | 200.0 | 200.0 | 1.0 | ≤ 150 **missed** |" in text
    assert "200 decided, 250 refused: decided, 50 refused: not_open" in text
    assert "Every seat exactly once: met." in text
    assert "Load of the machine before: 0.4." in text
    assert "all to come | 100.0 | 100.0 | 1.0 | ≤ 150 met |" in _text(0.1, RACE)


@pytest.mark.parametrize("wrong", [{"twice": 1}, {"lost": 1}, {"winners": 201}, {"errors": 1}, {"not_told_once": 2}])
def test_a_race_that_is_not_exact_says_so(wrong):
    assert "Every seat exactly once: **missed**." in _text(0.1, RACE | wrong)


def test_the_page_has_a_place_for_the_figures():
    assert report.CHANGES_BEGIN in report.PAGE.read_text()


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_a_small_run_measures_everything():
    words = [sys.executable, "-m", "bench", "changes", "--items", "400", "--changes", "3000", "--rounds", "4"]
    done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Every seat exactly once: met." in done.stdout
