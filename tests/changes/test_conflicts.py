"""Conflicts of a window, what books it, and who may override what (requirement 67)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from changes import conflicts, services
from changes.models import Booking, Override, Status
from changes.panels import scheduling as panels
from itsm.core.errors import NotAllowed, Refused
from tests.changes import estate
from tests.changes.conftest import NOW
from tests.changes.plans import seat

pytestmark = pytest.mark.django_db
STARTS = NOW + timedelta(days=7)
ENDS = STARTS + timedelta(hours=2)


def open_keys(change, at=NOW):
    return [conflict.key for conflict in services.conflicts_of(change, at) if conflict.is_open]


def booked(change):
    return set(change.bookings.filter(active=True).values_list("item__code", flat=True))


def test_the_database_refuses_two_bookings_of_one_item_at_one_time(approved, tree):
    first = approved("two")
    second = approved(starts_at=ENDS, ends_at=ENDS + timedelta(hours=1))
    row = {"change": second, "item": tree["two"], "period": DateTimeTZRange(STARTS + timedelta(minutes=1), ENDS)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(**row)
    Booking.objects.create(**row, overridden=True)
    assert booked(first) == {"vm-2"}


def test_the_free_window_is_booked_with_everything_beneath(approved):
    change = approved("rack")
    assert change.status == Status.SCHEDULED
    assert booked(change) == {"rack", "vm-1", "vm-2", "SVC-bank"}


@pytest.mark.parametrize(("first", "second"), [("rack", "one"), ("one", "rack"), ("one", "one")])
def test_parent_meets_child(approved, first, second, other_hands):
    there = approved(first)
    here = approved(second, implementer=other_hands)
    assert (there.status, here.status) == (Status.SCHEDULED, Status.APPROVED)
    assert open_keys(here) == [f"change:{there.pk}:items+service"]
    assert not booked(here)


def test_siblings_do_not_meet(approved, other_hands):
    assert approved("one").status == approved("two", implementer=other_hands).status == Status.SCHEDULED


def test_one_after_the_other_is_no_conflict(approved):
    assert approved("one").status == Status.SCHEDULED
    assert approved("one", starts_at=ENDS, ends_at=ENDS + timedelta(hours=1)).status == Status.SCHEDULED


def test_one_pair_of_hands(approved):
    there, here = approved("one"), approved("two")
    assert here.status == Status.APPROVED
    assert open_keys(here) == [f"change:{there.pk}:implementer"]


def test_the_same_service_without_an_item(approved, tree, other_hands):
    there = approved("one")
    here = approved(services=[tree["service"]], implementer=other_hands)
    assert open_keys(here) == [f"change:{there.pk}:service"]


def test_who_waits_is_told_what_is_in_the_way(approved, other_hands, asker):
    approved("one")
    here = approved("one", implementer=other_hands)
    told = set(asker.notices.filter(kind="changes.conflict").values_list("object_id", flat=True))
    assert told == {here.pk}


def test_what_only_wants_the_time_is_a_hint(submitted, approved, tree, other_hands):
    waiting = submitted("low", items=[tree["one"]])
    here = approved("one", implementer=other_hands)
    assert here.status == Status.SCHEDULED
    hint = services.conflicts_of(here, NOW)[0]
    assert (hint.change, hint.is_hard, hint.can_be_overridden) == (waiting, False, False)


def test_it_is_scheduled_by_hand_once_the_way_is_free(approved, other_hands, asker):
    there, here = approved("one"), approved("one", implementer=other_hands)
    with pytest.raises(Refused) as refused:
        services.schedule(here, by=asker, at=NOW)
    assert str(there) in str(refused.value.sentence)
    services.cancel(there, by=asker, reason="Not needed.", at=NOW)
    assert services.schedule(here, by=asker, at=NOW).status == Status.SCHEDULED
    assert booked(here) == {"vm-1", "SVC-bank"}


def test_an_edit_gives_the_time_back(approved, other_hands, asker):
    there, here = approved("one"), approved("one", implementer=other_hands)
    services.edit(there, by=asker, at=NOW, starts_at=ENDS, ends_at=ENDS + timedelta(hours=1))
    assert not booked(there)
    assert open_keys(here) == []


def test_the_change_manager_overrides_with_a_reason(approved, other_hands, change_manager, engineer, asker):
    there, here = approved("rack"), approved("one", implementer=other_hands)
    key = open_keys(here)[0]
    with pytest.raises(NotAllowed):
        services.override(here, by=engineer, key=key, reason="Because.", at=NOW)
    with pytest.raises(Refused):
        services.override(here, by=change_manager, key=key, reason=" ", at=NOW)
    with pytest.raises(Refused):
        services.override(here, by=change_manager, key="change:0:items", reason="Because.", at=NOW)
    here = services.override(here, by=change_manager, key=key, reason="They work side by side.", at=NOW)
    assert here.status == Status.SCHEDULED
    assert set(here.bookings.values_list("overridden", flat=True)) == {True}
    assert services.conflicts_of(here, NOW)[0].override.reason == "They work side by side."
    services.no_new_conflict(here, NOW)
    services.no_new_conflict(there, NOW)  # the other side of the same conflict


def test_nobody_overrides_for_their_own_change(approved, other_hands, change_manager, top_manager):
    approved("one")
    here = approved("one", implementer=change_manager)
    with pytest.raises(NotAllowed):
        services.override(here, by=change_manager, key=open_keys(here)[0], reason="Mine.", at=NOW)
    assert services.override(here, by=top_manager, key=open_keys(here)[0], reason="Yes.", at=NOW).status == Status.SCHEDULED


def test_an_override_is_for_what_was_known(approved, other_hands, change_manager, asker):
    there, here = approved("one"), approved("one", implementer=other_hands)
    services.override(here, by=change_manager, key=open_keys(here)[0], reason="Side by side.", at=NOW)
    services.edit(there, by=asker, implementer=other_hands, at=NOW)
    with pytest.raises(Refused):
        services.no_new_conflict(here, NOW)
    here = services.edit(here, by=asker, impact="None at all.", at=NOW)
    assert len(open_keys(here)) == 1  # another content: nobody let that pass


def test_a_freeze_gives_way_to_top_management_alone(approved, tree, change_manager, top_manager):
    freeze = services.set_freeze(by=change_manager, name="双十一", reason="销售高峰", starts_at=STARTS, ends_at=ENDS, at=NOW)
    here = approved("one")
    assert open_keys(here) == [f"freeze:{freeze.pk}"]
    with pytest.raises(NotAllowed):
        services.override(here, by=change_manager, key=f"freeze:{freeze.pk}", reason="Urgent.", at=NOW)
    assert services.override(here, by=top_manager, key=f"freeze:{freeze.pk}", reason="Urgent.", at=NOW).status == Status.SCHEDULED


@pytest.mark.parametrize(("shift", "meets"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_freeze_holds_from_its_first_to_its_last_instant(approved, change_manager, shift, meets):
    begins = STARTS + timedelta(hours=shift)
    services.set_freeze(by=change_manager, name="F", reason="R", starts_at=begins, ends_at=begins + timedelta(hours=2), at=NOW)
    assert (approved("one").status == Status.APPROVED) is meets


def test_a_freeze_of_another_service_is_none_of_its_business(approved, tree, keeper, change_manager):
    shop = estate.service("shop", owner=keeper, on=[tree["two"]])
    times = {"starts_at": STARTS, "ends_at": ENDS, "at": NOW}
    freeze = services.set_freeze(by=change_manager, name="F", reason="R", services=[shop], **times)
    assert approved("one").status == Status.SCHEDULED
    assert open_keys(approved("two")) != []
    services.withdraw_freeze(freeze, by=change_manager, reason="Over.", at=NOW)
    assert f"freeze:{freeze.pk}" not in open_keys(approved("two"))


def test_a_freeze_over_scheduled_changes_names_them_and_tells_them(approved, tree, change_manager, engineer, doer, keeper):
    change = approved("rack")
    shop = estate.service("shop", owner=keeper)
    times = {"name": "F", "reason": "R", "starts_at": STARTS, "ends_at": ENDS, "at": NOW}
    with pytest.raises(NotAllowed):
        services.set_freeze(by=engineer, **times)
    assert list(services.affected(services.set_freeze(by=change_manager, services=[shop], **times))) == []
    assert list(services.affected(services.set_freeze(by=change_manager, services=[tree["service"]], **times))) == [change]
    assert doer.notices.filter(kind="changes.frozen").count() == 1
    with pytest.raises(Refused):
        services.no_new_conflict(change, NOW)


def test_a_freeze_that_is_over_stays_as_it_was(change_manager):
    times = {"name": "F", "reason": "R", "starts_at": STARTS, "ends_at": ENDS}
    for wrong in ({"ends_at": STARTS}, {"at": ENDS}):
        with pytest.raises(Refused):
            services.set_freeze(by=change_manager, **{**times, "at": NOW, **wrong})
    freeze = services.set_freeze(by=change_manager, at=NOW, **times)
    assert services.edit_freeze(freeze, by=change_manager, name="G", at=NOW).name == "G"
    with pytest.raises(Refused):
        services.edit_freeze(freeze, by=change_manager, name="H", at=ENDS)
    with pytest.raises(Refused):
        services.withdraw_freeze(freeze, by=change_manager, reason=" ", at=NOW)
    services.withdraw_freeze(freeze, by=change_manager, reason="Sold out.", at=NOW)
    with pytest.raises(Refused):
        services.withdraw_freeze(freeze, by=change_manager, reason="Again.", at=NOW)


def test_a_window_that_is_over_is_not_booked(submitted, ops_lead):
    change = submitted("low")
    services.decide(seat(change, "ops_lead"), by=ops_lead, choice="approve", at=ENDS)
    change.refresh_from_db()
    assert change.status == Status.APPROVED
    assert open_keys(change, ENDS) == ["past:0"]


def test_what_is_done_gives_the_rest_of_its_time_back(approved):
    change = approved("one")
    services.finish(change, STARTS + timedelta(minutes=20))
    assert booked(change) == set()
    assert {b.period.upper for b in change.bookings.all()} == {STARTS + timedelta(minutes=20)}
    row = change.bookings.first()
    Booking.objects.create(change=approved(), item=row.item, period=DateTimeTZRange(STARTS, ENDS))


def test_the_keys_of_overrides_cover_no_more_than_was_known():
    assert conflicts.covers("change:7:items+service", "change:7:items")
    assert not conflicts.covers("change:7:items", "change:7:items+service")
    assert not conflicts.covers("change:7:items", "change:8:items")
    assert not conflicts.covers("freeze:7", "maintenance:7")
    assert conflicts.covers("freeze:7", "freeze:7")


def test_overrides_can_not_be_rewritten(approved, other_hands, change_manager):
    approved("one")
    here = approved("one", implementer=other_hands)
    services.override(here, by=change_manager, key=open_keys(here)[0], reason="Yes.", at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Override.objects.update(reason="No.")


def test_a_customer_reads_whether_something_is_in_the_way_but_not_whose(approved, other_hands, ops_lead, representative):
    there = approved("rack")
    here = approved("one", implementer=other_hands)
    ours, theirs = (panels.before_deciding(here, person) for person in (ops_lead, representative))
    assert there in [conflict.change for conflict in ours["conflicts"]]
    assert (theirs["conflicts"], theirs["held_up"]) == ([], True)
