"""The metrics of changes a second way: plain Python over the changes, their rounds and their steps; and what closed months do with them."""

from datetime import UTC, date, datetime
from statistics import fmean

import pytest
from django.contrib.contenttypes.models import ContentType

from changes.models import ApprovalRound, Change, Status
from changes.period import Period
from itsm.calendars import services as calendars
from itsm.core import clock, measures
from itsm.core.models import StepTaken
from reports import figures, services
from reports.models import ChangeFact, Restatement, Touched
from reports.scope import Scope
from tests.changes.conftest import NOW
from tests.changes.history import DAY, HOUR, carried_out, decided, took, wrote
from tests.reports.second_way import least, mean, month, percent

pytestmark = pytest.mark.django_db
JANUARY = datetime(2026, 1, 12, 2, 0, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 3, 2, 0, tzinfo=UTC)
QUARTER = Scope(Period(date(2026, 1, 1), date(2026, 3, 1)))
KEYS = ("change_success", "emergency_rate", "backed_out_rate", "approval_in_target", "approval_lead_time", "approval_lead_time_wall")


@pytest.fixture
def history(assessed, draft, ops_lead, tester):
    """Successes, a late one, one backed out, one failed, an emergency; approvals decided within the target and after it."""
    carried_out(assessed("low"), started_at=JANUARY, finished_at=JANUARY + HOUR)
    carried_out(assessed("medium"), started_at=JANUARY, finished_at=JANUARY + 3 * HOUR, window=(JANUARY, JANUARY + 2 * HOUR))
    back = carried_out(assessed("low"), started_at=FEBRUARY, finished_at=FEBRUARY + HOUR, status=Status.REVIEW)
    took(back, "back_out", FEBRUARY + HOUR)
    carried_out(assessed("high"), started_at=FEBRUARY, finished_at=FEBRUARY + HOUR, status=Status.CLOSED, result="failed")
    carried_out(draft(kind="emergency", category="database"), started_at=FEBRUARY, finished_at=FEBRUARY + HOUR)
    decided(assessed("low"), ("ops_lead", ops_lead, "approve", NOW + HOUR), at=NOW)
    decided(assessed("low"), ("ops_lead", ops_lead, "reject", NOW + 3 * DAY), at=NOW)
    owe_everything()
    with clock.at(NOW + 4 * DAY):
        services.sweep_touched()


def owe_everything():
    """These changes came about past every step, so nothing has said that they were touched."""
    kind = ContentType.objects.get_for_model(Change)
    Touched.objects.bulk_create(Touched(record_type=kind, record_id=pk) for pk in Change.objects.values_list("pk", flat=True))


def went_back(change):
    return change.status == Status.BACKED_OUT or StepTaken.objects.about(change).filter(step="back_out").exists()


def succeeded(change):
    in_window = change.started_at >= change.starts_at and change.finished_at <= change.ends_at
    return in_window and not went_back(change) and change.result != "failed"


def leads():
    """`(working seconds, seconds on the wall)` of every round that was decided."""
    hours = calendars.office_hours()
    rounds = ApprovalRound.objects.filter(kind="before", outcome__in=["approved", "rejected"], closed_at__isnull=False)
    return [(hours.between(r.opened_at, r.closed_at).total_seconds(), (r.closed_at - r.opened_at).total_seconds()) for r in rounds]


def test_the_metrics_of_changes_are_those_of_plain_python(history):
    done = list(Change.objects.filter(finished_at__isnull=False))
    assert len(done) == 5
    shown = figures.read(QUARTER, [measures.named(key) for key in KEYS])[""]
    assert shown["change_success"].value == pytest.approx(percent(map(succeeded, done)))
    assert shown["emergency_rate"].value == pytest.approx(percent(one.kind == "emergency" for one in done if one.kind != "standard"))
    assert shown["backed_out_rate"].value == pytest.approx(percent(map(went_back, done)))
    worked, wall = zip(*leads(), strict=True)
    assert len(worked) == shown["approval_lead_time"].number == 2
    assert shown["approval_in_target"].value == pytest.approx(percent(one <= 4 * 3600 for one in worked))
    for key, lengths in (("approval_lead_time", worked), ("approval_lead_time_wall", wall)):
        assert shown[key].value == pytest.approx(fmean(lengths))
        assert (shown[key].p50, shown[key].p90) == (least(lengths, 0.5), least(lengths, 0.9))


def test_groups_of_changes_add_up_and_their_rows_are_as_many(history):
    for key in KEYS:
        measure = measures.named(key)
        for by in ("month", "tier", "category"):
            found = figures.read(QUARTER, [measure], by=by, percentiles=False)
            assert sum(one[key].number for one in found.values()) == figures.facts(QUARTER, measure).count()
    january = figures.read(QUARTER, [measures.named("change_success")], by="month")[date(2026, 1, 1)]["change_success"]
    mine = [change for change in Change.objects.filter(finished_at__isnull=False) if month(change.finished_at) == date(2026, 1, 1)]
    assert january.value == pytest.approx(mean(100.0 * succeeded(change) for change in mine))


def test_a_success_that_turns_out_to_be_none_after_the_closing_is_told_beside_it(history, service_manager):
    january = QUARTER.but(period=Period(date(2026, 1, 1), date(2026, 1, 1)))
    services.close_month(date(2026, 1, 1), by=service_manager, at=NOW)
    before = figures.read(january, [measures.named("change_success")])
    spoiled = ChangeFact.objects.get(kind="change", month=date(2026, 1, 1), outcome="successful").change
    took(wrote(spoiled, status=Status.BACKED_OUT), "back_out", FEBRUARY)
    services.sweep_touched()
    assert figures.read(january, [measures.named("change_success")]) == before
    told = Restatement.objects.get()
    assert (told.record, told.before["outcome"], told.after["outcome"]) == (spoiled, "successful", "unsuccessful")
    assert told.cause == "back_out"
