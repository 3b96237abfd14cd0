"""The measures of audits: each computed a second way from what was done, its rows, downloads, API and the dashboard."""

import json
from datetime import timedelta

import pytest

from audits import framework, services
from audits.measures import MEASURES
from audits.models import CorrectiveAction
from audits.rules import shipped
from changes.period import Period, lately
from itsm.core import clock, measures
from reports import figures, listing
from reports.scope import Scope
from tests.audits import finding as made
from tests.audits.conftest import DAY, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
BACKEND = "itsm.people.backends.SignInBackend"
LATE = timedelta(days=40)


def scope(at):
    return Scope(lately(at, 3))


def figure(key, at, **other):
    with clock.at(at):
        return figures.one(scope(at).but(**other), measures.named(key))


def rows(key, at, part="all"):
    with clock.at(at):
        return listing.of(scope(at), measures.named(key), part).rows()


def test_a_date_counts_when_it_is_kept_or_has_passed_and_not_before(action_at):
    action_at("approved")
    found = figure("findings_in_time", NOW)
    assert (found.counted, found.number) == (1, 1)  # the plan; the action is not due yet
    late = figure("findings_in_time", NOW + LATE)
    assert (late.counted, late.number) == (1, 2)
    assert [row.outcome for row in rows("findings_in_time", NOW + LATE)] == ["missed", "kept"]


def test_a_date_that_moved_counts_as_kept_but_not_as_first_agreed(action_at, company):
    action = action_at("approved")
    services.move_due(action, by=company["owner"], becomes=action.due_on + timedelta(days=5), reason="The vendor is late.", at=NOW)
    done = NOW + timedelta(days=22)
    services.implement(made.fresh(action), by=company["owner"], implementer=company["fixer"], implementation="Done.", at=done)
    assert figure("findings_in_time", done).counted == 2
    found = figure("findings_as_first_set", done)
    assert (found.counted, found.number) == (1, 2)


def test_what_nobody_did_is_missed_and_stays_so(found):
    found()
    action = CorrectiveAction.objects.get()
    assert figure("findings_in_time", NOW).number == 0
    after = NOW + timedelta(days=(action.answer_by - NOW.date()).days + 2)
    assert (figure("findings_in_time", after).counted, figure("findings_in_time", after).number) == (0, 1)


def test_a_running_action_is_overdue_when_its_date_has_passed(found):
    found()
    assert (figure("actions_overdue", NOW).counted, figure("actions_overdue", NOW).number) == (0, 1)
    assert (figure("actions_overdue", NOW + LATE).counted, figure("actions_overdue", NOW + LATE).number) == (1, 1)
    (row,) = rows("actions_overdue", NOW + LATE, "counted")
    assert row.record == CorrectiveAction.objects.get()


def test_without_a_programme_nothing_is_covered():
    found = figure("programme_coverage", NOW)
    assert (found.counted, found.number) == (0, len(framework.processes()) + len(framework.clauses()))


def test_a_rule_passes_fails_or_has_nothing_to_test(own_company):
    services.run(shipped()["T-5.3"], by=None, at=NOW)
    services.run(shipped()["T-8.6.1a"], by=None, at=NOW)  # nothing to test
    found = figure("rules_passing", NOW)
    assert (found.counted, found.number) == (0, 1)
    (row,) = rows("rules_passing", NOW)
    assert (row.record.shown_number, row.outcome) == ("T-5.3", "failing")


def test_rows_add_up_month_by_month(action_at):
    action_at("approved")
    at = NOW + LATE
    with clock.at(at):
        whole = scope(at)
        for measure in MEASURES:
            told = figures.read(whole, [measure], by="month")
            for month in whole.period.months:
                alone = whole.but(period=Period(month, month))
                assert told[month][measure.key].number == len(figures.counted(alone, measure)) or measure.kind in (
                    "coverage",
                    "running",
                    "judged",
                )


@pytest.mark.parametrize("key", [measure.key for measure in MEASURES])
def test_every_figure_opens_its_rows_and_their_files(key, action_at, client, service_manager):
    action_at("approved")
    client.force_login(service_manager, backend=BACKEND)
    with clock.at(NOW + LATE):
        assert client.get(f"/reports/rows/{key}/").status_code == 200
        for form in ("csv", "xlsx"):
            answer = client.get(f"/reports/rows/{key}/download/?format={form}")
            assert answer.status_code == 200
            assert b"".join(answer.streaming_content)
        told = json.loads(client.get(f"/api/v1/measures/{key}/rows/").content)
        assert told["count"] == len(told["results"]) or told["next"]


def test_the_dashboard_leads_to_the_rows_and_costs_as_much_with_more(
    action_at, found, client, service_manager, django_assert_max_num_queries
):
    action_at("approved")
    client.force_login(service_manager, backend=BACKEND)
    with clock.at(NOW + LATE):
        client.get("/assurance/")
        with django_assert_max_num_queries(70) as first:
            page = client.get("/assurance/").content.decode()
        assert "/reports/rows/findings_in_time/" in page
        assert CorrectiveAction.objects.get().shown_number in page
    for _number in range(3):
        found()
    with clock.at(NOW + LATE), django_assert_max_num_queries(len(first)):
        client.get("/assurance/")


def test_the_dashboard_is_a_file_too(action_at, client, service_manager):
    action_at("approved")
    client.force_login(service_manager, backend=BACKEND)
    told = b"".join(client.get("/assurance/download/?format=csv").streaming_content).decode("utf-8-sig")
    assert "findings_in_time" in told
    assert "actions_overdue" in told


def test_an_engineer_does_not_read_it(client, owner):
    client.force_login(owner, backend=BACKEND)
    assert client.get("/assurance/").status_code == 403


@pytest.mark.parametrize(("failing", "worked", "closed"), [(0, 1, 1), (3, 0, 0)])
def test_verdicts_are_counted_and_what_they_close(action_at, handled, company, failing, worked, closed):
    action = action_at("implemented")
    handled(20, NOW + DAY)
    at = NOW + 35 * DAY
    services.draw_sample(action, by=company["auditor"], at=at)
    told = made.results(action, failing=failing)
    services.judge(made.fresh(action), by=company["auditor"], results=told, words="Seen.", at=at)
    found = figure("effectiveness_pass_rate", at)
    assert (found.counted, found.number) == (worked, 1)
    length = figure("finding_duration", at)
    assert length.number == closed
    assert not closed or length.p50 == length.value == (35 * DAY).total_seconds()


def test_a_date_that_had_passed_stays_missed_when_it_is_moved_later(action_at, company):
    action = action_at("approved")
    late = NOW + timedelta(days=25)
    before = [(row.outcome, row.at) for row in rows("findings_in_time", late)]
    assert [outcome for outcome, _at in before] == ["missed", "kept"]
    services.move_due(action, by=company["owner"], becomes=(late + timedelta(days=5)).date(), reason="More time.", at=late)
    assert [(row.outcome, row.at) for row in rows("findings_in_time", late)] == before
    done = late + timedelta(days=2)
    services.implement(made.fresh(action), by=company["owner"], implementer=company["fixer"], implementation="Done.", at=done)
    assert [row.outcome for row in rows("findings_in_time", done)] == ["kept", "missed", "kept"]
