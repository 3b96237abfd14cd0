"""What is promised beside response and resolution: updates to the customer, and what teams and suppliers promise us."""

from datetime import UTC, datetime, timedelta

import pytest

from itsm.calendars.models import Calendar
from itsm.people.models import Organisation
from sla import services as sla
from sla.models import Agreement, AgreementVersion, Metric, Target
from tests.sla.conftest import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def promised(seconds, *, service=None, since=SINCE, **party):
    """A promise to us of so many seconds for core P1, in force from a day on."""
    agreement, _made = Agreement.objects.get_or_create(
        kind="internal" if "team" in party else "supplier", service=service, ended_at=None, **party, defaults={"name": "OLA"}
    )
    no = agreement.versions.count() + 1
    version = AgreementVersion.objects.create(agreement=agreement, no=no, effective_from=since, approved_note="Minutes of 1 January.")
    calendar = Calendar.objects.get(code="24x7")
    Target.objects.create(version=version, tier="core", priority=1, metric=Metric.SUPPORT, seconds=seconds, calendar=calendar)
    version.publish(by=None, at=MONDAY)
    version.save()
    return version


def asked(service, at=MONDAY, tier="core", priority=1, **party):
    return sla.support_promise(service=service, tier=tier, priority=priority, at=at, **party)


def test_a_team_promises_support_and_another_team_does_not(agreement, team, other_team, service):
    version = promised(600, team=team)
    found, seconds, hours = asked(service, team=team)
    assert (found, seconds, hours.mode) == (version, 600, "24x7")
    assert asked(service, team=other_team) is None
    assert asked(service, team=team, priority=2) is None
    assert asked(service) is None


def test_a_promise_about_the_service_comes_before_one_about_everything(agreement, team, service):
    promised(600, team=team)
    own = promised(900, team=team, service=service)
    assert asked(service, team=team)[:2] == (own, 900)
    assert asked(None, team=team)[1] == 600


def test_a_supplier_promises_from_the_day_of_its_contract_until_its_end(agreement, service, service_manager):
    supplier = Organisation.objects.create(kind=Organisation.Kind.SUPPLIER, name="云主机商", code="hoster")
    first = promised(600, supplier=supplier)
    promised(300, supplier=supplier, since=MONDAY + timedelta(days=1))
    assert asked(service, supplier=supplier)[:2] == (first, 600)
    assert asked(service, supplier=supplier, at=MONDAY + timedelta(days=1))[1] == 300
    assert asked(service, supplier=supplier, at=SINCE - timedelta(seconds=1)) is None
    sla.end_agreement(first.agreement, by=service_manager)
    assert asked(service, supplier=supplier, at=MONDAY) is None


def test_the_default_targets_owe_updates_to_all_but_the_lowest_priority(agreement):
    every = [(tier, priority) for tier in ("core", "non_core") for priority in (1, 2, 3, 4)]
    owed = {key: found[0] // 60 for key in every if (found := sla.next_update_of(agreement, *key))}
    assert owed == {
        ("core", 1): 15, ("core", 2): 60, ("core", 3): 480, ("non_core", 1): 30, ("non_core", 2): 120, ("non_core", 3): 960,
    }  # fmt: skip
    assert sla.next_update_of(agreement, "core", 3)[1].mode == "weekly"
