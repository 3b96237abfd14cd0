"""Many decide at the same instant: every seat is decided exactly once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from changes import services
from changes.models import Change, Decision, Seat
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.people.models import Role
from tests import cast
from tests.changes.conftest import NOW
from tests.deep import DEEP, cases

pytestmark = pytest.mark.django_db(transaction=True)
CHANGES, DECISIONS, THREADS = cases(10, 100), cases(50, 500), cases(6, 12)


@pytest.fixture
def crowd(team):
    """Five operations leads and five testers, all of whom decide."""
    return {role: [cast.staff(f"{role}{n}", role) for n in range(5)] for role in (Role.OPS_LEAD, Role.TESTER)}


def run(act):
    try:
        with clock.at(NOW):
            return act()
    except Refused as refused:
        return refused
    finally:
        connection.close()


def test_every_seat_is_decided_exactly_once(crowd, submitted):
    changes = [submitted("low", category="core_function") for _ in range(CHANGES)]
    seats = list(Seat.objects.filter(stage__round__change__in=changes).select_related("stage__round"))
    acts = [(seats[n % len(seats)], crowd[seats[n % len(seats)].role][n // len(seats) % 5]) for n in range(DECISIONS)]
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(run, [lambda s=s, p=p: services.decide(s, by=p, choice="approve", at=NOW) for s, p in acts]))
    assert {type(answer) for answer in answers} <= {Decision, Refused}
    assert sum(isinstance(answer, Decision) for answer in answers) == len(seats)
    assert Decision.objects.filter(choice="approve").values("seat").distinct().count() == Decision.objects.count() == len(seats)
    assert Change.objects.filter(status__in=["approved", "scheduled"]).count() == len(changes)
    assert not DEEP or len(answers) == 500
