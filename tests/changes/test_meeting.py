"""What a window meets: agreed hours, what runs late, in how many queries, and by which index."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from catalog.models import Entitlement
from changes import services
from changes.conflicts import Slot, period
from changes.models import Booking, Change, Status
from itsm.calendars import services as calendars
from itsm.calendars.models import Purpose
from sla.models import Agreement
from tests.changes.conftest import NOW
from tests.changes.test_conflicts import ENDS, STARTS, open_keys
from tests.sla.conftest import published

pytestmark = pytest.mark.django_db
SATURDAY = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)
"""22:00 in Shanghai."""
WEEKLY = [[5, 22 * 60, 24 * 60], [6, 0, 4 * 60]]


@pytest.fixture
def nights(db):
    """Saturday 22:00 until Sunday 04:00."""
    return calendars.add(
        by=None, code="nights", name="夜间", purpose=Purpose.MAINTENANCE, tz="Asia/Shanghai", mode="weekly", weekly=WEEKLY, at=NOW
    )


@pytest.fixture
def agreed(customer, tree, nights):
    """The customer has bought the service, and agreed when it may be interrupted."""
    Entitlement.objects.create(customer=customer, service=tree["service"], valid=(None, None))
    agreement = Agreement.objects.create(customer=customer, service=None)
    published(agreement, {}, maintenance_calendar=nights)
    return agreement


@pytest.mark.parametrize(
    ("starts_at", "hours", "meets"),
    [
        (SATURDAY, 6, False),
        (SATURDAY, 7, True),
        (SATURDAY - timedelta(minutes=1), 2, True),
        (SATURDAY + timedelta(days=1), 2, True),
        (SATURDAY + timedelta(hours=1), 2, False),
    ],
)
def test_an_interruption_keeps_to_the_maintenance_windows(draft, agreed, tree, representative, starts_at, hours, meets):
    change = draft(items=[tree["one"]], interrupts=True, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours))
    found = services.conflicts_of(change, NOW)
    assert [conflict.key for conflict in found] == ([f"maintenance:{agreed.pk}"] if meets else [])
    assert [person for conflict in found for person in conflict.ask] == ([representative] if meets else [])


def test_what_interrupts_nothing_may_be_done_at_any_time(draft, agreed, tree):
    change = draft(items=[tree["one"]])
    assert services.conflicts_of(change, NOW) == []
    change = services.edit(change, by=change.requester, interrupts=True, at=NOW)
    assert len(open_keys(change)) == 1


def test_the_services_own_agreement_comes_first(draft, agreed, tree, customer, nights):
    own = Agreement.objects.create(customer=customer, service=tree["service"])
    published(own, {})
    assert services.conflicts_of(draft(items=[tree["one"]], interrupts=True), NOW) == []


def test_a_slot_not_written_down_yet_is_judged_the_same(approved, tree, doer):
    there = approved("one")
    found = services.find(Slot(STARTS, ENDS, items=(tree["rack"].pk,), implementer=doer.pk), NOW)
    assert [conflict.key for conflict in found] == [f"change:{there.pk}:implementer+items+service"]


def test_what_runs_late_is_in_the_way_of_a_start(approved, other_hands, doer):
    late = approved("one")
    late.start(by=doer, at=STARTS)
    late.save()
    later = ENDS + timedelta(minutes=30)
    here = approved("one", implementer=other_hands, starts_at=ENDS, ends_at=ENDS + timedelta(hours=1))
    assert (here.status, open_keys(here)) == (Status.SCHEDULED, [])
    assert open_keys(here, later) == [f"change:{late.pk}:items+service"]
    assert "under way" in services.conflicts_of(here, later)[0].words


def test_an_emergency_that_began_without_a_decision_holds_its_items(assessed, approved, tree, doer, other_hands):
    emergency = assessed(kind="emergency", items=[tree["one"]])
    emergency.start_unapproved(by=doer, at=NOW, reason="Nobody of the panel answers.")
    emergency.save()
    services.occupy(emergency, NOW)
    assert Booking.objects.filter(change=emergency, active=True).count() == 2
    here = approved("one", implementer=other_hands)
    assert open_keys(here) == [f"change:{emergency.pk}:items+service"]
    assert {booking.period.lower for booking in emergency.bookings.all()} == {NOW}
    services.finish(emergency, NOW + timedelta(hours=1))
    assert {booking.period.upper for booking in emergency.bookings.all()} == {NOW + timedelta(hours=1)}
    assert not Booking.objects.filter(change=emergency, active=True).exists()


def queries_of(change):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        services.conflicts_of(change, NOW)
    return len(queries)


def test_the_number_of_queries_stays(approved, draft, agreed, tree, other_hands):
    change = draft(items=[tree["one"]], interrupts=True, services=[tree["service"]], implementer=other_hands)
    approved("one")
    first = queries_of(change)
    for hour in range(3):
        approved("one", starts_at=STARTS + timedelta(minutes=hour), ends_at=ENDS)
    services.set_freeze(by=None, name="F", reason="R", services=[tree["service"]], starts_at=STARTS, ends_at=ENDS, at=NOW)
    assert len(services.conflicts_of(change, NOW)) > 4
    assert queries_of(change) <= first + 1  # the freeze's services
    assert first <= 24


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: Change.objects.meeting(STARTS, ENDS), "changes_change_period"),
        (lambda: Booking.objects.filter(active=True, item=1, period__overlap=(STARTS, ENDS)), "changes_"),
    ],
)
def test_the_indexes_serve(db, rows, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rows().explain()
        cursor.execute("SET LOCAL enable_seqscan = on")
    assert index in plan


@pytest.mark.parametrize(
    ("zone", "said"),
    [("Asia/Shanghai", "11 Mar 10:00 – 12:00"), ("America/New_York", "10 Mar 22:00 – 11 Mar 00:00"), ("UTC", "11 Mar 02:00 – 04:00")],
)
def test_a_period_is_worded_in_the_readers_zone(zone, said):
    with timezone.override(zone), translation.override("en"):
        assert period(STARTS, ENDS, NOW) == said
