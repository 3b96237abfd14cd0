"""Sweeps do what is owed: once, in batches, and past a row that is poisoned."""

import pytest

from incidents.models import Incident
from itsm.core.sweep import A_MOMENT_S, FIRST_BATCH, Pace, each, sweep

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(log, ready):
    """Seven incidents whose title says that something is owed."""
    return [log(title="owed", description=str(n)) for n in range(7)]


def claim(batch):
    return Incident.objects.filter(title="owed").order_by("pk").select_for_update(skip_locked=True)[:batch]


def pay(rows):
    for row in rows:
        row.title = "paid"
        row.save()


def unpaid():
    return sorted(Incident.objects.filter(title="owed").values_list("description", flat=True))


def pay_unless(*poisoned, seen):
    def act(rows):
        seen.append(len(rows))
        if bad := [row for row in rows if row.description in poisoned]:
            pay(row for row in rows if row not in bad)
            raise ValueError(bad)
        pay(rows)

    return act


@pytest.mark.parametrize("batch", [1, 3, 7, 200])
def test_everything_is_done_once_whatever_the_batch(owed, batch):
    assert sweep(claim, pay, batch=batch) == 7
    assert unpaid() == []
    assert sweep(claim, pay, batch=batch) == 0


@pytest.mark.parametrize("batch", [1, 2, 3, 7, 200])
@pytest.mark.parametrize("poisoned", [("0",), ("3",), ("6",), ("0", "1", "2", "3"), ("0", "1", "2", "3", "4", "5", "6")])
def test_a_poisoned_row_stops_nobody_else(owed, batch, poisoned):
    seen = []
    assert sweep(claim, pay_unless(*poisoned, seen=seen), batch=batch) == 7 - len(poisoned)
    assert unpaid() == sorted(poisoned)
    assert len(seen) < 40
    assert sweep(claim, pay, batch=batch) == len(poisoned)
    assert unpaid() == []


def test_a_sweep_has_an_end(owed):
    assert sweep(claim, lambda rows: None, batch=2, limit=6) == 6
    assert len(unpaid()) == 7


def test_a_claim_that_fails_is_told(owed):
    def broken(batch):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sweep(broken, pay)
    assert sweep(claim, pay) == 7


def test_each_row_is_its_own_matter(owed):
    def pay_all_but_one(row):
        if row.description == "3":
            raise ValueError(row)
        pay([row])

    assert each(Incident.objects.filter(title="owed"), pay_all_but_one) == 6
    assert unpaid() == ["3"]


def test_batches_begin_small_and_grow_while_they_take_but_a_moment():
    pace, sizes = Pace(200), []
    for _ in range(5):
        sizes.append(pace.size)
        pace.took(A_MOMENT_S / 3)
    assert sizes == [FIRST_BATCH, 100, 200, 200, 200]


def test_batches_that_take_long_become_as_small_as_the_first():
    pace = Pace(200)
    for _ in range(3):
        pace.took(A_MOMENT_S / 3)
    pace.took(A_MOMENT_S * 0.7)
    assert pace.size == 200
    pace.took(A_MOMENT_S * 2)
    assert pace.size == 100
    for _ in range(20):
        pace.took(A_MOMENT_S * 2)
    assert pace.size == FIRST_BATCH
    assert Pace(3).size == 3
