"""What the ticket, the file, the API and the customer read of a clock, from the same account."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from rest_framework.test import APIClient

from itsm.calendars.worktime import MICROSECOND
from itsm.core import clock as time
from itsm.core.models import StepTaken
from sla import clockwork, folding, log, sheets
from sla import services as sla
from sla.clockwork import Event
from sla.models import Clock, Correction, CorrectionState, Metric
from sla.services.faces import newest_update_only
from tests.sla.conftest import MONDAY, minutes

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=2)


@pytest.fixture(autouse=True)
def later():
    with time.at(LATER), timezone.override("Asia/Shanghai"), translation.override("en"):
        yield


@pytest.fixture
def broken(agreement, make_incident, engineer, django_capture_on_commit_callbacks):
    """An incident that waited an hour and broke its resolution, accepted late."""
    incident = make_incident(3, assignee=engineer)
    incident.queue_step("log", "", by=None, at=minutes(2))
    incident.next_due_at = sla.start(incident, by=None, priority=3)
    incident.save()
    incident.assign(by=None, at=minutes(5), assignee=engineer, why={})
    incident.accept(by=engineer, at=minutes(25))
    incident.save()
    sla.stop(incident, Metric.RESPONSE, at=minutes(25), by=engineer)
    sla.pause(incident, reason="waiting_customer_info", at=minutes(60), by=engineer)
    sla.resume(incident, at=minutes(120), by=engineer)
    sla.sweep(LATER)
    return incident


def clock_of(incident, metric=Metric.RESOLUTION):
    named = Clock.objects.select_related("agreement_version__agreement", "calendar_version__calendar")
    return named.about(incident).get(metric=metric)


def account_of(incident, metric=Metric.RESOLUTION, **details):
    found = clock_of(incident, metric)
    return sla.accounts([found], LATER, **details)[found.pk]


def corrected(clock, amend, *, proposer, applier):
    """The clock with one applied correction, as two people make it."""
    kept = Correction.objects.create(
        clock=clock, kind="waited", amend=amend, reason="They rang us", proposed_by=proposer, proposed_at=LATER,
        state=CorrectionState.APPLIED, decided_by=applier, decided_at=LATER,
    )  # fmt: skip
    event = Event(clockwork.CORRECT, LATER, amend=log.amendment_of({"amend": amend}))
    state = folding.corrected(log.events_of(clock), event, log.state_of(clock))
    payload = {"amend": amend, "correction": kept.pk}
    written = log.lines(clock, [event], recorded_at=LATER, by=applier, reason="waited", payload=payload, seq=clock.seq)
    log.project(clock, state)
    log.insert(written)
    log.write_back([clock])
    assert sla.verify_clocks() == []


def test_an_account_says_where_the_time_went_in_both_languages(broken):
    told = account_of(broken)
    assert told.why_due.endswith("paused for 1 h of service time (Customer information); so it was due Tue 29 Sep 10:00.")
    assert told.why_breached == (
        "Breached Tue 29 Sep 10:00: of 8 h allowed, 7 h 35 min in work, 20 min passed before anybody accepted it, "
        "3 min passed before somebody was assigned, 2 min passed before it was logged; it was paused once, 1 h not counted."
    )
    with translation.override("zh-hans"):
        told = account_of(broken)
        assert "客户信息" in told.why_due
        assert "超时" in told.why_breached
    assert StepTaken.objects.about(broken).count() == 3


def test_the_rows_are_the_clocks_own_time(broken):
    told = account_of(broken)
    assert told.rows[-1].total // MICROSECOND == log.state_of(told.clock).elapsed_at(LATER)
    assert [row.mark.kind for row in told.rows if row.mark] == ["breach"]
    assert told.rows[0].starts_at == MONDAY


def test_a_corrected_clock_shows_the_corrected_life_and_by_whom(broken, service_manager, team_lead):
    amend = {"waited": [[minutes(130).isoformat(), minutes(600).isoformat(), "force_majeure"]]}
    corrected(clock_of(broken), amend, proposer=team_lead, applier=service_manager)
    told = account_of(broken)
    words = [text for _row, text in told.told]
    assert "paused: Force majeure" in words
    assert f"corrected: proposed by {team_lead.name}, applied by {service_manager.name} (They rang us)" in words
    assert told.rows[-1].total // MICROSECOND == log.state_of(clock_of(broken)).elapsed_at(LATER)
    outside = [text for _row, text in account_of(broken, outside=True).told]
    assert "corrected by two people: the stretches above are the corrected ones" in outside
    assert not [text for text in outside if service_manager.name in text or team_lead.name in text or "rang" in text]


def test_the_panel_takes_a_query_more_after_a_breach(broken, engineer, client, django_assert_num_queries):
    client.force_login(engineer)
    page = client.get(broken.get_absolute_url()).content.decode()
    assert "Breached Tue 29 Sep" in page
    clocks = [clock_of(broken), clock_of(broken, Metric.RESPONSE)]
    with django_assert_num_queries(2):
        sla.accounts(clocks, LATER)


def test_the_file_holds_every_row_in_iso_and_seconds_and_no_formula(broken, engineer, contact, client):
    client.force_login(engineer)
    broken.title = "=cmd|' /C calc'!A0"
    broken.save()
    told = account_of(broken)
    answer = client.get(reverse("sla:clock_ledger", args=[told.clock.pk]))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    head = next(n for n, line in enumerate(lines) if line[:1] == ["from_utc"])
    rows = [dict(zip(lines[head], line, strict=True)) for line in lines[head + 1 :]]
    assert rows[0]["from_utc"] == "2026-09-28T01:00:00+00:00"
    assert rows[0]["from_local"] == "2026-09-28T09:00:00+08:00"
    counted = sum(round(float(row["counted_s"]) * 1_000_000) for row in rows if row["kind"] != "left")
    assert counted == log.state_of(told.clock).elapsed_at(LATER)
    assert {"running", "paused", "outside", "breach"} <= {row["kind"] for row in rows}
    client.force_login(contact)
    assert client.get(reverse("sla:clock_ledger", args=[told.clock.pk])).status_code == 404


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(text):
    assert sheets.harmless(text) == f"'{text}"


@pytest.mark.parametrize(("language", "word"), [("en", "Breached"), ("zh-hans", "超时")])
def test_the_api_tells_the_ledger_in_the_callers_language(broken, engineer, language, word):
    engineer.language = language
    api = APIClient()
    api.force_authenticate(engineer)
    found = clock_of(broken)
    link = api.get(f"/api/v1/clocks/{found.pk}/").json()["ledger"]
    told = api.get(link, headers={"accept-language": language}).json()
    assert word in told["why_breached"]
    assert told["rows"][-1]["total_us"] == told["elapsed_us"] == log.state_of(found).elapsed_at(LATER)
    assert (told["agreement_version"], told["target_s"], told["allowed_us"]) == (1, 28_800, 28_800_000_000)
    assert told["calendar"]["time_zone"] == "Asia/Shanghai"
    assert {row["kind"] for row in told["rows"]} == {"running", "paused", "outside", "breach"}
    assert {row["reason"] for row in told["rows"]} >= {""}


def test_a_clock_without_a_promise_has_no_ledger(make_incident, engineer):
    incident = make_incident()
    sla.start(incident, by=None, priority=3)
    api = APIClient()
    api.force_authenticate(engineer)
    assert api.get(f"/api/v1/clocks/{Clock.objects.about(incident).first().pk}/ledger/").status_code == 404


def support(incident):
    """The same incident with a promise of a supplier running beside."""
    beside = clock_of(incident)
    beside.pk, beside.metric = None, Metric.SUPPORT
    beside.save()
    return beside


def test_a_customer_sees_only_what_was_promised_to_their_own_organisation(broken, engineer, contact, stranger):
    support(broken)
    assert {clock.metric for clock in Clock.objects.visible_to(contact)} == {"response", "resolution"}
    assert not Clock.objects.visible_to(stranger).exists()
    assert "support" in {clock.metric for clock in Clock.objects.visible_to(engineer)}
    assert [told.clock.metric for told in sla.customer_accounts(broken, LATER)] == ["response", "resolution"]


def test_of_the_next_updates_only_the_newest_is_shown(broken):
    cycles = [Clock(metric=metric, cycle=cycle) for metric, cycle in [("response", 1), ("next_update", 1), ("next_update", 2)]]
    assert [(clock.metric, clock.cycle) for clock in newest_update_only(cycles)] == [("response", 1), ("next_update", 2)]
