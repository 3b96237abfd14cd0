"""The demo company loads whole, at any hour, tells its stories, and stays away from everything that is not a demo."""

from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F
from django.test import override_settings
from django.urls import reverse

from audits.models import Climb, Finding, ManagementReview, ReviewAction, ReviewClimb
from incidents.models import Incident, PhoneConfirmation, Status
from itsm.calendars.models import Calendar
from itsm.core import clock
from itsm.core.models import StepTaken
from itsm.demo import stories
from itsm.demo.cast import CLIENTS, COLLEAGUES, PASSWORD, TIER_OF
from itsm.demo.company import Company
from itsm.links.models import Receipt
from itsm.links.services import first_broken
from itsm.notices.models import Notice
from itsm.people import duty
from itsm.people.models import Appointment, Organisation, Person, Team
from reports.models import ClosedMonth, Restatement, Touched
from sla.models import Clock
from sla.services import drifted

HOME = ZoneInfo("Asia/Shanghai")
STORIES = (("minor", "8.6.1", "incident"), ("major", "8.5.1", "change"))
HOURS = {
    "monday morning before work": (2026, 11, 23, 7, 50),
    "saturday night": (2026, 11, 28, 3, 10),
    "national holiday": (2026, 10, 3, 11, 0),
    "new year": (2027, 1, 1, 0, 5),
}


@pytest.fixture(autouse=True)
def in_a_demo(settings):
    settings.DEMO = True


@pytest.fixture(scope="module")
def load(django_db_setup, django_db_blocker):
    """The demo company as it is loaded on an ordinary afternoon: once for all tests here, taken back at the end."""
    now = datetime(2026, 11, 25, 15, 30, tzinfo=HOME)
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        with clock.at(now):
            call_command("load_demo", stdout=StringIO())
        yield now
        transaction.set_rollback(True)


@pytest.fixture
def loaded(load, db):
    """The loaded demo within a test of its own."""
    return load


@pytest.mark.parametrize("hour", HOURS)
def test_the_stories_happen_at_any_hour(db, hour):
    now = datetime(*HOURS[hour], tzinfo=HOME)
    with clock.at(now):
        company = Company(now).found()
        assert stories.happen(company, now) >= 33
        for team in Team.objects.all():
            assert any(member.on_shift for member in duty.engineers(team, now)), f"nobody of {team} is on shift"
    open_ones = Incident.objects.open()
    assert 20 <= open_ones.count() <= 40
    assert {status for status, _label in Status.choices} == set(Incident.objects.values_list("status", flat=True))
    late = open_ones.filter(next_due_at__lt=now).count()
    assert 2 <= late <= 7


def test_everybody_of_the_cast_is_there_with_their_roles_and_signs_in(loaded, client):
    assert set(Person.objects.internal().values_list("username", flat=True)) == {colleague.username for colleague in COLLEAGUES}
    held = {(a.person.username, a.role) for a in Appointment.objects.select_related("person")}
    assert {("shen.ruoning", "service_manager"), ("shen.ruoning", "tech_lead"), ("zheng.lan", "customer_representative")} <= held
    assert Person.objects.get(username="he.ye").check_password(PASSWORD)
    assert Organisation.objects.customers().count() == len(CLIENTS)
    assert Calendar.objects.exists()


def test_the_history_is_real_recent_and_closed_honestly(loaded):
    past = Incident.objects.filter(source="demo")
    assert 1850 <= past.count() <= 2151
    newest = past.order_by("-contacted_at").first()
    assert newest.contacted_at.astimezone(HOME).date() == loaded.date()
    assert not past.filter(contacted_at__gt=loaded).exists()
    assert not past.filter(closed_at__gt=loaded).exists()
    assert set(past.values_list("status", flat=True)) == {Status.RESOLVED, Status.CLOSED}
    confirmed = past.filter(closing_kind="confirmed")
    signed = Receipt.objects.filter(purpose="confirm", choice="solved").values("object_id").distinct().count()
    assert confirmed.count() <= signed <= confirmed.count() + 5
    assert PhoneConfirmation.objects.filter(incident__in=past.filter(closing_kind="phone"), second_by=F("called_by")).count() == 0
    assert not any(first_broken(incident) for incident in past.filter(reopen_count__gt=0))


