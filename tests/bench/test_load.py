"""What the bench loads is what the product would have written: every clock is the fold of its sealed log."""

from datetime import timedelta

import pytest
from django.db import connection

from bench import armed, company
from bench.load import load
from sla.models import Clock
from sla.services import sweep, verify_clocks

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def own_session():
    """Temporary tables and settings of the loader end with the test."""
    yield
    connection.close()


def test_loaded_clocks_are_the_fold_of_their_logs(own_session):
    company.found()
    load(300, 730, lambda sentence: None)
    assert Clock.objects.count() == 600
    assert verify_clocks() == []


def test_armed_clocks_fire_their_steps_and_stay_the_fold_of_their_logs(own_session):
    company.found()
    armed.ensure_customer()
    assert armed.arm(20) == 20
    wave = armed.wave(10, due_in=timedelta(minutes=5))
    assert (wave["last"] - wave["first"], sweep()) == (9, 0)
    late = Clock.objects.filter(object_id__gte=wave["first"], metric="resolution")
    assert sweep(late.latest("due_at").due_at - timedelta(seconds=19)) == 10
    assert sweep(late.latest("due_at").due_at + timedelta(seconds=1)) == 10
    assert set(late.values_list("steps_fired", "outcome")) == {(2, "breached")}
    assert verify_clocks() == []
