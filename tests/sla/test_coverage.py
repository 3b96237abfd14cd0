"""What the promises need of the calendars: official lists in good time, and whose due times a list would change."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from itsm.calendars import services as calendars
from itsm.core import clock as time
from itsm.core import ui
from sla import coverage
from sla import services as sla
from sla.models import Clock, Metric

pytestmark = pytest.mark.django_db

EVE = datetime(2026, 12, 31, 8, 0, tzinfo=UTC)


@pytest.fixture
def office(agreement):
    return calendars.Calendar.objects.get(code=calendars.OFFICE)


@pytest.fixture
def started(make_incident):
    """`started(at=EVE)`: a P4 incident of then, 24 hours of office time to resolve."""

    def start(at=EVE, priority=4):
        incident = make_incident(priority, contacted_at=at)
        with time.at(at):
            sla.start(incident, by=None, priority=priority)
        return incident

    return start


def banners(person, day):
    with time.at(datetime.fromisoformat(f"{day}T12:00:00+08:00")):
        return " ".join(sentence for sentence, _hue in ui.banners_for(person))


def would(office, days, official=True):
    with time.at(EVE):
        exceptions = office.current().exceptions | {day: [] for day in days}
        return calendars.proposed_list(office, year=2027, official=official, exceptions=exceptions)


def test_the_service_manager_is_warned_sixty_days_ahead_and_led_to_the_list(office, service_manager, engineer):
    assert "official only through" not in banners(service_manager, "2026-10-31")
    warning = banners(service_manager, "2026-11-01")
    assert f"The holidays of “{office}” are official only through 2026-12-31" in warning
    assert f"{reverse('calendars:calendar_holidays', args=[office.code])}?year=2027" in warning
    assert "official only through" not in banners(engineer, "2026-12-30")
    assert "official only through" in banners(service_manager, "2027-02-01")


def test_the_warning_ends_with_the_official_list_and_with_the_last_agreement(office, agreement, service_manager):
    calendars.publish_list(office, by=service_manager, year=2027, official=False, exceptions={})
    assert "official only through" in banners(service_manager, "2026-12-01")
    sla.end_agreement(agreement.agreement, by=service_manager)
    assert "official only through" not in banners(service_manager, "2026-12-01")


def test_the_warning_ends_with_the_official_list(office, service_manager):
    calendars.publish_list(office, by=service_manager, year=2027, official=True, exceptions={})
    assert "official only through" not in banners(service_manager, "2026-12-01")
    assert "through 2027-12-31" in banners(service_manager, "2027-12-01")


def test_a_calendar_nobody_promised_anything_on_warns_nobody(service_manager):
    calendars.ensure_defaults()
    assert "official only through" not in banners(service_manager, "2026-12-01")


def test_an_official_list_shows_whose_due_times_it_moves(office, started, service_manager, client):
    moved, short = started(), started(priority=3)
    sla.stop(short, Metric.RESPONSE, at=EVE, by=None)
    with time.at(EVE):
        facts = coverage.touched_by(would(office, ["2027-01-01"]), service_manager)
    lines = {(line.clock.record, str(line.metric)): (line.was, line.will) for line in facts["moved"]}
    day = timedelta(days=3)
    assert lines[moved, "Resolution"] == (datetime(2027, 1, 5, 8, tzinfo=UTC), datetime(2027, 1, 6, 8, tzinfo=UTC))
    assert lines[short, "Resolution"] == (datetime(2027, 1, 1, 8, tzinfo=UTC), datetime(2027, 1, 1, 8, tzinfo=UTC) + day)
    assert (len(lines), facts["open"]) == (2, 3)


def test_what_is_shown_is_what_happens(office, started, service_manager):
    for hours in range(6):
        started(at=EVE - timedelta(hours=hours))
    with time.at(EVE):
        facts = coverage.touched_by(would(office, ["2027-01-01", "2027-01-05"]), service_manager)
        shown = {line.clock.pk: line.will for line in facts["moved"]}
        before = dict(Clock.objects.values_list("pk", "due_at"))
        exceptions = would(office, ["2027-01-01", "2027-01-05"]).exceptions
        calendars.publish_list(office, by=None, year=2027, official=True, exceptions=exceptions)
        sla.rebind_clocks(EVE)
    after = {pk: due for pk, due in Clock.objects.values_list("pk", "due_at") if due != before[pk]}
    assert shown == after
    assert shown


def test_a_list_of_other_days_moves_nobody_and_a_suggestion_counts_only(office, started, service_manager):
    started()
    with time.at(EVE):
        assert coverage.touched_by(would(office, ["2027-10-01"]), service_manager)["moved"] == []
        assert coverage.touched_by(would(office, ["2027-01-01"], official=False), service_manager)["open"] == 2


def test_a_hundred_tickets_take_the_questions_of_one(office, started, service_manager):
    def queries():
        proposed = would(office, ["2027-01-01"])
        with time.at(EVE), CaptureQueriesContext(connection) as captured:
            coverage.touched_by(proposed, service_manager)
        return len(captured)

    started()
    queries()
    first = queries()
    for _ in range(10):
        started()
    assert queries() == first <= 5


def test_the_import_page_names_the_tickets(office, started, service_manager, client):
    incident = started()
    client.force_login(service_manager)
    with time.at(EVE):
        page = client.get(reverse("calendars:calendar_holidays", args=[office.code]), {"country": "CN", "year": 2027}).content.decode()
    assert str(incident) in page
    assert "2027-01-06 16:00" in page
    assert incident.customer.name in page


def test_other_hours_say_that_running_clocks_keep_theirs(office, started, service_manager, client):
    started()
    client.force_login(service_manager)
    place = reverse("calendars:calendar_edit", args=[office.code])
    form = client.get(place)
    fields = {f.html_name: f.value() or "" for f in (*form.context["hours"], *form.context["names"])}
    page = client.post(place, fields | {"day_0": "", "preview": "1"}).content.decode()
    assert "2 clocks run or wait on this calendar. They keep the version they were promised with" in page
