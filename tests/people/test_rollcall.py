"""Who can be reached at one instant, and how little is asked for it."""

from datetime import UTC, date, datetime

import pytest

from itsm.people.models import Absence, Availability, Role
from itsm.people.rollcall import RollCall
from tests import cast

MONDAY_TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
THAT_DAY = date(2026, 11, 23)


@pytest.fixture
def boss(team):
    return cast.staff("supervisor", Role.SUPERVISOR, team=team)


def absent(person):
    Absence.objects.create(person=person, first_on=THAT_DAY, last_on=THAT_DAY)


def test_whoever_is_here_is_known_with_one_query(engineer, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert RollCall(MONDAY_TEN, [engineer]).standing_in(engineer) == engineer


def test_roles_take_at_most_six_queries_however_much_is_asked(engineer, boss, team, service_manager, django_assert_max_num_queries):
    cast.staff("second", Role.SUPERVISOR, team=team)
    with django_assert_max_num_queries(6):
        roll = RollCall(MONDAY_TEN, [engineer])
        for _ in range(3):
            assert len(roll.supervisors(team)) == 2
            assert roll.holders(Role.SERVICE_MANAGER) == [(service_manager, service_manager)]
            assert not roll.on_shift(boss)


def test_a_holder_who_is_absent_or_away_is_not_here_though_nobody_named_them_before(boss, team):
    assert RollCall(MONDAY_TEN).supervisors(team) == [(boss, boss)]
    absent(boss)
    assert RollCall(MONDAY_TEN).supervisors(team) == [(boss, None)]
    Absence.objects.all().update(last_on=THAT_DAY.replace(day=22), first_on=THAT_DAY.replace(day=22))
    assert RollCall(MONDAY_TEN).supervisors(team) == [(boss, boss)]
    type(boss).objects.filter(pk=boss.pk).update(availability=Availability.AWAY)
    assert RollCall(MONDAY_TEN).supervisors(team) == [(boss, None)]
