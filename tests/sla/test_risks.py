"""Warnings before something is promised: a rota that is missing, and promises to us that are slower than ours."""

from datetime import timedelta

import pytest

from itsm.calendars.services import add
from itsm.core.errors import Refused
from itsm.people.models import Organisation, Shift
from sla import services as sla
from sla.models import Target
from sla.services.risks import risks
from tests.sla.conftest import MONDAY
from tests.sla.offers import draft, held, offered

__all__ = ["draft", "offered"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def night(engineer, team):
    """Somebody of the team is on call tonight."""
    return Shift.objects.create(person=engineer, team=team, starts_at=MONDAY + timedelta(hours=12), ends_at=MONDAY + timedelta(hours=20))


def promised(by, *, factor=1, office=False, **party):
    """A promise to us in force, with `factor` times the drafted targets."""
    version = sla.make_agreement(by=by, name="OLA-infra", **party).versions.get()
    targets = held(version)
    calendar = next(c for _s, c in targets.values() if c.code == "china-office")
    slower = {key: (seconds * factor, calendar if office else kept) for key, (seconds, kept) in targets.items()}
    sla.save_draft(version, by=by, targets=slower, risks_accepted="They are few.")
    return sla.publish_version(version, by=by, approved_note="Minutes.")


def test_round_the_clock_without_a_rota_needs_words(draft, service, representative, team, service_manager):
    (warning,) = risks(draft, MONDAY)
    assert team.label() in warning
    with pytest.raises(Refused, match="in spite of the warnings"):
        sla.offer_version(draft, by=service_manager)
    assert sla.offer_version(draft, by=service_manager, risks_accepted="The duty begins in October.")


def test_a_shift_outside_the_offices_hours_is_a_rota(draft, service, night, representative, service_manager):
    assert risks(draft, MONDAY) == []
    assert sla.offer_version(draft, by=service_manager).risks_accepted == ""


def test_a_shift_within_the_offices_hours_or_after_two_weeks_is_none(draft, service, night, engineer):
    night.starts_at, night.ends_at = MONDAY, MONDAY + timedelta(hours=3)
    night.save()
    assert len(risks(draft, MONDAY)) == 1
    night.starts_at, night.ends_at = MONDAY + timedelta(days=15), MONDAY + timedelta(days=16)
    night.save()
    assert len(risks(draft, MONDAY)) == 1


def test_only_teams_that_are_promised_round_the_clock_need_a_rota(draft, service, service_manager):
    office = next(c for _s, c in held(draft).values() if c.code == "china-office")
    sla.save_draft(draft, by=service_manager, targets={key: (seconds, office) for key, (seconds, _c) in held(draft).items()})
    assert risks(draft, MONDAY) == []


def test_a_slower_promise_to_us_is_named(draft, service, night, team, service_manager):
    promised(service_manager, team=team)
    assert risks(draft, MONDAY) == []
    sla.end_agreement(team.agreements.get(), by=service_manager)
    promised(service_manager, team=team, factor=3)
    (warning,) = risks(draft, MONDAY)
    assert "OLA-infra" in warning
    assert "Core P1 45 min instead of 30 min" in warning


def test_a_promise_to_us_with_narrower_hours_is_named(draft, service, night, service_manager):
    supplier = Organisation.objects.create(kind=Organisation.Kind.SUPPLIER, name="Hoster", code="hoster")
    promised(service_manager, supplier=supplier, office=True)
    (warning,) = risks(draft, MONDAY)
    assert "Hoster is shut" in warning
    assert "Core P1, Core P2" in warning


def test_a_promise_about_another_service_does_not_matter(draft, service, night, team, service_manager):
    own = sla.make_agreement(by=service_manager, customer=draft.agreement.customer, service=service, name="SLA-own").versions.get()
    other = type(service).objects.create(
        code="mail", name="邮件", content="…", target="…", audience="…", cost="…", criticality="core", owner=service_manager, team=team
    )
    promised(service_manager, team=team, factor=3, service=other)
    assert risks(own, MONDAY) == []
    assert len(risks(draft, MONDAY)) == 1


def test_an_internal_draft_is_compared_with_what_customers_are_promised(agreement, service, team, service_manager):
    version = sla.make_agreement(by=service_manager, team=team, name="OLA").versions.get()
    assert risks(version, MONDAY) == []
    Target.objects.filter(version=version, tier="core", priority=4).update(seconds=90_000)
    (warning,) = risks(version, MONDAY)
    assert agreement.agreement.name in warning
    assert "Core P4" in warning


@pytest.mark.parametrize(
    ("key", "seconds", "words"),
    [
        (("core", 1, "next_update"), 2 * 3600, "P1 is promised more slowly than P2"),
        (("core", 2, "next_update"), None, "P3 is promised updates and P2 is not"),
    ],
)
def test_updates_come_no_slower_for_a_higher_priority(draft, service_manager, key, seconds, words):
    targets = held(draft)
    changed = targets | {key: (seconds, targets[key][1])} if seconds else {k: v for k, v in targets.items() if k != key}
    sla.save_draft(draft, by=service_manager, targets=changed)
    with pytest.raises(Refused, match=words):
        sla.publish_version(draft, by=service_manager, approved_note="Letter.")
    sla.save_draft(draft, by=service_manager, targets=targets)
    assert sla.publish_version(draft, by=service_manager, approved_note="Letter.")


def test_a_calendar_that_never_opens_is_refused(draft, service_manager):
    shut = add(by=service_manager, code="never", name="Never", tz="Asia/Shanghai", mode="weekly", weekly=[[0, 540, 541]])
    targets = held(draft) | {("core", 4, "resolution"): (2000 * 3600, shut)}
    sla.save_draft(draft, by=service_manager, targets=targets)
    with pytest.raises(Refused, match="never open long enough"):
        sla.publish_version(draft, by=service_manager, approved_note="Letter.")
