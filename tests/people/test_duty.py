from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itsm.calendars.models import Calendar, CalendarVersion
from itsm.core.errors import NotAllowed, Refused
from itsm.people import duty, services, signals
from itsm.people.models import Role, Shift
from tests import cast

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_TEN = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


@pytest.fixture
def office(db):
    """Nine to six on workdays, published long ago."""
    calendar = Calendar.objects.create(code="office", name="Office")
    weekly = [[day, 540, 1080] for day in range(5)]
    CalendarVersion.objects.create(
        calendar=calendar, no=1, tz="Asia/Shanghai", mode="weekly", weekly=weekly, exceptions={}, sha256="0" * 64,
        published_at=datetime(2026, 1, 1, tzinfo=SHANGHAI),
    )  # fmt: skip
    return calendar


def works_on(person, calendar):
    person.works_on = calendar
    person.save(update_fields=["works_on"])
    return person


def test_without_shift_and_calendar_nobody_is_on_duty(engineer):
    assert not duty.on_shift(engineer, MONDAY_TEN)


def test_a_working_calendar_puts_people_on_duty_while_it_is_open(engineer, office):
    works_on(engineer, office)
    assert duty.on_shift(engineer, MONDAY_TEN)
    assert not duty.on_shift(engineer, MONDAY_TEN.replace(hour=18))
    assert not duty.on_shift(engineer, MONDAY_TEN - timedelta(days=1))


def test_a_shift_puts_people_on_duty_from_its_start_until_its_end(engineer, team, other_team):
    Shift.objects.create(person=engineer, team=team, starts_at=MONDAY_TEN, ends_at=MONDAY_TEN + HOUR)
    assert duty.on_shift(engineer, MONDAY_TEN)
    assert not duty.on_shift(engineer, MONDAY_TEN + HOUR)
    assert not duty.on_shift(engineer, MONDAY_TEN, team=other_team)


def test_somebody_absent_is_not_on_duty(engineer, office, team_lead):
    works_on(engineer, office)
    absence = services.take_leave(engineer, by=engineer, first_on=date(2026, 11, 23), last_on=date(2026, 11, 23), at=MONDAY_TEN)
    assert not duty.on_shift(engineer, MONDAY_TEN)
    services.withdraw_leave(absence, by=team_lead, at=MONDAY_TEN)
    assert duty.on_shift(engineer, MONDAY_TEN)


def test_ready_is_on_shift_and_available(engineer, office, team):
    works_on(engineer, office)
    (member,) = duty.engineers(team, MONDAY_TEN)
    assert member.ready
    services.set_availability(engineer, "busy", by=engineer)
    (member,) = duty.engineers(team, MONDAY_TEN)
    assert member.on_shift
    assert not member.ready


def test_the_facts_of_a_team_cost_the_same_however_large_it_is(team, office, django_assert_num_queries):
    for number in range(12):
        works_on(cast.staff(f"e{number}", Role.ENGINEER, team=team), office)
    with django_assert_num_queries(4):
        assert len(duty.engineers(team, MONDAY_TEN)) == 12


def test_the_lead_answers_for_a_team_until_a_supervisor_is_appointed(team, team_lead, engineer):
    assert duty.supervisors(team, MONDAY_TEN) == [team_lead]
    cast.appointed(engineer, Role.SUPERVISOR, team=team)
    assert duty.supervisors(team, MONDAY_TEN) == [engineer]


def test_the_supervisor_on_shift_is_the_duty_manager(team, engineer, other_engineer, office):
    for person in (engineer, other_engineer):
        cast.appointed(person, Role.SUPERVISOR, team=team)
    works_on(other_engineer, office)
    assert duty.duty_manager(team, MONDAY_TEN) == other_engineer


def test_the_deputy_stands_in_for_a_supervisor_who_is_away(team, engineer, other_engineer):
    cast.appointed(engineer, Role.SUPERVISOR, team=team, deputy=other_engineer)
    assert duty.supervisors(team, MONDAY_TEN) == [engineer]
    services.take_leave(engineer, by=engineer, first_on=date(2026, 11, 20), last_on=date(2026, 11, 30))
    assert duty.supervisors(team, MONDAY_TEN) == [other_engineer]


def test_a_team_without_lead_and_supervisor_is_the_service_managers(team):
    assert duty.supervisors(team, MONDAY_TEN) == []
    assert duty.duty_manager(team, MONDAY_TEN) is None
    manager = cast.staff("manager", Role.SERVICE_MANAGER)
    assert duty.supervisors(team, MONDAY_TEN) == [manager]


def test_who_came_on_shift_is_known(engineer, other_engineer):
    Shift.objects.create(person=engineer, starts_at=MONDAY_TEN, ends_at=MONDAY_TEN + HOUR)
    Shift.objects.create(person=other_engineer, starts_at=MONDAY_TEN - 2 * HOUR, ends_at=MONDAY_TEN + HOUR)
    assert duty.came_on_shift(MONDAY_TEN - HOUR, MONDAY_TEN) == {engineer.pk}
    assert duty.came_on_shift(MONDAY_TEN, MONDAY_TEN + HOUR) == set()


def test_availability_is_announced_once_for_each_change(engineer, team_lead, auditor):
    heard = []
    signals.availability_changed.connect(receiver := lambda sender, person, at, **_: heard.append(person.availability), weak=False)
    services.set_availability(engineer, "busy", by=engineer)
    services.set_availability(engineer, "busy", by=engineer)
    services.set_availability(engineer, "available", by=engineer)
    signals.availability_changed.disconnect(receiver)
    assert heard == ["busy", "available"]


def test_nobody_sets_anothers_availability(engineer, agent, service_manager):
    with pytest.raises(NotAllowed):
        services.set_availability(engineer, "away", by=agent)
    assert services.set_availability(engineer, "away", by=service_manager).availability == "away"


def test_two_shifts_of_one_person_do_not_overlap(engineer, service_manager):
    plan = {"starts_at": MONDAY_TEN, "ends_at": MONDAY_TEN + 2 * HOUR}
    services.plan_shift(engineer, by=service_manager, **plan)
    with pytest.raises(Refused):
        services.plan_shift(engineer, by=service_manager, starts_at=MONDAY_TEN + HOUR, ends_at=MONDAY_TEN + 3 * HOUR)
    assert services.plan_shift(engineer, by=service_manager, starts_at=MONDAY_TEN + 2 * HOUR, ends_at=MONDAY_TEN + 3 * HOUR)


def test_the_lead_plans_the_own_team_only(engineer, team_lead, auditor):
    plan = {"starts_at": MONDAY_TEN, "ends_at": MONDAY_TEN + HOUR}
    with pytest.raises(NotAllowed):
        services.plan_shift(auditor, by=team_lead, **plan)
    assert services.plan_shift(engineer, by=team_lead, **plan)


def test_a_shift_that_has_begun_stays(engineer, service_manager):
    shift = services.plan_shift(engineer, by=service_manager, starts_at=MONDAY_TEN, ends_at=MONDAY_TEN + HOUR)
    with pytest.raises(Refused):
        services.drop_shift(shift, by=service_manager, at=MONDAY_TEN + HOUR / 2)
    services.drop_shift(shift, by=service_manager, at=MONDAY_TEN - HOUR)
    assert not Shift.objects.exists()