def test_the_demos_clocks_are_what_their_logs_say(loaded):
    assert [drifted(clock) for clock in Clock.objects.with_terms().order_by("-breached_at")[:150]] == [[]] * 150
    breached = Clock.objects.filter(outcome="breached", metric="resolution").count()
    decided = Clock.objects.exclude(outcome="").filter(metric="resolution").count()
    assert 0.03 < breached / decided < 0.2


def test_the_stories_of_the_requirements_are_told(loaded):
    assert Incident.objects.filter(source="", reassign_count__gte=3).exists()
    assert Incident.objects.filter(source="", entitled=False).exists()
    assert Incident.objects.filter(phone_pending=True).exists()
    assert Incident.objects.filter(call_since__isnull=False, phone_pending=False).exists()
    assert Incident.objects.filter(status=Status.NEW, assignee=None).exists()
    assert Incident.objects.filter(closing_kind="lapsed").exists()
    assert Incident.objects.filter(source="", priority_reason__gt="").exists()
    assert Notice.objects.filter(kind="sla.breach", person__username="fang.yuan", in_app=True, read_at=None).exists()


def test_the_worked_examples_of_findings_are_told_and_what_is_overdue_has_climbed(loaded):
    minor, major = (Finding.objects.get(grade=grade, clause=clause, process=process) for grade, clause, process in STORIES)
    assert (minor.status, major.status) == ("closed", "verifying")
    assert minor.actions.get().sample.verdict.is_effective
    assert minor.actions.get().sample.holds
    assert set(Finding.objects.values_list("status", flat=True)) == {"open", "correcting", "verifying", "closed"}
    assert list(Climb.objects.values_list("days", flat=True)) == [1, 3, 7, 14]


def test_what_people_write_is_in_the_customers_language(loaded):
    for customer in Organisation.objects.customers():
        title = Incident.objects.filter(customer=customer).first().title
        assert title.isascii() == (customer.code == "harbourline")
    assert Incident.objects.values("service").annotate(count=Count("id")).filter(count__gt=20).count() == len(TIER_OF)


def test_loading_again_changes_nothing(loaded, capsys):
    before = (Incident.objects.count(), StepTaken.objects.count(), Person.objects.count())
    call_command("load_demo")
    assert "nothing was changed" in capsys.readouterr().out
    assert (Incident.objects.count(), StepTaken.objects.count(), Person.objects.count()) == before


def test_one_click_makes_you_one_of_the_ten_and_nobody_else(client, loaded):
    assert client.post(reverse("demo:enter"), {"username": "zheng.lan"}).status_code == 404
    assert client.get(reverse("demo:enter")).status_code == 405
    answer = client.post(reverse("demo:enter"), {"username": "xu.an"})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(Person.objects.get(username="xu.an").pk)


def test_titles_are_varied(loaded):
    newest = Incident.objects.filter(source="demo").order_by("-contacted_at").values_list("title", flat=True)[:50]
    assert len(set(newest)) > 40


def test_past_months_are_closed_and_one_promise_was_excused_since(loaded):
    months = list(ClosedMonth.objects.values_list("month", flat=True))
    assert len(months) >= 1
    told = Restatement.objects.get()
    assert (told.month, told.before["outcome"], told.after["outcome"], told.cause) == (months[0], "breached", "excused", "excuse")
    assert not Touched.objects.exists()


def test_one_review_is_signed_with_an_action_overdue_and_the_next_is_prepared(loaded):
    first, yearly = ManagementReview.objects.order_by("id")
    assert (first.status, yearly.status, first.holds) == ("closed", "prepared", True)
    assert first.minutes.count() == 2
    assert [given.key for given in yearly.missing_inputs()] == ["objectives"]
    assert sorted(ReviewAction.objects.values_list("status", flat=True)) == ["accepted", "open", "open"]
    assert ReviewClimb.objects.filter(action__due_on__lt=loaded.date()).count() == 2
    lines = {line["key"]: line["value"] for line in yearly.inputs.get(key="former-actions").lines}
    assert (lines["open"], lines["late"], lines["accepted"]) == (2, 1, 1)
    assert yearly.inputs.get(key="service-performance").lines[0]["value"] is not None
