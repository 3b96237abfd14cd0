"""Two people want one slot at one moment; and no tree of items lets two bookings pass that hang together."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import structure
from changes import services
from changes.models import Booking, Change, Status
from changes.services import meeting, scheduling
from itsm.core.errors import Refused
from itsm.people.models import Role
from tests import cast
from tests.changes import estate, plans
from tests.changes.conftest import NOW
from tests.threads import at_once

ROUNDS = 12


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_one_moment_give_the_slot_away_once(submitted, ops_lead, other_hands, tree):
    for no in range(ROUNDS):
        window = {"starts_at": NOW + timedelta(days=no + 1), "ends_at": NOW + timedelta(days=no + 1, hours=2)}
        rivals = [
            submitted("low", items=[tree["rack"]], **window),
            submitted("low", items=[tree["one"]], implementer=other_hands, **window),
        ]
        done = at_once(*[lambda c=c: services.decide(plans.seat(c, "ops_lead"), by=ops_lead, choice="approve", at=NOW) for c in rivals])
        assert [answer for answer in done if isinstance(answer, Exception)] == []
        assert sorted(Change.objects.filter(pk__in=[c.pk for c in rivals]).values_list("status", flat=True)) == ["approved", "scheduled"]


@pytest.mark.django_db(transaction=True)
def test_who_schedules_second_reads_a_sentence(submitted, ops_lead, asker, other_hands, tree):
    blocker = submitted("low", items=[tree["rack"]])
    rivals = [submitted("low", items=[tree["one"]]), submitted("low", items=[tree["one"]], implementer=other_hands)]
    for change in (blocker, *rivals):
        services.decide(plans.seat(change, "ops_lead"), by=ops_lead, choice="approve", at=NOW)
    services.cancel(blocker, by=asker, reason="Not needed.", at=NOW)
    first, second = sorted(
        at_once(*[lambda c=c: services.schedule(c, by=asker, at=NOW) for c in rivals]), key=lambda a: isinstance(a, Exception)
    )
    assert first.status == Status.SCHEDULED
    assert isinstance(second, Refused)
    assert str(first) in str(second.sentence)


@pytest.mark.django_db(transaction=True)
def test_a_freeze_and_a_booking_at_one_moment_know_of_each_other(submitted, ops_lead, change_manager, tree):
    for no in range(ROUNDS // 3):
        window = {"starts_at": NOW + timedelta(days=no + 1), "ends_at": NOW + timedelta(days=no + 1, hours=2)}
        change = submitted("low", items=[tree["one"]], **window)
        at_once(
            lambda c=change: services.decide(plans.seat(c, "ops_lead"), by=ops_lead, choice="approve", at=NOW),
            lambda w=window: services.set_freeze(by=change_manager, name="F", reason="R", at=NOW, **w),
        )
        change.refresh_from_db()
        told = change_manager.__class__.objects.filter(notices__kind="changes.frozen", notices__object_id=change.pk).exists()
        assert (change.status == Status.SCHEDULED) is told


TREES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=10)
WISHES = st.lists(
    st.tuples(st.sets(st.integers(0, 6), min_size=1, max_size=2), st.integers(0, 5), st.integers(1, 4)), min_size=2, max_size=6
)


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(hangs=TREES, wishes=WISHES, overridden=st.sets(st.integers(0, 5)))
def test_no_two_bookings_that_count_hang_together(own_company, office, hangs, wishes, overridden):
    """Random trees and random windows, some pushed through by an override: what counts never overlaps along a line of descent."""
    serial = next(SERIAL)
    owner = cast.staff(f"o{serial}", Role.ENGINEER)
    manager = cast.staff(f"m{serial}", Role.TOP_MANAGEMENT)
    items = [estate.item(f"i{serial}-{no}", owner=owner) for no in range(7)]
    hung = {(max(pair), min(pair)) for pair in hangs if pair[0] != pair[1]}
    for child, parent in hung:
        estate.hang(items[child], items[parent])
    start = NOW + timedelta(days=serial)
    for no, (touched, first, length) in enumerate(wishes):
        change = approved_somehow(owner, [items[t] for t in touched], start + timedelta(hours=first), timedelta(hours=length), serial, no)
        scheduling._book_if_free(change, NOW)
        if no in overridden:
            for conflict in [c for c in meeting.conflicts_of(change, NOW) if c.is_open]:
                services.override(change, by=manager, key=conflict.key, reason="Push.", at=NOW)
    held = list(Booking.objects.filter(active=True, overridden=False, item__in=items))
    for one, other in itertools.permutations(held, 2):
        if one.change_id != other.change_id and one.period.lower < other.period.upper and other.period.lower < one.period.upper:
            assert other.item_id not in structure.beneath([one.item_id])


SERIAL = itertools.count(1)


def approved_somehow(asker, items, starts_at, length, serial, no):
    """A standard change: approved by its model, carried out by somebody of its own."""
    model = estate.approved_model(f"m{serial}-{no}", author=asker)
    doer = cast.staff(f"d{serial}-{no}", Role.ENGINEER)
    change = services.raise_change(
        by=asker, at=NOW, kind="standard", category="other", title="T", model=model, items=items, implementer=doer,
        starts_at=starts_at, ends_at=starts_at + length,
    )  # fmt: skip
    change = Change.objects.locked(change.pk)
    change.take_up(by=asker, at=NOW)
    change.save()
    return change
