"""How the promises of a month were kept: raw and with the excused apart, causes apart, never mixed with what others promised us."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from itsm.core import clock as time
from sla import attainment, panels
from sla import services as sla
from sla.models import Clock, Metric
from tests.sla.conftest import MONDAY

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=40)


@pytest.fixture(autouse=True)
def later():
    with time.at(LATER):
        yield


@pytest.fixture
def month(agreement, make_incident):
    """Four response clocks of September: met and final, met provisionally, breached, excused and corrected; and one of a supplier."""
    incidents = [make_incident() for _ in range(4)]
    for incident in incidents:
        sla.start(incident, by=None, priority=3)
    for incident, minutes in zip(incidents, [5, 6, 45, 50], strict=True):
        sla.stop(incident, Metric.RESPONSE, at=MONDAY + timedelta(minutes=minutes), by=None)
    clocks = list(Clock.objects.filter(metric=Metric.RESPONSE).order_by("id"))
    Clock.objects.filter(pk=clocks[0].pk).update(final_at=MONDAY + timedelta(hours=1))
    Clock.objects.filter(pk=clocks[2].pk).update(breach_cause="retarget")
    Clock.objects.filter(pk=clocks[3].pk).update(outcome="excused", corrected=True)
    beside = Clock.objects.get(pk=clocks[0].pk)
    beside.pk, beside.metric = None, Metric.SUPPORT
    beside.save()
    return attainment.bounds(date(2026, 9, 1))


def test_a_month_is_told_raw_and_with_the_excused_apart(month, service_manager, django_assert_num_queries):
    assert service_manager.is_internal
    with django_assert_num_queries(1):
        customers, inside = attainment.kept(service_manager, *month)
    line = customers[0]
    assert (line.metric, line.met, line.provisional, line.breached, line.excused, line.corrected) == ("response", 2, 1, 1, 1, 1)
    assert (line.share, line.share_excused) == ("50.0", "66.7")
    assert line.causes == {"time": 1, "retarget": 1}
    assert [(line.metric, line.met, line.decided) for line in inside] == [("support", 1, 1)]


def test_the_tile_counts_the_same_with_one_query_and_without_other_peoples_promises(month, service_manager, django_assert_num_queries):
    assert service_manager.is_internal
    with time.at(MONDAY), django_assert_num_queries(1):
        lines = panels.attainment(service_manager, MONDAY)["metrics"]
    assert [(line.metric, line.met, line.broken, line.share) for line in lines] == [("response", 2, 2, "50.0")]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_shows_any_month_and_every_figure_leads_to_its_rows(client, month, service_manager, language):
    service_manager.language = language
    service_manager.save()
    client.force_login(service_manager)
    page = reverse("sla:attainment")

    def numbers(**query):
        answer = client.get(page, {"month": "2026-09", **query})
        assert answer.status_code == 200
        return [(clock.metric, clock.outcome) for clock, _subject in answer.context["rows"]]

    assert sorted(numbers()) == [("response", "breached"), ("response", "excused"), ("response", "met"), ("response", "met")]
    assert numbers(metric="support") == [("support", "met")]
    assert numbers(outcome="excused") == numbers(corrected="true") == numbers(cause="time") == [("response", "excused")]
    assert numbers(cause="retarget") == [("response", "breached")]
    assert numbers(outcome="met", provisional="true", metric="response") == [("response", "met")]
    assert client.get(page).context["month"] == date(2026, 11, 1)
    assert b"support" not in client.get(page, {"month": "2026-10"}).content.replace(b"metric=support", b"")


@pytest.mark.parametrize("text", ["2026-13", "next", "0001-01", "9999-12", "２０２６-11", "2026-1", "2026-11-01"])
def test_a_month_that_does_not_exist_is_a_sentence_not_an_accident(client, service_manager, text):
    client.force_login(service_manager)
    answer = client.get(reverse("sla:attainment"), {"month": text})
    assert answer.status_code == 200
    assert answer.context["unknown"] == text
    assert answer.context["month"] == date(2026, 11, 1)


def test_what_was_promised_nothing_is_counted_beside(make_incident, service_manager):
    sla.start(make_incident(), by=None, priority=3)
    since, until = attainment.bounds(date(2026, 9, 1))
    assert attainment.unpromised(service_manager, since, until) == 1
    assert attainment.kept(service_manager, since, until) == ([], [])


def test_a_month_ends_at_the_companys_midnight():
    since, until = attainment.bounds(date(2026, 12, 31))
    assert since == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert until == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert attainment.previous(date(2026, 1, 5)) == date(2025, 12, 1)
